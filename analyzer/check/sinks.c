/* What a search is prepared with: the sinks of each function, the functions that lead to one, the edges that
 * the rows of dispatchers add, and the places of suppression comments.
 */
#include "analyzer/check/internal.h"

#include <stdlib.h>
#include <string.h>

/* syscall() with a number is the function of that name. */
static void add_system_call(checker *c, uint32_t call, uint32_t api) {
  const char *name = NULL;
  const rule *const *rules = systemcalls_rules(c, call, &name);
  if (!rules) return;
  *bs_vec_push(&c->sinks) = (sink){call, api, "syscall", rules, name};
}

static void find_sinks(checker *c) {
  const program *p = c->p;
  c->first_sink = bs_calloc((size_t)p->functions.count + 2, sizeof *c->first_sink);
  for (uint32_t f = 0; f < p->functions.count; f++) {
    const program_function *fn = &p->functions.items[f];
    c->first_sink[f] = c->sinks.count;
    for (uint32_t call = fn->first_call; call < fn->first_call + fn->ncalls; call++) {
      const program_call *row = &p->calls.items[call];
      for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++) {
        uint32_t api = p->edges.items[e].callee;
        bool marked = p->functions.items[api].flags & FACTS_FUNCTION_BLOCKING;
        if (c->is_system_call[call]) add_system_call(c, call, api);
        if (p->edges.items[e].how == PROGRAM_CALLBACK || (!c->function_rules[api] && !marked)) continue;
        if (p->edges.items[e].strength == PROGRAM_POSSIBLE) continue;
        *bs_vec_push(&c->sinks) =
            (sink){call, api, program_text(p, p->functions.items[api].name), c->function_rules[api], NULL};
      }
    }
  }
  c->first_sink[p->functions.count] = c->sinks.count;
}

void search_find_leading(const checker *c, bool *leads) {
  const program *p = c->p;
  uint32_t n = p->functions.count, edges = check_edge_count(c);
  uint32_t *start = bs_calloc((size_t)n + 3, sizeof *start),
           *callers = bs_malloc((edges + 1) * sizeof *callers);
  for (uint32_t e = 0; e < edges; e++) start[check_edge(c, e)->callee + 2]++;
  for (uint32_t f = 2; f <= n + 1; f++) start[f] += start[f - 1];
  for (uint32_t e = 0; e < edges; e++)
    callers[start[check_edge(c, e)->callee + 1]++] = p->calls.items[check_edge(c, e)->call].caller;
  BS_VEC(uint32_t) work = {0};
  for (uint32_t f = 0; f < n; f++)
    if (leads[f]) *bs_vec_push(&work) = f;
  while (work.count) {
    uint32_t f = work.items[--work.count];
    for (uint32_t i = start[f]; i < start[f + 1]; i++) {
      if (leads[callers[i]]) continue;
      leads[callers[i]] = true;
      *bs_vec_push(&work) = callers[i];
    }
  }
  bs_vec_fini(&work);
  free(start);
  free(callers);
}

/* Marks the functions from which a sink can be reached at all: the search goes nowhere else. */
static void find_leading(checker *c) {
  c->leads = bs_calloc((size_t)c->p->functions.count + 1, sizeof *c->leads);
  for (uint32_t f = 0; f < c->p->functions.count; f++) c->leads[f] = check_has_sinks(c, f);
  search_find_leading(c, c->leads);
}

static void find_closed(checker *c) {
  const program *p = c->p;
  c->is_closed = bs_calloc((size_t)p->functions.count + 1, sizeof *c->is_closed);
  for (uint32_t f = 0; f < p->functions.count; f++) {
    const program_function *row = &p->functions.items[f];
    bool last_words = row->flags & FACTS_FUNCTION_NORETURN && !check_has_sinks(c, f);
    c->is_closed[f] = !row->defined || c->function_rules[f] || c->is_skipped[f] || last_words;
  }
}

static void index_suppressions(checker *c) {
  const program *p = c->p;
  for (uint32_t i = 0; i < p->suppressions.count; i++) {
    const program_suppression *s = &p->suppressions.items[i];
    uint64_t key = bs_map_key(s->place.file, s->last == FACTS_LINE_ALONE ? s->line : 0);
    uint32_t head;
    *bs_vec_push(&c->next_suppression) = bs_map_find(&c->suppressed_lines, key, &head) ? head : PROGRAM_NONE;
    bs_map_set(&c->suppressed_lines, key, i);
  }
}

/* A library's dispatcher calls what stands in named fields: edges of the checker's own. */
static void add_dispatched(checker *c, uint32_t call, uint32_t node) {
  const program *p = c->p;
  const program_points *points = program_points_of(p, node);
  for (uint32_t i = 0; i < points->count; i++) {
    program_atom atom = points->items[i].atom;
    if (program_atom_kind_of(atom) != PROGRAM_ATOM_FUNCTION) continue;
    bs_map_add(&c->dispatched, call, c->dispatch_edges.count, NULL);
    program_edge *e = bs_vec_push(&c->dispatch_edges);
    *e = (program_edge){.call = call,
                        .callee = program_atom_id(atom),
                        .how = PROGRAM_CALLBACK,
                        .strength = PROGRAM_LIKELY,
                        .candidates = points->count,
                        .because_function = PROGRAM_NONE,
                        .through = node};
    program_origin(p, node, atom, &e->because, &e->because_function);
  }
}

static void find_dispatched(checker *c) {
  const program *p = c->p;
  for (uint32_t call = 0; call < p->calls.count; call++) {
    const program_call *row = &p->calls.items[call];
    const pack_row *const *rows = row->kind == FACTS_CALL_DIRECT ? c->function_rows[row->callee] : NULL;
    for (; rows && *rows; rows++) {
      if ((*rows)->kind != PACK_DISPATCH || !(*rows)->record) continue;
      for (uint32_t n = 1; n < p->nodes.count; n++) {
        if (p->nodes.items[n].kind != FACTS_NODE_FIELD) continue;
        size_t length;
        const char *tag = check_record_tag(program_text(p, p->nodes.items[n].a), &length);
        bool same = strncmp(tag, (*rows)->record, length) == 0 && !(*rows)->record[length];
        const char *field = program_text(p, p->nodes.items[n].b);
        if (same && (strcmp((*rows)->field, "*") == 0 || strcmp((*rows)->field, field) == 0))
          add_dispatched(c, call, n);
      }
    }
  }
}

void search_prepare(checker *c) {
  find_sinks(c);
  find_closed(c);
  index_suppressions(c);
  find_dispatched(c);
  find_leading(c);
}
