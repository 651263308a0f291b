/* The tables that questions about the order of statements are answered from: who stores to a variable or an
 * object, which calls are given its address, and which pointers are another name for one object.
 */
#include "analyzer/check/order_internal.h"

#include <stdlib.h>
#include <string.h>

uint32_t order_alias(const order_table *o, uint32_t node) {
  for (int i = 0; i < 4 && o->alias[node]; i++) node = o->alias[node];
  return node;
}

uint32_t order_object(const checker *c, const program_argument *a) {
  const order_table *o = c->order;
  uint32_t kind = check_ref_kind(c->p, a->kind, a->ref);
  if (a->kind == FACTS_ARGUMENT_ADDRESS) {
    if (a->base) return order_alias(o, a->base);
    bool object = kind == FACTS_NODE_LOCAL || kind == FACTS_NODE_PARAM || kind == FACTS_NODE_GLOBAL;
    return object || kind == FACTS_NODE_TEMP ? a->ref : 0;
  }
  if (a->kind != FACTS_ARGUMENT_NODE) return 0;
  return kind == FACTS_NODE_LOCAL || kind == FACTS_NODE_PARAM || kind == FACTS_NODE_GLOBAL
             ? order_alias(o, a->ref)
             : 0;
}

static bool is_alias(const program *p, const program_store *s, const uint32_t *stores) {
  if (s->field || s->weak || s->guard || s->op != FACTS_STORE_SET || stores[s->base] != 1) return false;
  if (p->nodes.items[s->base].kind != FACTS_NODE_LOCAL || !s->ref) return false;
  uint32_t kind = check_ref_kind(p, s->kind, s->ref);
  if (s->kind == FACTS_ARGUMENT_ADDRESS) return kind == FACTS_NODE_LOCAL || kind == FACTS_NODE_GLOBAL;
  bool pointer = p->nodes.items[s->base].holds == FACTS_HOLDS_RECORD ||
                 p->nodes.items[s->base].holds == FACTS_HOLDS_ANYTHING;
  return s->kind == FACTS_ARGUMENT_NODE && pointer && kind == FACTS_NODE_PARAM && stores[s->ref] == 0;
}

static void find_aliases(order_table *o) {
  const program *p = o->c->p;
  uint32_t *stores = bs_calloc(p->nodes.count + 1, sizeof *stores);
  for (uint32_t i = 0; i < p->stores.count; i++) {
    const program_store *s = &p->stores.items[i];
    stores[s->base] += !s->field && s->op != FACTS_STORE_ZERO;
  }
  for (uint32_t i = 0; i < p->stores.count; i++)
    if (is_alias(p, &p->stores.items[i], stores)) o->alias[p->stores.items[i].base] = p->stores.items[i].ref;
  free(stores);
}

static uint32_t *none_table(uint32_t count) {
  uint32_t *table = bs_malloc(((size_t)count + 1) * sizeof *table);
  memset(table, 0xff, ((size_t)count + 1) * sizeof *table);
  return table;
}

static void chain_here(order_table *o, uint32_t object, uint32_t store) {
  uint64_t key = bs_map_key(object, o->c->p->stores.items[store].function);
  uint32_t next;
  if (bs_map_find(&o->first_here, key, &next)) o->next_here[store] = next;
  bs_map_set(&o->first_here, key, store);
}

uint32_t order_first_here(const order_table *o, uint32_t object, uint32_t function) {
  uint32_t first;
  if (o->c->p->nodes.items[object].kind != FACTS_NODE_GLOBAL) return o->first_field[object];
  return bs_map_find(&o->first_here, bs_map_key(object, function), &first) ? first : PROGRAM_NONE;
}

uint32_t order_next_here(const order_table *o, uint32_t object, uint32_t store) {
  return o->c->p->nodes.items[object].kind == FACTS_NODE_GLOBAL ? o->next_here[store] : o->next_field[store];
}

static void chain_stores(order_table *o) {
  const program *p = o->c->p;
  for (uint32_t i = p->stores.count; i-- > 0;) {
    const program_store *s = &p->stores.items[i];
    const program_node *n = &p->nodes.items[s->base];
    bool local = n->kind == FACTS_NODE_LOCAL || n->kind == FACTS_NODE_PARAM || n->kind == FACTS_NODE_TEMP;
    if (local && !s->field && s->function != n->a) o->foreign[s->base] = true;
    uint32_t object = s->field || s->op == FACTS_STORE_ZERO || s->op == FACTS_STORE_CHANGE
                          ? order_alias(o, s->base)
                      : o->alias[s->base] ? 0
                                          : s->base;
    if (object) {
      o->next_field[i] = o->first_field[object];
      o->first_field[object] = i;
      if (p->nodes.items[object].kind == FACTS_NODE_GLOBAL) chain_here(o, object, i);
    }
    if (s->field) {
      o->next_by_field[i] = o->first_by_field[s->field];
      o->first_by_field[s->field] = i;
      continue;
    }
    o->next_store[i] = o->first_store[s->base];
    o->first_store[s->base] = i;
  }
}

