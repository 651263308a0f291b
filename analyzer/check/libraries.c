/* Loop libraries whose source is part of the project: a copy in a subfolder, or the library's own repository.
 *
 * One function of the project under a library's name proves nothing; several that take callbacks where the
 * library's do are the library. Its registrations then say as much as they do elsewhere. What blocks in it is
 * seen in its source.
 */
#include "analyzer/check/internal.h"

#include <stdlib.h>

enum { LIBRARY_FUNCTIONS = 3 };

static const pack_row *const *rows_of(const checker *c, uint32_t function) {
  const program_function *f = &c->p->functions.items[function];
  if (check_is_outside(c->p, function) || f->flags & FACTS_FUNCTION_INTERNAL) return NULL;
  const pack_row *const *rows = rule_set_rows_for_function(c->rules, program_text(c->p, f->symbol));
  return rows ? rows : rule_set_rows_for_function(c->rules, program_text(c->p, f->name));
}

static bool takes_callback(const program_function *f, const pack_row *row) {
  return row->kind == PACK_REGISTER && row->argument >= 0 && (uint32_t)row->argument < f->nparams;
}

static uint32_t pack_index(const checker *c, const loop_pack *pack) {
  uint32_t i = 0;
  while (i < c->rules->packs.count && c->rules->packs.items[i] != pack) i++;
  return i;
}

/* How many functions of each pack the project defines. */
static void count_functions(const checker *c, uint32_t *counts) {
  for (uint32_t f = 0; f < c->p->functions.count; f++) {
    const pack_row *const *rows = rows_of(c, f);
    while (rows && *rows && !takes_callback(&c->p->functions.items[f], *rows)) rows++;
    if (rows && *rows) counts[pack_index(c, (*rows)->pack)]++;
  }
}

static bool is_host(const loop_pack *pack, uint32_t functions) { return pack->guests && functions > 0; }

bool libraries_is_host(const checker *c, const loop_pack *pack) { return c->is_host[pack_index(c, pack)]; }

void libraries_find(checker *c) {
  uint32_t *counts = bs_calloc(c->rules->packs.count + 1, sizeof *counts);
  count_functions(c, counts);
  c->is_host = bs_calloc(c->rules->packs.count + 1, sizeof *c->is_host);
  for (uint32_t i = 0; i < c->rules->packs.count; i++)
    c->is_host[i] = is_host(c->rules->packs.items[i], counts[i]);
  for (uint32_t f = 0; f < c->p->functions.count; f++) {
    const pack_row *const *rows = rows_of(c, f);
    if (rows && *rows && !(*rows)->pack->guests && counts[pack_index(c, (*rows)->pack)] >= LIBRARY_FUNCTIONS)
      c->function_rows[f] = rows;
  }
  free(counts);
}
