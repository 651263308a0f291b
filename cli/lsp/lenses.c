/* A lens says in a few words what a report knows of its line; the places behind it are the callbacks of a
 * blocking call, or the blocking calls of a callback. */
#include "cli/lsp/lenses.h"

#include "base/map.h"
#include "reports/phrase.h"

#include <string.h>

typedef struct lens_list {
  const lsp_view *view;
  const char *file;
  const char *command;
  bs_arena arena;
  bs_map lines; /* of the file: where a finding is */
  json_t *lenses;
} lens_list;

static json_t *position(unsigned line) {
  return json_pack("{s:i, s:i}", "line", line ? (int)line - 1 : 0, "character", 0);
}

static json_t *range(unsigned line) {
  return json_pack("{s:o, s:o}", "start", position(line), "end", position(line));
}

static void add_place(lens_list *l, json_t *places, const char *file, unsigned line) {
  json_array_append_new(
      places, json_pack("{s:s, s:o}", "uri", lsp_uri(l->view, &l->arena, file), "range", range(line)));
}

/* Takes the places. */
static void add_lens(lens_list *l, unsigned line, const char *title, json_t *places) {
  bool acts = l->command && json_array_size(places);
  json_t *command = json_pack("{s:s, s:s}", "title", title, "command", acts ? l->command : "");
  if (acts)
    json_object_set_new(command, "arguments",
                        json_pack("[s, o, O]", lsp_uri(l->view, &l->arena, l->file), position(line), places));
  json_array_append_new(l->lenses, json_pack("{s:o, s:o}", "range", range(line), "command", command));
  json_decref(places);
}

static const char *const lengths[RULE_LATENCIES] = {"for microseconds", "for milliseconds", "for seconds",
                                                    "without a bound"};

/* "blocks up to 212 ms in 12 stalls": what was measured, else what the rule says. */
static const char *length_text(lens_list *l, const report_finding *f) {
  const report_runtime *r = &f->runtime;
  const char *longest = phrase_duration(&l->arena, r->max_ns);
  switch (r->verdict) {
  case REPORT_CONFIRMED:
  case REPORT_RUNTIME_ONLY:
    return bs_arena_printf(&l->arena, "blocks up to %s in %s", longest,
                           phrase_count(&l->arena, r->stalls, "recorded stall", "recorded stalls"));
  case REPORT_OBSERVED_FAST:
    return bs_arena_printf(&l->arena, "took up to %s in %s", longest,
                           phrase_count(&l->arena, r->calls, "recorded call", "recorded calls"));
  case REPORT_NOT_EXERCISED:
    return bs_arena_printf(&l->arena, "blocks %s, not called in the recording", lengths[f->latency]);
  case REPORT_NO_VERDICT:
  case REPORT_VERDICTS: break;
  }
  return bs_arena_printf(&l->arena, "blocks %s", lengths[f->latency]);
}

static void add_sink(lens_list *l, const report_finding *f) {
  bs_map_add(&l->lines, f->sink.line, 0, NULL);
  json_t *places = json_array();
  for (uint32_t i = 0; i < f->entries.count; i++)
    if (!phrase_is_repeated(f, i)) add_place(l, places, f->entries.items[i].file, f->entries.items[i].line);
  unsigned callbacks = phrase_callbacks(f);
  const char *who = callbacks
                        ? phrase_count(&l->arena, callbacks, "callback reaches it", "callbacks reach it")
                        : "no known callback reaches it";
  add_lens(l, f->sink.line, bs_arena_printf(&l->arena, "%s, %s", length_text(l, f), who), places);
}

/* A callback whose code is in the file. */
typedef struct lens_callback {
  const report_entry *entry; /* of the finding that ranks first */
  unsigned findings;
  enum rule_latency longest;
  uint64_t max_ns; /* of what it held a loop with in the recording; 0: nothing */
  json_t *places;
} lens_callback;
typedef BS_VEC(lens_callback) lens_callbacks;

static lens_callback *callback_of(lens_callbacks *callbacks, const report_entry *entry) {
  for (uint32_t i = 0; i < callbacks->count; i++) {
    const report_entry *known = callbacks->items[i].entry;
    if (known->line == entry->line && !strcmp(known->function, entry->function)) return &callbacks->items[i];
  }
  lens_callback *callback = bs_vec_push(callbacks);
  *callback = (lens_callback){.entry = entry, .places = json_array()};
  return callback;
}

