/* Answers by the checked programs of the scans, which are solved when the first question comes. */
#include "evidence/joining_graph.h"

#include "base/hash.h"
#include "evidence/join_names.h"

#include <string.h>

void joining_graph_fini(joining_graph *g) {
  for (uint32_t i = 0; i < g->programs.count; i++) {
    free(g->programs.items[i].reached);
    free(g->programs.items[i].next);
    bs_map_fini(&g->programs.items[i].by_name);
  }
  bs_vec_fini(&g->programs);
}

void joining_graph_add(joining_graph *g, analysis *a) {
  joining_program *p = bs_vec_push(&g->programs);
  p->a = a;
}

static uint64_t name_key(const char *name) {
  const char *last = join_last_name(name);
  return bs_hash(last, strlen(last));
}

static void index_names(joining_program *p) {
  const program *of = &p->a->program;
  p->next = bs_calloc(of->functions.count + 1, sizeof *p->next);
  bs_strbuf plain = BS_STRBUF_INIT;
  for (uint32_t f = 0; f < of->functions.count; f++) {
    join_function_name(program_text(of, of->functions.items[f].name), &plain);
    uint64_t key = name_key(plain.text);
    p->next[f] = PROGRAM_NONE;
    bs_map_find(&p->by_name, key, &p->next[f]);
    bs_map_set(&p->by_name, key, f);
  }
  bs_strbuf_fini(&plain);
}

/* Solves the program once. One that cannot be solved knows nothing: its findings were made without. */
static bool prepare(joining_program *p) {
  if (p->asked) return !p->failed;
  p->asked = true;
  bs_error error = BS_ERROR_INIT;
  if (!p->a->checker) p->failed = !analysis_check(p->a, 1, &error);
  bs_error_fini(&error);
  if (p->failed) return false;
  p->reached = bs_calloc(p->a->program.functions.count + 1, sizeof *p->reached);
  check_reached(p->a->checker, p->reached);
  index_names(p);
  return true;
}

static bool is_meant(const program *p, uint32_t function, const char *name, const char *file) {
  const program_function *f = &p->functions.items[function];
  const char *defined = program_text(p, f->place.file);
  bs_strbuf plain = BS_STRBUF_INIT;
  join_function_name(program_text(p, f->name), &plain);
  bool is_same = f->defined && join_same_name(name, plain.text);
  bs_strbuf_fini(&plain);
  if (!is_same) return false;
  return !file || !strcmp(file, defined) || !(f->flags & FACTS_FUNCTION_INTERNAL);
}

static enum join_reach reach_in(joining_program *p, const char *name, const char *file) {
  if (!prepare(p)) return JOIN_UNKNOWN;
  enum join_reach result = JOIN_UNKNOWN;
  uint32_t f = PROGRAM_NONE;
  bs_map_find(&p->by_name, name_key(name), &f);
  for (; f != PROGRAM_NONE; f = p->next[f]) {
    if (!is_meant(&p->a->program, f, name, file)) continue;
    if (p->reached[f]) return JOIN_REACHED;
    result = JOIN_NOT_REACHED;
  }
  return result;
}

static enum join_reach reach(void *context, const char *function, const char *file) {
  joining_graph *g = context;
  enum join_reach best = JOIN_UNKNOWN;
  bs_strbuf plain = BS_STRBUF_INIT;
  join_function_name(function, &plain);
  for (uint32_t i = 0; i < g->programs.count && best != JOIN_REACHED; i++) {
    enum join_reach found = reach_in(&g->programs.items[i], plain.text, file);
    if (found > best) best = found;
  }
  bs_strbuf_fini(&plain);
  return best;
}

const join_graph *joining_graph_of(joining_graph *g) {
  g->graph = (join_graph){g, reach};
  return g->programs.count ? &g->graph : NULL;
}