static void chain_gifts(order_table *o) {
  const program *p = o->c->p;
  for (uint32_t call = p->calls.count; call-- > 0;) {
    const program_call *row = &p->calls.items[call];
    for (uint32_t i = row->narguments; i-- > 0;) {
      const program_argument *a = &p->arguments.items[row->first_argument + i];
      uint32_t object = a->ref && a->kind != FACTS_ARGUMENT_FUNCTION ? order_object(o->c, a) : 0;
      if (!object || (a->kind == FACTS_ARGUMENT_ADDRESS && a->base)) continue;
      if (a->kind == FACTS_ARGUMENT_NODE && p->nodes.items[a->ref].holds == FACTS_HOLDS_INTEGER) continue;
      uint32_t param =
          row->kind == FACTS_CALL_DIRECT ? program_find_node(p, FACTS_NODE_PARAM, row->callee, i) : 0;
      *bs_vec_push(&o->gifts) = (given){call, i, o->first_gift[object], param};
      o->first_gift[object] = o->gifts.count - 1;
    }
  }
}

order_table *order_new(checker *c) {
  const program *p = c->p;
  order_table *o = bs_calloc(1, sizeof *o);
  o->c = c;
  o->alias = bs_calloc(p->nodes.count + 1, sizeof *o->alias);
  o->foreign = bs_calloc(p->nodes.count + 1, sizeof *o->foreign);
  o->first_store = none_table(p->nodes.count);
  o->first_field = none_table(p->nodes.count);
  o->next_store = none_table(p->stores.count);
  o->next_field = none_table(p->stores.count);
  o->next_here = none_table(p->stores.count);
  o->first_escape = none_table(p->nodes.count);
  o->next_escape = none_table(p->stores.count);
  o->first_by_field = none_table(p->nodes.count);
  o->next_by_field = none_table(p->stores.count);
  for (uint32_t n = 0; n < p->nodes.count; n++) o->foreign[n] = c->node_address_taken[n];
  o->mention_of = bs_calloc(p->nodes.count + 1, sizeof *o->mention_of);
  o->mention_stamp = bs_calloc(p->nodes.count + 1, sizeof *o->mention_stamp);
  o->first_gift = none_table(p->nodes.count);
  c->order = o;
  find_aliases(o);
  chain_stores(o);
  chain_gifts(o);
  order_find_filled(o);
  order_chain_escapes(o);
  return o;
}

void order_free(order_table *o) {
  if (!o) return;
  free(o->alias);
  free(o->foreign);
  free(o->first_gift);
  bs_vec_fini(&o->gifts);
  bs_map_fini(&o->last_at);
  bs_vec_fini(&o->last);
  free(o->first_store);
  free(o->first_field);
  free(o->next_store);
  free(o->next_field);
  free(o->next_here);
  bs_map_fini(&o->first_here);
  bs_map_fini(&o->starts);
  bs_vec_fini(&o->start_values);
  free(o->first_escape);
  free(o->next_escape);
  free(o->first_by_field);
  free(o->next_by_field);
  bs_map_fini(&o->filled);
  bs_map_fini(&o->truths);
  bs_map_fini(&o->changing);
  bs_vec_fini(&o->mentions);
  free(o->mention_of);
  free(o->mention_stamp);
  free(o);
}

uint32_t order_canonical(const checker *c, uint32_t node) { return order_alias(c->order, node); }

uint32_t order_first_store(const checker *c, uint32_t variable) { return c->order->first_store[variable]; }
uint32_t order_next_store(const checker *c, uint32_t store) { return c->order->next_store[store]; }
uint32_t order_first_field(const checker *c, uint32_t object) { return c->order->first_field[object]; }
uint32_t order_next_field(const checker *c, uint32_t store) { return c->order->next_field[store]; }
uint32_t order_first_gift(const checker *c, uint32_t object) { return c->order->first_gift[object]; }
uint32_t order_next_gift(const checker *c, uint32_t gift) { return c->order->gifts.items[gift].next; }
void order_gift(const checker *c, uint32_t gift, uint32_t *call, uint32_t *index) {
  *call = c->order->gifts.items[gift].call;
  *index = c->order->gifts.items[gift].index;
}