static void gather_callbacks(lens_list *l, const report_finding *f, lens_callbacks *callbacks) {
  for (uint32_t i = 0; i < f->entries.count; i++) {
    const report_entry *entry = &f->entries.items[i];
    if (strcmp(entry->file, l->file) != 0 || phrase_is_repeated(f, i)) continue;
    lens_callback *callback = callback_of(callbacks, entry);
    callback->findings++;
    if (f->latency > callback->longest) callback->longest = f->latency;
    if (entry->seen && f->runtime.stalls && f->runtime.max_ns > callback->max_ns)
      callback->max_ns = f->runtime.max_ns;
    add_place(l, callback->places, f->sink.file, f->sink.line);
  }
}

static void add_callback(lens_list *l, const lens_callback *c) {
  bool plain = c->entry->role == RULE_ROLE_OTHER;
  const char *role = plain ? "" : rule_role_names[c->entry->role];
  const char *reached = phrase_count(&l->arena, c->findings, "blocking call", "blocking calls");
  const char *length =
      c->max_ns ? bs_arena_printf(&l->arena, "blocks up to %s in the recording",
                                  phrase_duration(&l->arena, c->max_ns))
                : bs_arena_printf(&l->arena, "%s %s", c->findings > 1 ? "the longest" : "it blocks",
                                  lengths[c->longest]);
  add_lens(l, c->entry->line,
           bs_arena_printf(&l->arena, "%s%scallback reaches %s, %s", role, plain ? "" : " ", reached, length),
           c->places);
}

/* What the recording measured at a line that no finding is at. */
typedef struct lens_measure {
  unsigned line;
  const char *api;
  bool several; /* functions */
  uint64_t calls, total_ns, max_ns;
} lens_measure;
typedef BS_VEC(lens_measure) lens_measures;

/* The innermost frame of the project; NULL without one. */
static const report_frame *own_frame(const report_call *call) {
  for (uint32_t i = 0; i < call->stack.count; i++) {
    const report_frame *frame = &call->stack.items[i];
    if (frame->file && *frame->file != '/' && strncmp(frame->file, "../", 3) != 0) return frame;
  }
  return NULL;
}

static void gather_call(const lens_list *l, const report_call *call, lens_measures *measures) {
  const report_frame *frame = own_frame(call);
  if (call->nested || !frame || strcmp(frame->file, l->file) != 0) return;
  if (bs_map_find(&l->lines, frame->line, &(uint32_t){0})) return;
  lens_measure *m = NULL;
  for (uint32_t i = 0; i < measures->count && !m; i++)
    if (measures->items[i].line == frame->line) m = &measures->items[i];
  if (!m) {
    m = bs_vec_push(measures);
    *m = (lens_measure){.line = frame->line, .api = call->api};
  }
  m->several |= strcmp(m->api, call->api) != 0;
  m->calls += call->calls;
  m->total_ns += call->total_ns;
  if (call->max_ns > m->max_ns) m->max_ns = call->max_ns;
}

static void add_measure(lens_list *l, const lens_measure *m) {
  const char *calls = phrase_count(&l->arena, m->calls, "call", "calls");
  const char *what = m->several ? calls : bs_arena_printf(&l->arena, "%s of %s()", calls, m->api);
  add_lens(l, m->line,
           bs_arena_printf(&l->arena, "recorded: %s, longest %s, together %s", what,
                           phrase_duration(&l->arena, m->max_ns), phrase_duration(&l->arena, m->total_ns)),
           json_array());
}

json_t *lsp_lenses(const lsp_view *view, const char *file, const char *command) {
  lens_list l = {.view = view, .file = file, .command = command, .lenses = json_array()};
  lens_callbacks callbacks = {0};
  lens_measures measures = {0};
  const report_document *d = view->document;
  for (uint32_t i = 0; i < d->findings.count; i++) {
    const report_finding *f = &d->findings.items[i];
    if (!lsp_shows(f)) continue;
    if (!strcmp(f->sink.file, file)) add_sink(&l, f);
    gather_callbacks(&l, f, &callbacks);
  }
  for (uint32_t i = 0; i < d->recorded_calls.count; i++)
    gather_call(&l, &d->recorded_calls.items[i], &measures);
  for (uint32_t i = 0; i < callbacks.count; i++) add_callback(&l, &callbacks.items[i]);
  for (uint32_t i = 0; i < measures.count; i++) add_measure(&l, &measures.items[i]);
  bs_vec_fini(&callbacks);
  bs_vec_fini(&measures);
  bs_map_fini(&l.lines);
  bs_arena_fini(&l.arena);
  return l.lenses;
}
