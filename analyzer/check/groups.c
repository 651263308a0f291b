/* Which of the database's programs a finding is told with: the product's before those of tools and tests, and
 * of those the one with the most callbacks. */
#include "analyzer/check/internal.h"

#include <stdlib.h>
#include <string.h>

/* Whether program x is told before y. */
static bool before(const checker *c, uint32_t x, uint32_t y) {
  const program *p = c->p;
  const program_executable *a = &p->executables.items[x], *b = &p->executables.items[y];
  if (a->use != b->use) return a->use < b->use;
  if (c->program_entries[x] != c->program_entries[y]) return c->program_entries[x] > c->program_entries[y];
  int names = strcmp(program_text(p, a->name), program_text(p, b->name));
  return names ? names < 0 : x < y;
}

/* Entries share few sets of programs: these are counted, and gone through once. */
static void count_entries(checker *c) {
  const program *p = c->p;
  uint32_t *of_set = bs_calloc((size_t)p->sets.count + 1, sizeof *of_set);
  for (uint32_t i = 0; i < c->entries.count; i++) of_set[c->entries.items[i].programs]++;
  for (program_set s = 0; s < p->sets.count; s++)
    for (uint32_t k = 0; of_set[s] && k < p->executables.count; k++)
      c->program_entries[k] += program_set_has(p, s, k) ? of_set[s] : 0;
  free(of_set);
}

static int compare_executables(const void *a, const void *b, void *context) {
  const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x == y ? 0 : before(context, x, y) ? -1 : 1;
}

void groups_prepare(checker *c) {
  uint32_t count = c->p->executables.count;
  uint32_t *order = bs_malloc((count + 1) * sizeof *order);
  c->program_entries = bs_calloc(count + 1, sizeof *c->program_entries);
  c->program_rank = bs_calloc(count + 1, sizeof *c->program_rank);
  count_entries(c);
  for (uint32_t k = 0; k < count; k++) order[k] = k;
  if (count > 1) qsort_r(order, count, sizeof *order, compare_executables, c);
  for (uint32_t k = 0; k < count; k++) c->program_rank[order[k]] = k;
  free(order);
}

uint32_t groups_program(const checker *c, program_set programs) {
  const program *p = c->p;
  uint32_t best = PROGRAM_NONE;
  programs = program_set_meet(c->p, programs, c->wanted);
  if (p->executables.count < 2) return PROGRAM_NONE;
  for (uint32_t k = 0; k < p->executables.count; k++)
    if (program_set_has(p, programs, k) &&
        (best == PROGRAM_NONE || c->program_rank[k] < c->program_rank[best]))
      best = k;
  return best;
}

uint32_t groups_order(const checker *c, uint32_t of, const char *file) {
  if (of == PROGRAM_NONE) return program_use_of_path(file) == PROGRAM_TEST ? UINT32_MAX : 0;
  return 1 + c->program_rank[of];
}
