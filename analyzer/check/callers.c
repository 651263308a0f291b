/* The call graph backwards: who calls a function. */
#include "analyzer/check/internal.h"

#include <stdlib.h>

static bool is_step(const program_edge *e) {
  return e->how != PROGRAM_CALLBACK && e->strength > PROGRAM_POSSIBLE;
}

void callers_find(const program *p, caller_index *c) {
  uint32_t n = p->functions.count;
  c->first = bs_calloc((size_t)n + 3, sizeof *c->first);
  c->edges = bs_malloc((p->edges.count + 1) * sizeof *c->edges);
  for (uint32_t e = 0; e < p->edges.count; e++)
    if (is_step(&p->edges.items[e])) c->first[p->edges.items[e].callee + 2]++;
  for (uint32_t f = 2; f <= n + 1; f++) c->first[f] += c->first[f - 1];
  for (uint32_t e = 0; e < p->edges.count; e++)
    if (is_step(&p->edges.items[e])) c->edges[c->first[p->edges.items[e].callee + 1]++] = e;
}

void callers_fini(caller_index *c) {
  free(c->first);
  free(c->edges);
  *c = (caller_index){0};
}
