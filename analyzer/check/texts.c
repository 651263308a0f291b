/* How a text begins that an argument is: enough to tell a path of /proc from one on a disk.
 *
 * A literal, a variable that holds one only, a buffer that was last filled by snprintf(), strcpy() or their
 * like, in the function itself or by a helper that got the buffer.
 */
#include "analyzer/check/internal.h"

#include <string.h>

enum { MAX_TEXT_DEPTH = 4 };

/* The functions that fill a buffer, their first argument, with a format or a text. */
static const struct filler {
  const char *name;
  int text; /* argument */
  bool format;
} fillers[] = {{"snprintf", 2, true},
               {"sprintf", 1, true},
               {"vsnprintf", 2, true},
               {"g_snprintf", 2, true},
               {"strcpy", 1, false},
               {"stpcpy", 1, false},
               {"strncpy", 1, false},
               {"strlcpy", 1, false},
               {"memcpy", 1, false},
               {"g_strlcpy", 1, false},
               {"asprintf", 1, true},
               {"__builtin___snprintf_chk", 4, true},
               {"__builtin___sprintf_chk", 3, true}};

static const struct filler *filler_of(const program *p, uint32_t call) {
  const program_call *c = &p->calls.items[call];
  if (c->kind != FACTS_CALL_DIRECT) return NULL;
  const char *name = program_text(p, p->functions.items[c->callee].name);
  for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++)
    if (strcmp(name, fillers[i].name) == 0) return &fillers[i];
  return NULL;
}

static const char *beginning(const checker *c, uint32_t call, const program_argument *a, int depth);

/* A format up to its first directive; "%s/…" begins as its first argument does. */
static const char *format_beginning(const checker *c, uint32_t call, int index, const char *format,
                                    int depth) {
  const char *directive = strchr(format, '%');
  if (directive == format && strncmp(format, "%s", 2) == 0) {
    const program_argument *first = eval_argument(c->p, call, index + 1);
    return first ? beginning(c, call, first, depth + 1) : NULL;
  }
  return directive == format ? NULL : format;
}

/* What a call puts into the buffer that is its argument `index`; NULL when it is not known. */
static const char *filled_by(const checker *c, uint32_t call, uint32_t index, int depth);

/* What the last call before `before` put into the buffer. One under a condition of its own says nothing. */
static const char *last_filled(const checker *c, uint32_t function, uint32_t before, uint32_t buffer,
                               int depth) {
  const program *p = c->p;
  const program_function *f = &p->functions.items[function];
  uint32_t guard = before < f->first_call + f->ncalls ? p->calls.items[before].guard : 0;
  for (uint32_t call = before; call-- > f->first_call;) {
    const program_call *row = &p->calls.items[call];
    for (uint32_t i = 0; i < row->narguments; i++) {
      const program_argument *a = eval_argument(p, call, (int)i);
      bool given = a->kind == FACTS_ARGUMENT_NODE || a->kind == FACTS_ARGUMENT_ADDRESS;
      if (!given || a->ref != buffer) continue;
      const char *text = filled_by(c, call, i, depth);
      if (!text) continue;
      return moment_is_under(p, guard, row->guard) ? text : NULL;
    }
  }
  return NULL;
}

static const char *filled_by(const checker *c, uint32_t call, uint32_t index, int depth) {
  const program *p = c->p;
  const program_call *row = &p->calls.items[call];
  const struct filler *filler = filler_of(p, call);
  if (filler && index == 0) {
    const program_argument *text = eval_argument(p, call, filler->text);
    const char *begins = text ? beginning(c, call, text, depth + 1) : NULL;
    return begins && filler->format ? format_beginning(c, call, filler->text, begins, depth) : begins;
  }
  if (row->kind != FACTS_CALL_DIRECT || depth >= MAX_TEXT_DEPTH || check_is_outside(p, row->callee))
    return NULL;
  uint32_t param = program_find_node(p, FACTS_NODE_PARAM, row->callee, index);
  const program_function *f = &p->functions.items[row->callee];
  return param ? last_filled(c, row->callee, f->first_call + f->ncalls, param, depth + 1) : NULL;
}

/* The literal that a variable holds, when it is all that it is given. */
static const char *only_text(const program *p, uint32_t node) {
  const char *text = NULL;
  for (uint32_t f = program_first_flow(p, node); f != PROGRAM_NONE; f = p->flow_next[f]) {
    const program_flow *w = &p->flows.items[f];
    if (w->kind != FACTS_FLOW_STRING) return NULL;
    if (text && strcmp(text, program_text(p, w->src)) != 0) return NULL;
    text = program_text(p, w->src);
  }
  return text;
}

bool texts_is_whole(const program *p, const program_argument *a) {
  if (a->kind == FACTS_ARGUMENT_STRING) return true;
  if (a->kind != FACTS_ARGUMENT_NODE || !a->ref) return false;
  uint32_t kind = p->nodes.items[a->ref].kind;
  return (kind == FACTS_NODE_LOCAL || kind == FACTS_NODE_GLOBAL) && only_text(p, a->ref);
}

static const char *beginning(const checker *c, uint32_t call, const program_argument *a, int depth) {
  const program *p = c->p;
  if (a->kind == FACTS_ARGUMENT_STRING) return program_text(p, a->text);
  bool variable = (a->kind == FACTS_ARGUMENT_NODE || a->kind == FACTS_ARGUMENT_ADDRESS) && a->ref;
  if (!variable || depth >= MAX_TEXT_DEPTH) return NULL;
  const char *text = only_text(p, a->ref);
  return text ? text : last_filled(c, p->calls.items[call].caller, call, a->ref, depth + 1);
}

const char *texts_beginning(const checker *c, uint32_t call, const program_argument *a) {
  return beginning(c, call, a, 0);
}
