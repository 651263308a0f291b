/* Which fields of what a parameter points to some caller can tell.
 *
 * What decides in a function is often a field of an object that no caller has made or changed: a manager that
 * a loop hands to each callback. No context will ever hold such a field, so it need not be passed up through
 * all callers of all callers. What can be told goes the other way, from callers to callees: a store to a
 * field tells that one, an object that is made or cleared here tells each. It is more than what is told in
 * the end, never less. The modes of descriptors are told apart: by functions that set one, or have the object
 * from a function that made it.
 */
#include "analyzer/check/internal.h"
#include "base/sorted.h"

#include <stdlib.h>

enum { MANY = 64 }; /* fields of a parameter; beyond, each may be told */

typedef struct told {
  uint32_t fields[MANY]; /* sorted */
  uint32_t count;
  bool any, is_waiting;
  bool modes; /* of the descriptors in its fields */
} told;

/* What is told of an object is told of what it is handed to. */
typedef struct way {
  uint32_t to, next;
} way;

struct told_table {
  const checker *c;
  BS_VEC(told) rows;
  uint32_t *row_of; /* of an object: into `rows` + 1, 0 for nothing */
  uint32_t *first_way; /* of an object */
  BS_VEC(way) ways;
  BS_VEC(uint32_t) work; /* objects of which more is told */
};

static bool has(const told *row, uint32_t field) {
  uint32_t i = bs_sorted_place(row->fields, row->count, field);
  return row->any || (i < row->count && row->fields[i] == field);
}

/* Whether it is new. PROGRAM_NONE: each field. */
static bool add_field(told *row, uint32_t field) {
  if (has(row, field)) return false;
  if (field == PROGRAM_NONE || row->count == MANY) return row->any = true;
  uint32_t at = bs_sorted_place(row->fields, row->count, field);
  for (uint32_t i = row->count++; i > at; i--) row->fields[i] = row->fields[i - 1];
  row->fields[at] = field;
  return true;
}

static told *row_for(told_table *t, uint32_t object) {
  if (!t->row_of[object]) {
    *bs_vec_push(&t->rows) = (told){0};
    t->row_of[object] = t->rows.count;
  }
  return &t->rows.items[t->row_of[object] - 1];
}

static void wake(told_table *t, uint32_t object) {
  told *row = row_for(t, object);
  if (!row->is_waiting) *bs_vec_push(&t->work) = object;
  row->is_waiting = true;
}

static void add_way(told_table *t, uint32_t from, uint32_t to) {
  *bs_vec_push(&t->ways) = (way){to, t->first_way[from]};
  t->first_way[from] = t->ways.count - 1;
}

static void tell_modes(told_table *t, uint32_t object) {
  told *row = row_for(t, object);
  if (row->modes) return;
  row->modes = true;
  wake(t, object);
}

/* `c = conn_new()`: what that function made is as it made it. */
static bool is_given(const program *p, const program_store *s) {
  if (s->op != FACTS_STORE_SET || check_ref_kind(p, s->kind, s->ref) != FACTS_NODE_RESULT) return false;
  const program_call *call = &p->calls.items[p->nodes.items[s->ref].a];
  return call->kind == FACTS_CALL_DIRECT && !check_is_outside(p, call->callee);
}

static bool tell_field(void *row, uint32_t field) {
  add_field(row, field);
  return true;
}

/* What the function that holds an object tells of it. */
static void tell_stores(told_table *t, uint32_t object) {
  const program *p = t->c->p;
  told row = {0};
  for (uint32_t s = order_first_field(t->c, object); s != PROGRAM_NONE; s = order_next_field(t->c, s))
    if (p->stores.items[s].field)
      add_field(&row, p->stores.items[s].field);
    else if (order_is_telling(t->c, s))
      row.any = true;
    else if (is_given(p, &p->stores.items[s])) {
      row.modes = true;
      order_each_made_field(t->c, s, tell_field, &row);
    }
  row.any |= order_is_made_by_helpers(t->c, object);
  if (!row.any && !row.count && !row.modes) return;
  *row_for(t, object) = row;
  wake(t, object);
}

static bool sets_modes(const checker *c, uint32_t function) {
  const descriptor_row *const *rows =
      rule_set_descriptors(c->rules, program_text(c->p, c->p->functions.items[function].symbol));
  for (; rows && *rows; rows++)
    if ((*rows)->kind == DESCRIPTOR_SET && !(*rows)->handle) return true;
  return false;
}

