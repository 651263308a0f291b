/* Objects of one type that are told apart by a callback that stands in them.
 *
 * A field is one node for all objects of its type. But where each creating function stores a handler of its
 * own and the caller's callback, the handler says which objects it is called for: `udp_ready(w)` only ever
 * sees what make_udp() made, so `w->cb` there is none of the callbacks that make_tcp() got. This holds for a
 * handler that is only ever put into an object by functions that store that field too, in a field or by a
 * call that gets both; any other way to hand it over, and nothing is told.
 */
#include "analyzer/check/internal.h"

#include "base/hash.h"

#include <stdlib.h>

/* A function, or what a variable holds, is put into an object: in a field, or by a call that gets both. */
typedef struct put {
  uint32_t group; /* function and variable: the object */
  uint32_t role; /* the field, or the call's function and argument */
  uint32_t node, function; /* one of the two; PROGRAM_NONE without the function */
  uint32_t next_of_group, next_of_function;
} put;

struct object_table {
  BS_VEC(put) puts;
  BS_VEC(uint32_t) first_of_group; /* of a group: into `puts` */
  bs_map groups; /* (function, variable) -> group */
  bs_map roles; /* (function, argument) -> a number behind the nodes */
  uint32_t *first_of_function; /* of a function: puts of it by name */
  bool *is_loose; /* functions that are handed over in other ways, too */
  bs_map known; /* (handler, field) -> enum truth: whether it tells; (handler, field, target) -> may hold */
};

static uint32_t group_of(struct object_table *t, uint32_t function, uint32_t variable) {
  bool fresh;
  uint32_t id = bs_map_add(&t->groups, bs_map_key(function, variable), t->first_of_group.count, &fresh);
  if (fresh) *bs_vec_push(&t->first_of_group) = PROGRAM_NONE;
  return id;
}

static void add_put(struct object_table *t, uint32_t group, uint32_t role, uint32_t node, uint32_t function) {
  uint32_t id = t->puts.count;
  put row = {group, role, node, function, t->first_of_group.items[group], PROGRAM_NONE};
  t->first_of_group.items[group] = id;
  if (function != PROGRAM_NONE) {
    row.next_of_function = t->first_of_function[function];
    t->first_of_function[function] = id;
  }
  *bs_vec_push(&t->puts) = row;
}

static void put_stores(checker *c) {
  const program *p = c->p;
  for (uint32_t i = 0; i < p->stores.count; i++) {
    const program_store *s = &p->stores.items[i];
    if (!s->field || !s->base || s->op != FACTS_STORE_SET) continue;
    bool function = s->kind == FACTS_ARGUMENT_FUNCTION;
    if (!function && p->nodes.items[s->field].holds != FACTS_HOLDS_FUNCTION) continue;
    uint32_t group = group_of(c->objects, s->function, order_canonical(c, s->base));
    bool node = !function && s->kind == FACTS_ARGUMENT_NODE;
    add_put(c->objects, group, s->field, node ? s->ref : 0, function ? s->ref : PROGRAM_NONE);
  }
}

static uint32_t role_of(struct object_table *t, const program *p, uint32_t callee, uint32_t index) {
  return p->nodes.count + bs_map_add(&t->roles, bs_map_key(callee, index), t->roles.count, NULL);
}

/* `event_set(&w->ev, fd, EV_READ, on_ready, w)` puts on_ready into w. */
static void put_arguments(checker *c, uint32_t call) {
  const program *p = c->p;
  struct object_table *t = c->objects;
  const program_call *row = &p->calls.items[call];
  bool outside = row->kind == FACTS_CALL_DIRECT && check_is_outside(p, row->callee);
  for (uint32_t i = 0; i < row->narguments; i++) {
    const program_argument *a = &p->arguments.items[row->first_argument + i];
    if (a->kind != FACTS_ARGUMENT_FUNCTION) continue;
    bool put_somewhere = false;
    for (uint32_t k = 0; k < row->narguments && outside; k++) {
      const program_argument *to = &p->arguments.items[row->first_argument + k];
      uint32_t object = k != i && to->kind != FACTS_ARGUMENT_FUNCTION ? order_object(c, to) : 0;
      if (!object) continue;
      add_put(t, group_of(t, row->caller, object), role_of(t, p, row->callee, i), 0, a->ref);
      put_somewhere = true;
    }
    t->is_loose[a->ref] |= !put_somewhere && (outside || row->kind != FACTS_CALL_DIRECT);
  }
}

/* Whether a store that says which object it is made to puts the function into the field. */
static bool has_put(const checker *c, uint32_t function, uint32_t field) {
  const struct object_table *t = c->objects;
  for (uint32_t i = t->first_of_function[function]; i != PROGRAM_NONE; i = t->puts.items[i].next_of_function)
    if (t->puts.items[i].role == field) return true;
  return false;
}

static void find_loose(checker *c) {
  const program *p = c->p;
  for (uint32_t i = 0; i < p->flows.count; i++) {
    const program_flow *w = &p->flows.items[i];
    if (w->kind != FACTS_FLOW_FUNCTION) continue;
    uint32_t kind = p->nodes.items[w->dst].kind;
    bool followed = kind == FACTS_NODE_LOCAL || kind == FACTS_NODE_PARAM || kind == FACTS_NODE_TEMP;
    if (kind == FACTS_NODE_FIELD) followed = has_put(c, w->src, w->dst);
    c->objects->is_loose[w->src] |= !followed;
  }
}

