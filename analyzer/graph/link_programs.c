/* Several programs in one database: which units are linked into which, and which definition of a symbol each
 * takes.
 *
 * A program begins at the unit with its main() and takes what that needs, as a linker does. A unit with a
 * main of its own lends nothing to another program. Where several units define a symbol, the group that the
 * database tells decides, then the folder; the definition may differ from program to program.
 */
#include "analyzer/graph/link.h"

#include "base/hash.h"
#include "base/path.h"

#include <stdlib.h>
#include <string.h>

enum { SEVERAL = PROGRAM_NONE - 1 };

void link_candidate(linker *l, uint32_t unit, uint32_t symbol, uint32_t function) {
  bs_map *map = function == PROGRAM_NONE ? &l->globals_defined : &l->functions_defined;
  bool fresh;
  uint32_t head = bs_map_add(map, symbol, l->candidates.count, &fresh);
  *bs_vec_push(&l->candidates) = (candidate){unit, function, PROGRAM_NONE};
  if (fresh) return;
  candidate *first = &l->candidates.items[head], *last = &l->candidates.items[l->candidates.count - 1];
  last->next = first->next;
  first->next = l->candidates.count - 1;
}

static bool same_folder(const linker *l, uint32_t unit_a, uint32_t unit_b) {
  const char *a = program_text(l->p, l->p->units.items[unit_a].file),
             *b = program_text(l->p, l->p->units.items[unit_b].file);
  size_t la = (size_t)(bs_path_basename(a) - a), lb = (size_t)(bs_path_basename(b) - b);
  return la == lb && memcmp(a, b, la) == 0;
}

static uint32_t group_of(const linker *l, uint32_t unit) {
  program_str group = l->p->units.items[unit].group;
  return *program_text(l->p, group) ? group : 0;
}

/* Whether the unit is compiled for another program: it holds its main, or stands in its group. */
static bool belongs_elsewhere(const linker *l, uint32_t unit, uint32_t to) {
  uint32_t owner = l->main_of[unit], group = group_of(l, unit);
  if (owner != PROGRAM_NONE) return owner != to;
  return group && bs_map_find(&l->group_programs, group, &owner) && owner < SEVERAL && owner != to;
}

/* How well a definition fits a program (PROGRAM_NONE: none is known) and the unit that asks; less than 0:
 * not. */
static int fit(const linker *l, const candidate *c, uint32_t to, uint32_t from) {
  const program *p = l->p;
  uint32_t main = to == PROGRAM_NONE ? PROGRAM_NONE : p->executables.items[to].unit;
  uint32_t group = group_of(l, c->unit);
  int score = 0;
  if (to == PROGRAM_NONE && l->main_of[c->unit] != PROGRAM_NONE) score -= 8;
  if (to != PROGRAM_NONE && belongs_elsewhere(l, c->unit, to)) {
    if (l->main_of[c->unit] != PROGRAM_NONE) return -1;
    score -= 16;
  }
  if (c->unit == main || (main != PROGRAM_NONE && group && group == group_of(l, main))) score += 16;
  if (group && group == group_of(l, from)) score += 8;
  if (c->function == PROGRAM_NONE || !(p->functions.items[c->function].flags & FACTS_FUNCTION_WEAK))
    score += 2;
  if (same_folder(l, c->unit, from)) score++;
  return score + 32;
}

/* The candidate that a program takes; PROGRAM_NONE when none may be taken. */
static uint32_t choose(linker *l, const bs_map *map, uint32_t symbol, uint32_t to, uint32_t from) {
  uint32_t best = PROGRAM_NONE, i;
  int best_fit = -1;
  bool tie = false;
  if (!bs_map_find(map, symbol, &i)) return PROGRAM_NONE;
  bool alone = l->candidates.items[i].next == PROGRAM_NONE;
  if (alone) return fit(l, &l->candidates.items[i], to, from) < 0 ? PROGRAM_NONE : i;
  uint64_t key = bs_hash_mix(bs_map_key(to == PROGRAM_NONE ? from : to, symbol),
                             (map == &l->globals_defined) + 2u * (to == PROGRAM_NONE));
  if (bs_map_find(&l->chosen, key, &best)) return best == SEVERAL ? PROGRAM_NONE : best;
  for (; i != PROGRAM_NONE; i = l->candidates.items[i].next) {
    const candidate *c = &l->candidates.items[i];
    int score = fit(l, c, to, from);
    if (score < 0 || score < best_fit) continue;
    bool same = best != PROGRAM_NONE && l->candidates.items[best].function == c->function;
    if (score == best_fit) {
      tie |= !same;
      if (i < best) best = i;
      continue;
    }
    best = i;
    best_fit = score;
    tie = false;
  }
  if (tie && map == &l->functions_defined)
    bs_map_add(&l->ambiguous, symbol, l->candidates.items[best].function, NULL);
  bs_map_set(&l->chosen, key, best == PROGRAM_NONE ? SEVERAL : best);
  return best;
}

