/* Which of the database's programs a finding is told with: the product's before those of tools and tests, and
 * of those the one with the most callbacks. */
#include "analyzer/check/internal.h"

#include <stdlib.h>
#include <string.h>

void groups_prepare(checker *c) {
  const program *p = c->p;
  c->program_entries = bs_calloc(p->executables.count + 1, sizeof *c->program_entries);
  for (uint32_t k = 0; k < p->executables.count; k++)
    for (uint32_t i = 0; i < c->entries.count; i++)
      c->program_entries[k] += program_set_has(p, c->entries.items[i].programs, k);
}

/* Whether program x is told before y. */
static bool before(const checker *c, uint32_t x, uint32_t y) {
  const program *p = c->p;
  const program_executable *a = &p->executables.items[x], *b = &p->executables.items[y];
  if (a->use != b->use) return a->use < b->use;
  if (c->program_entries[x] != c->program_entries[y]) return c->program_entries[x] > c->program_entries[y];
  int names = strcmp(program_text(p, a->name), program_text(p, b->name));
  return names ? names < 0 : x < y;
}

uint32_t groups_program(const checker *c, program_set programs) {
  const program *p = c->p;
  uint32_t best = PROGRAM_NONE;
  programs = program_set_meet(c->p, programs, c->wanted);
  if (p->executables.count < 2) return PROGRAM_NONE;
  for (uint32_t k = 0; k < p->executables.count; k++)
    if (program_set_has(p, programs, k) && (best == PROGRAM_NONE || before(c, k, best))) best = k;
  return best;
}

uint32_t groups_order(const checker *c, uint32_t of, const char *file) {
  if (of == PROGRAM_NONE) return program_use_of_path(file) == PROGRAM_TEST ? UINT32_MAX : 0;
  uint32_t order = 1;
  for (uint32_t k = 0; k < c->p->executables.count; k++) order += k != of && before(c, k, of);
  return order;
}