void objects_prepare(checker *c) {
  const program *p = c->p;
  struct object_table *t = c->objects = bs_calloc(1, sizeof *t);
  t->is_loose = bs_calloc((size_t)p->functions.count + 1, sizeof *t->is_loose);
  t->first_of_function = bs_malloc(((size_t)p->functions.count + 1) * sizeof *t->first_of_function);
  for (uint32_t f = 0; f <= p->functions.count; f++) t->first_of_function[f] = PROGRAM_NONE;
  put_stores(c);
  for (uint32_t call = 0; call < p->calls.count; call++) put_arguments(c, call);
  find_loose(c);
}

void objects_free(struct object_table *t) {
  if (!t) return;
  bs_vec_fini(&t->puts);
  bs_vec_fini(&t->first_of_group);
  bs_map_fini(&t->groups);
  bs_map_fini(&t->roles);
  bs_map_fini(&t->known);
  free(t->first_of_function);
  free(t->is_loose);
  free(t);
}

/* Whether a put may be that of the function: what is not known may. */
static bool puts_function(const checker *c, const put *row, uint32_t function) {
  if (row->function != PROGRAM_NONE) return row->function == function;
  if (!row->node) return true;
  return program_points_has(program_points_of(c->p, row->node),
                            program_atom_make(PROGRAM_ATOM_FUNCTION, function));
}

/* Whether something is put into the group in this role: 0 nothing, 1 another function, 2 this one perhaps. */
static int puts_in_role(const checker *c, uint32_t group, uint32_t role, uint32_t function) {
  const struct object_table *t = c->objects;
  int most = 0;
  for (uint32_t i = t->first_of_group.items[group]; i != PROGRAM_NONE; i = t->puts.items[i].next_of_group) {
    if (t->puts.items[i].role != role) continue;
    if (puts_function(c, &t->puts.items[i], function)) return 2;
    most = 1;
  }
  return most;
}

/* Whether all that puts the handler into an object stores the field as well. */
static bool tells(const checker *c, uint32_t handler, uint32_t field) {
  const struct object_table *t = c->objects;
  if (t->is_loose[handler]) return false;
  bool any = false;
  for (uint32_t i = 0; i < t->puts.count; i++) {
    const put *row = &t->puts.items[i];
    bool by_name = row->function == handler;
    if (!by_name && (row->function != PROGRAM_NONE || !row->node || !puts_function(c, row, handler)))
      continue;
    if (row->role == field || !puts_in_role(c, row->group, field, PROGRAM_NONE)) return false;
    any |= by_name;
  }
  return any;
}

bool objects_tell(const checker *c, uint32_t handler, uint32_t field) {
  struct object_table *t = c->objects;
  if (c->p->nodes.items[field].kind != FACTS_NODE_FIELD || t->first_of_function[handler] == PROGRAM_NONE)
    return false;
  uint64_t key = bs_map_key(handler, field);
  uint32_t known;
  if (!bs_map_find(&t->known, key, &known)) bs_map_set(&t->known, key, known = tells(c, handler, field));
  return known;
}

/* Whether the object is made for another handler: what has a role of this one is another function. */
static bool is_of_another(const checker *c, uint32_t group, uint32_t handler) {
  const struct object_table *t = c->objects;
  for (uint32_t i = t->first_of_function[handler]; i != PROGRAM_NONE; i = t->puts.items[i].next_of_function)
    if (puts_in_role(c, group, t->puts.items[i].role, handler) == 1) return true;
  return false;
}

static bool brings(const program *p, const program_flow *w, uint32_t target) {
  if (w->kind == FACTS_FLOW_FUNCTION) return w->src == target;
  if (w->kind == FACTS_FLOW_INTEGER || w->kind == FACTS_FLOW_STRING || w->kind == FACTS_FLOW_UNKNOWN)
    return false;
  return w->kind != FACTS_FLOW_COPY ||
         program_points_has(program_points_of(p, w->src), program_atom_make(PROGRAM_ATOM_FUNCTION, target));
}

/* Whether a flow into the field may be one into an object of the handler. */
static bool may_be_of(const checker *c, const program_flow *w, uint32_t field, uint32_t handler) {
  const program *p = c->p;
  bool function = w->kind == FACTS_FLOW_FUNCTION, seen = false;
  if (!function && w->kind != FACTS_FLOW_COPY) return true;
  const program_function *f = w->function == PROGRAM_NONE ? NULL : &p->functions.items[w->function];
  if (!f) return true;
  for (uint32_t i = f->first_store; i < f->first_store + f->nstores; i++) {
    const program_store *s = &p->stores.items[i];
    uint32_t kind = function ? FACTS_ARGUMENT_FUNCTION : FACTS_ARGUMENT_NODE;
    if (s->field != field || s->kind != kind || s->ref != w->src) continue;
    seen = true;
    if (!is_of_another(c, group_of(c->objects, s->function, order_canonical(c, s->base)), handler))
      return true;
  }
  return !seen;
}

static bool may_hold(const checker *c, uint32_t handler, uint32_t field, uint32_t target) {
  const program *p = c->p;
  bool brought = false;
  for (uint32_t f = program_first_flow(p, field); f != PROGRAM_NONE; f = p->flow_next[f]) {
    const program_flow *w = &p->flows.items[f];
    if (!brings(p, w, target)) continue;
    brought = true;
    if (may_be_of(c, w, field, handler)) return true;
  }
  return !brought;
}

bool objects_may_hold(const checker *c, uint32_t handler, uint32_t field, uint32_t target) {
  struct object_table *t = c->objects;
  uint64_t key = bs_hash_mix(bs_map_key(handler, field), target + UINT64_C(1));
  uint32_t known;
  if (!bs_map_find(&t->known, key, &known))
    bs_map_set(&t->known, key, known = may_hold(c, handler, field, target));
  return known;
}