/* ---- the units of a program ---- */

/* The symbols that each unit needs and another one defines. */
typedef struct needs {
  uint32_t *first; /* of a unit, into `items`; nunits + 1 */
  BS_VEC(uint32_t) items; /* symbols; variables with the highest bit */
} needs;
enum { OF_VARIABLE = 0x80000000u };

static void add_needs(linker *l, uint32_t unit, needs *n) {
  unit_link *u = &l->units[unit];
  uint32_t head;
  n->first[unit] = n->items.count;
  for (uint32_t i = 0; i < u->facts.functions.count; i++) {
    const facts_function *f = &u->facts.functions.items[i];
    if (f->flags & (FACTS_FUNCTION_DEFINED | FACTS_FUNCTION_INTERNAL)) continue;
    uint32_t symbol = link_string(l, u, f->symbol);
    if (bs_map_find(&l->functions_defined, symbol, &head)) *bs_vec_push(&n->items) = symbol;
  }
  for (uint32_t i = 1; i < u->facts.nodes.count; i++) {
    const facts_node_row *row = &u->facts.nodes.items[i];
    if (row->kind != FACTS_NODE_GLOBAL || row->b) continue;
    uint32_t symbol = link_string(l, u, row->a);
    if (bs_map_find(&l->globals_defined, symbol, &head)) *bs_vec_push(&n->items) = symbol | OF_VARIABLE;
  }
}

typedef struct gathering {
  linker *l;
  const needs *needs;
  uint32_t program;
  uint32_t *taken; /* of a unit: the last program that took it, + 1 */
  BS_VEC(uint32_t) work;
} gathering;

static void take(gathering *g, uint32_t unit) {
  if (g->taken[unit] == g->program + 1) return;
  g->taken[unit] = g->program + 1;
  *bs_vec_push(&g->work) = unit;
}

static void gather(gathering *g) {
  linker *l = g->l;
  program *p = l->p;
  program_set self = program_set_of(p, g->program);
  take(g, p->executables.items[g->program].unit);
  uint32_t group = group_of(l, p->executables.items[g->program].unit), owner;
  if (group && bs_map_find(&l->group_programs, group, &owner) && owner == g->program)
    for (uint32_t i = 0; i < l->nunits; i++)
      if (group_of(l, i) == group) take(g, i);
  while (g->work.count) {
    uint32_t from = g->work.items[--g->work.count];
    p->units.items[from].programs = program_set_join(p, p->units.items[from].programs, self);
    for (uint32_t i = g->needs->first[from]; i < g->needs->first[from + 1]; i++) {
      uint32_t symbol = g->needs->items.items[i];
      const bs_map *map = symbol & OF_VARIABLE ? &l->globals_defined : &l->functions_defined;
      uint32_t found = choose(l, map, symbol & ~(uint32_t)OF_VARIABLE, g->program, from);
      if (found != PROGRAM_NONE) take(g, l->candidates.items[found].unit);
    }
  }
}

static void gather_all(linker *l) {
  program *p = l->p;
  needs n = {.first = bs_calloc((size_t)l->nunits + 1, sizeof *n.first)};
  for (uint32_t i = 0; i < l->nunits; i++) add_needs(l, i, &n);
  n.first[l->nunits] = n.items.count;
  gathering g = {.l = l, .needs = &n, .taken = bs_calloc((size_t)l->nunits + 1, sizeof *g.taken)};
  for (g.program = 0; g.program < p->executables.count; g.program++) gather(&g);
  for (uint32_t i = 0; i < l->nunits; i++) /* what no program needs may be in any */
    if (p->units.items[i].programs == PROGRAM_NOWHERE) p->units.items[i].programs = PROGRAM_ANY;
  bs_vec_fini(&g.work);
  bs_vec_fini(&n.items);
  free(g.taken);
  free(n.first);
}