/* What is handed to a function that sets a mode, itself or by what it calls. */
static void tell_setters(told_table *t, const uint32_t *object_of) {
  const program *p = t->c->p;
  bool *sets = bs_calloc((size_t)p->functions.count + 1, sizeof *sets);
  for (uint32_t f = 0; f < p->functions.count; f++) sets[f] = sets_modes(t->c, f);
  search_find_leading(t->c, sets);
  for (uint32_t call = 0; call < p->calls.count; call++) {
    const program_call *row = &p->calls.items[call];
    if (row->kind != FACTS_CALL_DIRECT || !sets[row->callee]) continue;
    for (uint32_t i = row->first_argument; i < row->first_argument + row->narguments; i++) {
      const program_argument *a = &p->arguments.items[i];
      if (a->kind == FACTS_ARGUMENT_NODE && a->base) tell_modes(t, order_canonical(t->c, a->base));
      if (object_of[i]) tell_modes(t, object_of[i]);
    }
  }
  free(sets);
}

/* Each argument is an object that a parameter of the callee points to. */
static void follow_call(told_table *t, const program_edge *e, const uint32_t *object_of) {
  const program *p = t->c->p;
  const program_call *call = &p->calls.items[e->call];
  for (uint32_t i = 0; i < call->narguments; i++) {
    uint32_t object = object_of[call->first_argument + i];
    uint32_t param = object ? program_find_node(p, FACTS_NODE_PARAM, e->callee, i) : 0;
    if (param) add_way(t, object, param);
  }
}

static void pass_on(told_table *t, uint32_t object) {
  uint32_t from = t->row_of[object] - 1;
  t->rows.items[from].is_waiting = false;
  for (uint32_t w = t->first_way[object]; w != PROGRAM_NONE; w = t->ways.items[w].next) {
    uint32_t to = t->ways.items[w].to;
    told *row = row_for(t, to);
    const told *source = &t->rows.items[from];
    bool more = (source->any && add_field(row, PROGRAM_NONE)) || (source->modes && !row->modes);
    row->modes |= source->modes;
    for (uint32_t i = 0; !row->any && i < source->count; i++) more |= add_field(row, source->fields[i]);
    if (more) wake(t, to);
  }
}

told_table *told_new(const checker *c, const uint32_t *object_of) {
  const program *p = c->p;
  told_table *t = bs_calloc(1, sizeof *t);
  t->c = c;
  t->row_of = bs_calloc((size_t)p->nodes.count + 1, sizeof *t->row_of);
  t->first_way = bs_malloc(((size_t)p->nodes.count + 1) * sizeof *t->first_way);
  for (uint32_t n = 0; n <= p->nodes.count; n++) t->first_way[n] = PROGRAM_NONE;
  for (uint32_t n = 1; n < p->nodes.count; n++) tell_stores(t, n);
  tell_setters(t, object_of);
  for (uint32_t e = 0; e < p->edges.count; e++)
    if (p->edges.items[e].how != PROGRAM_CALLBACK) follow_call(t, &p->edges.items[e], object_of);
  while (t->work.count) pass_on(t, t->work.items[--t->work.count]);
  return t;
}

static bool holds_descriptor(const program *p, uint32_t node) {
  const program_points *points = program_points_of(p, node);
  for (uint32_t i = 0; i < points->count; i++)
    if (program_atom_kind_of(points->items[i].atom) == PROGRAM_ATOM_DESCRIPTOR) return true;
  return false;
}

bool told_may(const told_table *t, uint32_t object, uint32_t field, bool mode) {
  /* an object tells which functions it holds by the handler that it is made for */
  if (t->c->p->nodes.items[field].holds == FACTS_HOLDS_FUNCTION) return true;
  if (!t->row_of[object]) return false;
  const told *row = &t->rows.items[t->row_of[object] - 1];
  return has(row, field) || (mode && row->modes && holds_descriptor(t->c->p, field));
}

void told_free(told_table *t) {
  bs_vec_fini(&t->rows);
  bs_vec_fini(&t->ways);
  bs_vec_fini(&t->work);
  free(t->row_of);
  free(t->first_way);
  free(t);
}
