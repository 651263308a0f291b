/* Loop libraries whose source is part of the project: a copy in a subfolder, or the library's own repository.
 *
 * One function of the project under a library's name proves nothing; several that take callbacks where the
 * library's do are the library. Its registrations then say as much as they do elsewhere. What blocks in it is
 * seen in its source.
 */
#include "analyzer/check/internal.h"

#include <stdlib.h>
#include <string.h>

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

typedef BS_VEC(uint32_t) function_list;

/* How many functions of each pack the project defines; lists all that have a pack's name. */
static void count_functions(const checker *c, uint32_t *counts, function_list *named) {
  for (uint32_t f = 0; f < c->p->functions.count; f++) {
    const pack_row *const *rows = rows_of(c, f);
    if (rows) *bs_vec_push(named) = f;
    while (rows && *rows && !takes_callback(&c->p->functions.items[f], *rows)) rows++;
    if (rows && *rows) counts[pack_index(c, (*rows)->pack)]++;
  }
}

static bool is_host(const loop_pack *pack, uint32_t functions) { return pack->guests && functions > 0; }

bool libraries_is_host(const checker *c, const loop_pack *pack) { return c->is_host[pack_index(c, pack)]; }

/* Whether a file is a header, by its name. */
static bool is_header(const char *file) {
  static const char *const suffixes[] = {".h", ".hh", ".hpp", ".hxx", ".inl", ".ipp", ".tcc"};
  size_t length = strlen(file);
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
    size_t n = strlen(suffixes[i]);
    if (length > n && strcmp(file + length - n, suffixes[i]) == 0) return true;
  }
  return false;
}

/* The rules for a function that a header of the project defines under an API's name, or NULL. The C
 * library's names are too short to prove anything. */
static const rule *const *rules_in_header(const checker *c, uint32_t function) {
  const program *p = c->p;
  const program_function *f = &p->functions.items[function];
  if (check_is_outside(p, function) || !f->defined || !is_header(program_text(p, f->place.file))) return NULL;
  const char *symbol = program_text(p, f->symbol), *name = program_text(p, f->name);
  const rule *const *rules = rule_set_for_function(c->rules, symbol);
  if (!rules) rules = rule_set_for_function(c->rules, name);
  bool short_name = rules && (!strpbrk(name, "_:") || !(*rules)->library->name);
  return short_name ? NULL : rules;
}

/* Libraries that are headers only, or functions that a library's headers define: wherever they lie, they are
 * known by what they define. One name of a kind proves nothing; a qualified one, or two of one library, do.
 */
static void find_header_libraries(checker *c) {
  bs_map counts = {0};
  BS_VEC(uint32_t) functions = {0};
  for (uint32_t f = 0; f < c->p->functions.count; f++) {
    const rule *const *rules = rules_in_header(c, f);
    uint32_t n = 0;
    if (!rules) continue;
    *bs_vec_push(&functions) = f;
    uint64_t key = (uint64_t)(uintptr_t)(*rules)->library;
    bs_map_find(&counts, key, &n);
    bs_map_set(&counts, key, n + (strstr(program_text(c->p, c->p->functions.items[f].name), "::") ? 2 : 1));
  }
  for (uint32_t i = 0; i < functions.count; i++) {
    const rule *const *rules = rules_in_header(c, functions.items[i]);
    uint32_t n = 0;
    if (bs_map_find(&counts, (uint64_t)(uintptr_t)(*rules)->library, &n) && n >= 2)
      c->function_rules[functions.items[i]] = rules;
  }
  bs_vec_fini(&functions);
  bs_map_fini(&counts);
}

void libraries_find(checker *c) {
  find_header_libraries(c);
  uint32_t *counts = bs_calloc(c->rules->packs.count + 1, sizeof *counts);
  function_list named = {0};
  count_functions(c, counts, &named);
  c->is_host = bs_calloc(c->rules->packs.count + 1, sizeof *c->is_host);
  for (uint32_t i = 0; i < c->rules->packs.count; i++)
    c->is_host[i] = is_host(c->rules->packs.items[i], counts[i]);
  for (uint32_t i = 0; i < named.count; i++) {
    const pack_row *const *rows = rows_of(c, named.items[i]);
    if (*rows && !(*rows)->pack->guests && counts[pack_index(c, (*rows)->pack)] >= LIBRARY_FUNCTIONS)
      c->function_rows[named.items[i]] = rows;
  }
  bs_vec_fini(&named);
  free(counts);
}
