/* Objects whose address is put where others find it: `compositor->renderer = &r->base`. What a function calls
 * after that may change them without being given them. */
#include "analyzer/check/order_internal.h"

/* The object whose address a store puts into a field or a global variable; 0: none. */
static uint32_t escaping(const order_table *o, const program_store *s) {
  const program *p = o->c->p;
  if (!s->ref || (!s->field && p->nodes.items[s->base].kind != FACTS_NODE_GLOBAL)) return 0;
  bool of_field = p->nodes.items[s->ref].kind == FACTS_NODE_FIELD;
  uint32_t object = 0;
  if (s->kind == FACTS_ARGUMENT_ADDRESS)
    object = of_field ? s->from : s->ref;
  else if (s->kind == FACTS_ARGUMENT_NODE && !of_field)
    object = s->ref;
  if (!object || p->nodes.items[object].kind != FACTS_NODE_LOCAL) return 0;
  object = order_alias(o, object);
  return object == order_alias(o, s->base) ? 0 : object;
}

void order_chain_escapes(order_table *o) {
  const program *p = o->c->p;
  for (uint32_t i = p->stores.count; i-- > 0;) {
    uint32_t object = escaping(o, &p->stores.items[i]);
    if (!object) continue;
    o->next_escape[i] = o->first_escape[object];
    o->first_escape[object] = i;
  }
}

/* Which field is not asked: stores through what a call returned, or another field, are in no order. */
bool order_is_changed_elsewhere(const order_table *o, moment at, uint32_t object) {
  const program *p = o->c->p;
  for (uint32_t s = o->first_escape[object]; s != PROGRAM_NONE; s = o->next_escape[s]) {
    const program_store *store = &p->stores.items[s];
    if (store->function != at.function || store->position > at.position) continue;
    for (uint32_t c = store->position; c < at.position; c++) {
      const program_call *call = &p->calls.items[c];
      if (moment_are_opposite(p, call->guard, at.guard)) continue;
      for (uint32_t e = call->first_edge; e < call->first_edge + call->nedges; e++)
        if (!check_is_outside(p, p->edges.items[e].callee)) return true;
    }
  }
  return false;
}