static void find_mains(linker *l) {
  program *p = l->p;
  uint32_t symbol = bs_intern_find(&p->strings, "main", 4), i;
  for (uint32_t u = 0; u <= l->nunits; u++) l->main_of[u] = PROGRAM_NONE;
  if (symbol == PROGRAM_NONE || !bs_map_find(&l->functions_defined, symbol, &i)) return;
  for (uint32_t u = 0; u < l->nunits; u++) { /* in the order of the units */
    bs_map_find(&l->functions_defined, symbol, &i);
    while (i != PROGRAM_NONE && l->candidates.items[i].unit != u) i = l->candidates.items[i].next;
    if (i == PROGRAM_NONE) continue;
    l->main_of[u] = p->executables.count;
    *bs_vec_push(&p->executables) =
        (program_executable){.unit = u, .function = l->candidates.items[i].function};
  }
}

static void find_groups(linker *l) {
  for (uint32_t k = 0; k < l->p->executables.count; k++) {
    uint32_t group = group_of(l, l->p->executables.items[k].unit);
    bool fresh;
    if (!group) continue;
    bs_map_add(&l->group_programs, group, k, &fresh);
    if (!fresh) bs_map_set(&l->group_programs, group, SEVERAL);
  }
}

void link_find_programs(linker *l) {
  program *p = l->p;
  l->main_of = bs_malloc(((size_t)l->nunits + 1) * sizeof *l->main_of);
  find_mains(l);
  find_groups(l);
  program_sets_init(p, p->executables.count);
  bool several = p->executables.count > 1;
  for (uint32_t i = 0; i < l->nunits; i++)
    p->units.items[i].programs = several ? PROGRAM_NOWHERE : PROGRAM_ANY;
  if (several) gather_all(l);
  for (uint32_t i = 0; i < l->nunits; i++) {
    program_set before = PROGRAM_NOWHERE;
    bs_map_find(&l->file_programs, p->units.items[i].file, &before);
    bs_map_set(&l->file_programs, p->units.items[i].file,
               program_set_join(p, before, p->units.items[i].programs));
  }
  program_name_mains(p);
}

static void add_alternative(linker *l, uint32_t first, uint32_t function, uint32_t start, uint32_t *others) {
  if (function == first) return;
  for (uint32_t i = start; i < l->alternatives.count; i++)
    if (l->alternatives.items[i] == function) return;
  if (!*others) *others = l->alternatives.count + 1;
  *bs_vec_push(&l->alternatives) = function;
}

uint32_t link_definition(linker *l, uint32_t unit, uint32_t symbol, uint32_t *others) {
  program *p = l->p;
  program_set in = PROGRAM_ANY; /* a body that several units share is taken from one of them */
  bs_map_find(&l->file_programs, p->units.items[unit].file, &in);
  uint32_t head, first = PROGRAM_NONE, start = l->alternatives.count;
  *others = 0;
  if (!bs_map_find(&l->functions_defined, symbol, &head)) return PROGRAM_NONE;
  if (p->executables.count < 2) {
    uint32_t found = choose(l, &l->functions_defined, symbol, PROGRAM_NONE, unit);
    return found == PROGRAM_NONE ? PROGRAM_NONE : l->candidates.items[found].function;
  }
  bool several = l->candidates.items[head].next != PROGRAM_NONE;
  for (uint32_t k = 0; k < p->executables.count; k++) {
    if (!program_set_has(p, in, k)) continue;
    uint32_t found = choose(l, &l->functions_defined, symbol, k, unit);
    if (found == PROGRAM_NONE) continue;
    if (first == PROGRAM_NONE)
      first = l->candidates.items[found].function;
    else
      add_alternative(l, first, l->candidates.items[found].function, start, others);
    if (!several) break;
  }
  if (*others) *bs_vec_push(&l->alternatives) = PROGRAM_NONE;
  return first;
}
