/* Which fields of an object somebody near speaks of.
 *
 * What is asked of an object before a call are the fields that decide something below it: often a hundred, of
 * which the function and its helpers store to two. To all others the same happens, with the object as a
 * whole: it is cleared, copied, handed to somebody. So they share one answer, that to the question for a
 * field which nobody mentions, and one walk gives it.
 *
 * A field is mentioned when it is stored to in the object, in one that the object may be a copy of or a
 * pointer to, in what a call gave, or in what a helper is given. It is more than what the walks look at (a
 * helper's other arguments count too), never less. What the context says of a field is not in it.
 */
#include "analyzer/check/order_internal.h"
#include "base/sorted.h"

#include <stdlib.h>

enum { MANY = 2000 }; /* objects that are looked at for one; beyond, each field may be mentioned */

typedef struct gatherer {
  order_table *o;
  BS_VEC(uint32_t) work, fields;
  BS_VEC(uint32_t)
  calls, params; /* that were entered; that are to be known by what their callers hand over */
  uint32_t seen; /* objects */
  bool any; /* each field may be mentioned */
  bool has_global;
} gatherer;

static void add_object(gatherer *g, uint32_t object);

/* What a call hands over to a parameter of the function that is entered by it. */
static void add_handed(gatherer *g, uint32_t call, uint32_t param) {
  const program *p = g->o->c->p;
  const program_node *n = &p->nodes.items[param];
  const program_argument *a = p->calls.items[call].callee == n->a ? eval_argument(p, call, (int)n->b) : NULL;
  if (a) add_object(g, order_object(g->o->c, a));
}

static void add_object(gatherer *g, uint32_t object) {
  order_table *o = g->o;
  if (!object || o->mention_stamp[object] == o->mention_stamps) return;
  o->mention_stamp[object] = o->mention_stamps;
  uint32_t kind = o->c->p->nodes.items[object].kind;
  if ((kind == FACTS_NODE_GLOBAL && o->c->node_address_taken[object]) || ++g->seen > MANY) {
    g->any = true;
    return;
  }
  *bs_vec_push(&g->work) = object;
  g->has_global |= kind == FACTS_NODE_GLOBAL;
  if (kind != FACTS_NODE_PARAM) return;
  *bs_vec_push(&g->params) = object;
  for (uint32_t i = 0; i < g->calls.count; i++) add_handed(g, g->calls.items[i], object);
}

/* A function that is looked into knows objects by its parameters. */
static void enter_call(gatherer *g, uint32_t call) {
  g->any |= g->calls.count == MANY;
  *bs_vec_push(&g->calls) = call;
  for (uint32_t i = 0; i < g->params.count; i++) add_handed(g, call, g->params.items[i]);
}

static void add_result(gatherer *g, uint32_t result) {
  const program *p = g->o->c->p;
  uint32_t id = p->nodes.items[result].a;
  const program_call *call = &p->calls.items[id];
  uint32_t returned =
      call->kind == FACTS_CALL_DIRECT ? program_find_node(p, FACTS_NODE_RETURN, call->callee, 0) : 0;
  if (!returned || g->o->mention_stamp[result] == g->o->mention_stamps) return;
  g->o->mention_stamp[result] = g->o->mention_stamps;
  enter_call(g, id);
  add_object(g, returned);
}

/* A pointer that is set to another object, or a struct that is a copy of one. */
static void add_other(gatherer *g, const program_store *s) {
  uint32_t kind = check_ref_kind(g->o->c->p, s->kind, s->ref);
  if (kind == FACTS_NODE_RESULT)
    add_result(g, s->ref);
  else if (kind == FACTS_NODE_LOCAL || kind == FACTS_NODE_PARAM || kind == FACTS_NODE_TEMP ||
           kind == FACTS_NODE_GLOBAL)
    add_object(g, s->kind == FACTS_ARGUMENT_NODE ? order_alias(g->o, s->ref) : s->ref);
}

static void look_at(gatherer *g, uint32_t object) {
  const order_table *o = g->o;
  const program *p = o->c->p;
  bool returned = p->nodes.items[object].kind == FACTS_NODE_RETURN;
  const uint32_t *next = returned ? o->next_store : o->next_field;
  uint32_t s = returned ? o->first_store[object] : o->first_field[object];
  for (; s != PROGRAM_NONE && !g->any; s = next[s])
    if (p->stores.items[s].field)
      *bs_vec_push(&g->fields) = p->stores.items[s].field;
    else
      add_other(g, &p->stores.items[s]);
  for (uint32_t i = o->first_gift[object]; i != PROGRAM_NONE && !g->any; i = o->gifts.items[i].next) {
    const given *gift = &o->gifts.items[i];
    if (!gift->param || check_is_outside(p, p->calls.items[gift->call].callee)) continue;
    enter_call(g, gift->call);
    add_object(g, gift->param);
  }
}

static int by_number(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static void keep(gatherer *g, mention *m) {
  uint32_t kept = 0;
  if (g->fields.count) qsort(g->fields.items, g->fields.count, sizeof *g->fields.items, by_number);
  for (uint32_t i = 0; i < g->fields.count; i++)
    if (!kept || g->fields.items[kept - 1] != g->fields.items[i])
      g->fields.items[kept++] = g->fields.items[i];
  m->count = kept;
  m->fields = bs_arena_alloc(&g->o->c->arena, (kept + 1) * sizeof *m->fields);
  for (uint32_t i = 0; i < kept; i++) m->fields[i] = g->fields.items[i];
}

static mention gather(order_table *o, uint32_t object) {
  gatherer g = {.o = o};
  mention m = {0};
  o->mention_stamps++;
  add_object(&g, object);
  while (g.work.count && !g.any) look_at(&g, g.work.items[--g.work.count]);
  if (!g.any) keep(&g, &m);
  m.any = g.any;
  m.has_global = g.has_global;
  bs_vec_fini(&g.work);
  bs_vec_fini(&g.fields);
  bs_vec_fini(&g.calls);
  bs_vec_fini(&g.params);
  return m;
}

bool order_mentions(const checker *c, uint32_t object, uint32_t field) {
  order_table *o = c->order;
  if (!o->mention_of[object]) {
    mention m = gather(o, object);
    *bs_vec_push(&o->mentions) = m;
    o->mention_of[object] = o->mentions.count;
  }
  const mention *m = &o->mentions.items[o->mention_of[object] - 1];
  if (m->any || (m->has_global && c->node_address_taken[field])) return true;
  uint32_t at = bs_sorted_place(m->fields, m->count, field);
  return at < m->count && m->fields[at] == field;
}
