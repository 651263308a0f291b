/* Calling contexts: the parameters, and fields of objects that parameters point to, that decide what a
 * function does, and what a caller says of them.
 *
 * A key is one of them: `fl` that a function hands to waitpid(), `u->no_resolve` that it asks before it
 * resolves a name. Keys are passed up from callees to callers, so that a flag is known through any number of
 * functions.
 */
#include "analyzer/check/internal.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

bound_value eval_bound_field(const checker *c, uint32_t node, uint32_t field, uint32_t context_id) {
  const call_context *x = &c->contexts.items[context_id];
  const program_node *n = &c->p->nodes.items[node];
  if (context_id && n->kind == FACTS_NODE_PARAM && n->a == x->function)
    for (uint32_t i = 0; i < x->count; i++)
      if (x->items[i].param == n->b && x->items[i].field == field) return x->items[i].value;
  return (bound_value){0};
}

bound_value eval_bound(const checker *c, uint32_t node, uint32_t context_id) {
  return eval_bound_field(c, node, 0, context_id);
}

/* ---- entering ---- */

/* Few whole numbers: what an argument `bad ? ERR : DEBUG` may be. */
static bool is_one_of(const values *v, bound_value *bound) {
  if (v->count < 2 || v->count > MAX_BOUND) return false;
  *bound = (bound_value){.kind = BOUND_ONE_OF, .count = v->count};
  for (uint32_t i = 0; i < v->count; i++) {
    if ((v->item[i].ones | v->item[i].zeros) != UINT64_MAX) return false;
    bound->number[i] = (int64_t)v->item[i].ones;
  }
  return true;
}

static bound_value bound_of(const values *v) {
  bound_value numbers;
  if (is_one_of(v, &numbers)) return numbers;
  known_bits all = values_join(v);
  if ((all.ones | all.zeros) == UINT64_MAX)
    return (bound_value){.kind = BOUND_INTEGER, .value = (int64_t)all.ones};
  if (!all.ones && !all.zeros) return (bound_value){0};
  return (bound_value){
      .kind = BOUND_BITS, .value = (int64_t)all.ones, .zeros = all.zeros, .nonzero = all.nonzero};
}

/* How an argument is bound: by the node as well as by the value; a descriptor's mode with it. */
typedef struct binding {
  bool by_node, modes;
} binding;

static bound_value bind_node(const checker *c, uint32_t call, const program_argument *a, uint32_t x,
                             binding how) {
  uint32_t param = a->kind == FACTS_ARGUMENT_NODE ? eval_parameter_of(c, a->ref) : 0;
  bound_value known = param ? eval_bound(c, param, x) : (bound_value){0};
  if (known.kind == BOUND_NODE) known.value = how.modes ? descriptors_mode(c, call, a, x) : 0;
  if (known.kind == BOUND_FUNCTION || known.kind == BOUND_NODE) return known;
  values v = {0};
  eval_values(c, call, a, x, &v);
  bound_value bound = bound_of(&v);
  if (bound.kind != BOUND_UNKNOWN || !how.by_node || a->kind != FACTS_ARGUMENT_NODE) return bound;
  if (param) return known;
  unsigned mode = how.modes ? descriptors_mode(c, call, a, x) : 0;
  return (bound_value){.kind = BOUND_NODE, .ref = a->ref, .value = mode};
}

static bound_value bind_argument(const checker *c, uint32_t call, const program_argument *a, uint32_t x,
                                 binding how) {
  switch (a->kind) {
  case FACTS_ARGUMENT_INTEGER: return (bound_value){.kind = BOUND_INTEGER, .value = a->value};
  case FACTS_ARGUMENT_NULL: return (bound_value){.kind = BOUND_NULL};
  case FACTS_ARGUMENT_FUNCTION:
    return how.by_node ? (bound_value){.kind = BOUND_FUNCTION, .ref = a->ref} : (bound_value){0};
  case FACTS_ARGUMENT_NODE:
  case FACTS_ARGUMENT_FLAGS:
  case FACTS_ARGUMENT_MASKED: return bind_node(c, call, a, x, how);
  default: return (bound_value){0};
  }
}

static bound_value field_before(const checker *c, uint32_t call, uint32_t object, uint32_t field,
                                uint32_t x) {
  values v = {0};
  order_ask(c);
  order_field(c, moment_of_call(c, call), object, field, x, &v);
  return bound_of(&v);
}

static bool context_has(const checker *c, uint32_t x, uint32_t field) {
  const call_context *context = &c->contexts.items[x];
  for (uint32_t i = 0; i < context->count; i++)
    if (context->items[i].field == field) return true;
  return false;
}

/* An argument whose object is asked for one field after the other. */
typedef struct handed {
  uint32_t param; /* PROGRAM_NONE: nobody has asked yet */
  const program_argument *argument; /* or NULL */
  uint32_t object; /* 0: it is not known which */
  bool is_called_for, has_others;
  bound_value others; /* of the fields that nobody near mentions */
} handed;

/* What is known of a field of an object before a call. Calls through a pointer ask again for each target.
 * Where a bound was met it is not kept: another time there may be more room. */
static bound_value kept_field(checker *c, uint32_t call, uint32_t object, uint32_t field, uint32_t x) {
  uint32_t known, missed = c->limits.values;
  if (!order_is_told(c, object, field, x)) return (bound_value){0};
  uint64_t key = bs_hash_mix(bs_map_key(call, x), bs_map_key(object, field));
  if (bs_map_find(&c->bound, key, &known)) return c->bound_values.items[known];
  bound_value v = field_before(c, call, object, field, x);
  if (c->limits.values != missed) return v;
  bs_map_set(&c->bound, key, c->bound_values.count);
  *bs_vec_push(&c->bound_values) = v;
  return v;
}

static bound_value bind_field(checker *c, uint32_t call, handed *h, uint32_t field, uint32_t x) {
  if (!h->object) return (bound_value){0};
  if (order_mentions(c, h->object, field) || context_has(c, x, field))
    return kept_field(c, call, h->object, field, x);
  if (!h->has_others) h->others = kept_field(c, call, h->object, PROGRAM_NONE, x);
  h->has_others = true;
  return h->others;
}

/* A function that is called through a field of the object that it is given: `w->on(w)`. */
static bool is_called_for(const checker *c, uint32_t call, const program_argument *a) {
  const program_call *row = &c->p->calls.items[call];
  return row->kind == FACTS_CALL_INDIRECT && row->base && order_object(c, a) == order_canonical(c, row->base);
}

static bound_value bind_handler(const checker *c, uint32_t handler, const relevant_key *r) {
  bool callback = r->field && c->p->nodes.items[r->field].holds == FACTS_HOLDS_FUNCTION;
  if (!callback || !objects_tell(c, handler, r->field)) return (bound_value){0};
  return (bound_value){.kind = BOUND_OF_HANDLER, .ref = handler};
}

/* A field that holds a descriptor has no number that is known, but perhaps a mode. */
static bound_value bind_mode(const checker *c, uint32_t call, uint32_t object, uint32_t field, uint32_t x) {
  const program_argument a = {.kind = FACTS_ARGUMENT_NODE, .ref = field, .base = object};
  unsigned mode = object ? descriptors_mode(c, call, &a, x) : 0;
  return mode ? (bound_value){.kind = BOUND_MODE, .value = mode} : (bound_value){0};
}

static bound_value bind(checker *c, uint32_t call, uint32_t callee, const relevant_key *r, handed *h,
                        uint32_t x, bool modes) {
  if (!h->argument) return (bound_value){0};
  if (!r->field) return bind_argument(c, call, h->argument, x, (binding){r->by_node, modes});
  bound_value known = h->object && x ? eval_bound_field(c, h->object, r->field, x) : (bound_value){0};
  if (known.kind == BOUND_OF_HANDLER) return known;
  if (h->is_called_for) known = bind_handler(c, callee, r);
  if (known.kind == BOUND_OF_HANDLER) return known;
  known = bind_field(c, call, h, r->field, x);
  return known.kind == BOUND_UNKNOWN && r->by_node && modes ? bind_mode(c, call, h->object, r->field, x)
                                                            : known;
}

enum { MAX_KEYS = 64 };
typedef struct entering {
  context_item items[MAX_KEYS];
  uint32_t count;
  uint64_t key;
  bool cut;
} entering;

static bool add_item(entering *e, const relevant_key *r, bound_value v) {
  if (v.kind == BOUND_UNKNOWN) return true;
  if (e->count == MAX_KEYS) {
    e->cut = true;
    return false;
  }
  e->items[e->count++] = (context_item){r->param, r->field, v};
  e->key = bs_hash_mix(bs_hash_mix(e->key, bs_map_key(r->param, r->field)), bs_map_key(v.kind, v.ref));
  e->key = bs_hash_mix(bs_hash_mix(e->key, (uint64_t)v.value), v.zeros + v.nonzero);
  for (uint32_t i = 0; i < v.count; i++) e->key = bs_hash_mix(e->key, (uint64_t)v.number[i]);
  return true;
}

static uint32_t context_of(checker *c, uint32_t function, const entering *e) {
  if (!e->count) return 0;
  bool is_new;
  uint32_t id = bs_map_add(&c->context_ids, e->key, c->contexts.count, &is_new);
  if (!is_new) return id;
  context_item *kept = bs_arena_alloc(&c->arena, e->count * sizeof *kept);
  for (uint32_t i = 0; i < e->count; i++) kept[i] = e->items[i];
  *bs_vec_push(&c->contexts) = (call_context){function, e->count, kept, e->cut};
  return id;
}

enum { HANDED = 8 }; /* arguments that are kept at a time */

static handed *hand_over(const checker *c, uint32_t call, uint32_t param, handed *all) {
  handed *h = &all[param % HANDED];
  if (h->param == param) return h;
  const program_argument *a = eval_argument(c->p, call, (int)param);
  *h = (handed){.param = param,
                .argument = a,
                .object = a ? order_object(c, a) : 0,
                .is_called_for = a && is_called_for(c, call, a)};
  return h;
}

static uint32_t enter(checker *c, uint32_t call, uint32_t callee, uint32_t x, bool modes) {
  entering e = {.key = callee};
  handed all[HANDED];
  for (uint32_t i = 0; i < HANDED; i++) all[i].param = PROGRAM_NONE;
  for (uint32_t k = c->first_key[callee]; k != PROGRAM_NONE; k = c->keys.items[k].next) {
    const relevant_key *r = &c->keys.items[k];
    if (add_item(&e, r, bind(c, call, callee, r, hand_over(c, call, r->param, all), x, modes))) continue;
    c->limits.parameters++;
    break;
  }
  return context_of(c, callee, &e);
}

uint32_t contexts_of_handler(checker *c, uint32_t function) {
  entering e = {.key = function};
  for (uint32_t k = c->first_key[function]; k != PROGRAM_NONE; k = c->keys.items[k].next)
    if (!add_item(&e, &c->keys.items[k], bind_handler(c, function, &c->keys.items[k]))) break;
  return context_of(c, function, &e);
}

static uint32_t enter_once(checker *c, uint32_t call, uint32_t callee, uint32_t x, bool modes) {
  uint32_t known;
  if (c->first_key[callee] == PROGRAM_NONE) return 0;
  if (c->contexts.items[x].function != c->p->calls.items[call].caller) x = 0;
  uint64_t key = bs_hash_mix(bs_map_key(call, callee), bs_map_key(x, modes));
  if (bs_map_find(&c->entered, key, &known)) return known;
  bs_map_set(&c->entered, key, 0); /* while it is asked: a function that calls itself */
  known = enter(c, call, callee, x, modes);
  bs_map_set(&c->entered, key, known);
  return known;
}

uint32_t eval_enter(checker *c, uint32_t call, uint32_t callee, uint32_t x) {
  return enter_once(c, call, callee, x, true);
}

uint32_t eval_enter_for_values(checker *c, uint32_t call, uint32_t callee, uint32_t x) {
  return enter_once(c, call, callee, x, false);
}

/* ---- what decides ---- */

typedef struct new_key {
  uint32_t function, key; /* in the checker's `keys` */
} new_key;

/* The arguments of a call. */
typedef struct handing {
  uint32_t first, count;
} handing;

typedef struct finder {
  checker *c;
  bs_map keys; /* (function, parameter, field) -> into the checker's `keys` */
  bs_map visited; /* (node, base), by node or not; (guard) */
  BS_VEC(new_key) work; /* keys whose callers are to be seen */
  bool *leads; /* functions from which one is reached that a search asks about */
  uint32_t *first_caller; /* of a function, into `callers`: who calls it */
  handing *callers;
  uint32_t *object_of; /* of an argument: order_object() */
  told_table *told;
} finder;

/* Whether it is new, or asks for more than before. */
static bool add_key(finder *f, uint32_t function, uint32_t param, uint32_t field, bool by_node) {
  checker *c = f->c;
  bool is_new;
  uint64_t key = bs_hash_mix(bs_map_key(function, param), field);
  uint32_t k = bs_map_add(&f->keys, key, c->keys.count, &is_new);
  if (!is_new) {
    relevant_key *r = &c->keys.items[k];
    if (r->by_node || !by_node) return false;
    r->by_node = true;
  } else {
    *bs_vec_push(&c->keys) = (relevant_key){param, field, by_node, c->first_key[function]};
    c->first_key[function] = k;
  }
  *bs_vec_push(&f->work) = (new_key){function, k};
  return true;
}

enum { DEEP = 24 };

static void find_guards(finder *f, uint32_t guard, int depth);
static void find_node(finder *f, uint32_t node, uint32_t base, bool by_node, int depth);

static void find_store(finder *f, const program_store *s, bool by_node, int depth) {
  bool value =
      s->kind == FACTS_ARGUMENT_NODE || s->kind == FACTS_ARGUMENT_FLAGS || s->kind == FACTS_ARGUMENT_MASKED;
  if (value && s->ref) find_node(f, s->ref, s->from, by_node, depth);
  find_guards(f, s->guard, depth);
}

static void find_object(finder *f, uint32_t object, uint32_t field, bool by_node, int depth);

/* What helpers make of the object that they are given. */
static void find_helpers(finder *f, uint32_t object, uint32_t field, bool by_node, int depth) {
  const program *p = f->c->p;
  uint32_t call, index;
  for (uint32_t g = order_first_gift(f->c, object); g != PROGRAM_NONE; g = order_next_gift(f->c, g)) {
    order_gift(f->c, g, &call, &index);
    const program_call *row = &p->calls.items[call];
    if (row->kind != FACTS_CALL_DIRECT || check_is_outside(p, row->callee)) continue;
    uint32_t param = program_find_node(p, FACTS_NODE_PARAM, row->callee, index);
    if (param) find_object(f, param, field, by_node, depth + 1);
  }
}

/* Whether a helper is called at all. */
static void find_gifts(finder *f, uint32_t object, int depth) {
  uint32_t call, index;
  bool fresh;
  bs_map_add(&f->visited, bs_hash_mix(bs_map_key(object, 0), 8), 1, &fresh);
  if (!fresh) return;
  for (uint32_t g = order_first_gift(f->c, object); g != PROGRAM_NONE; g = order_next_gift(f->c, g)) {
    order_gift(f->c, g, &call, &index);
    find_guards(f, f->c->p->calls.items[call].guard, depth);
  }
}

/* What a pointer is set to, or a struct is a copy of: another object, or what a call returns. */
static void find_other(finder *f, const program_store *s, uint32_t field, bool by_node, int depth) {
  const program *p = f->c->p;
  uint32_t kind = check_ref_kind(p, s->kind, s->ref);
  if (kind == FACTS_NODE_RESULT)
    find_object(f, s->ref, field, by_node, depth);
  else if (kind == FACTS_NODE_LOCAL || kind == FACTS_NODE_PARAM || kind == FACTS_NODE_TEMP)
    find_object(f, s->kind == FACTS_ARGUMENT_NODE ? order_canonical(f->c, s->ref) : s->ref, field, by_node,
                depth);
  find_guards(f, s->guard, depth);
}

/* Where a call's result comes from: what its function returns. */
static uint32_t returned_by(const program *p, uint32_t result) {
  const program_call *call = &p->calls.items[p->nodes.items[result].a];
  return call->kind == FACTS_CALL_DIRECT ? program_find_node(p, FACTS_NODE_RETURN, call->callee, 0) : 0;
}

static void find_object(finder *f, uint32_t object, uint32_t field, bool by_node, int depth) {
  const program *p = f->c->p;
  if (p->nodes.items[object].kind == FACTS_NODE_RESULT) object = returned_by(p, object);
  const program_node *n = &p->nodes.items[object];
  bool fresh;
  if (!object || depth > DEEP) return; /* it may be met again on a shorter way */
  if (n->kind == FACTS_NODE_GLOBAL) return;
  if (n->kind == FACTS_NODE_PARAM && told_may(f->told, object, field, by_node))
    fresh = add_key(f, n->a, n->b, field, by_node);
  else
    bs_map_add(&f->visited, bs_hash_mix(bs_map_key(object, field), 9 + by_node), 1, &fresh);
  if (!fresh) return;
  for (uint32_t s = order_first_field(f->c, object); s != PROGRAM_NONE; s = order_next_field(f->c, s))
    if (p->stores.items[s].field == field)
      find_store(f, &p->stores.items[s], false, depth + 1);
    else if (!p->stores.items[s].field)
      find_other(f, &p->stores.items[s], field, by_node, depth + 1);
  find_gifts(f, object, depth);
  if (n->kind == FACTS_NODE_LOCAL && n->holds != FACTS_HOLDS_RECORD)
    find_helpers(f, object, field, by_node, depth);
}

static void find_node(finder *f, uint32_t node, uint32_t base, bool by_node, int depth) {
  checker *c = f->c;
  const program *p = c->p;
  const program_node *n = &p->nodes.items[node];
  bool fresh;
  if (!node || depth > DEEP) return;
  bs_map_add(&f->visited, bs_hash_mix(bs_map_key(node, base), by_node), 1, &fresh);
  if (!fresh) return;
  uint32_t param = eval_parameter_of(c, node);
  if (param) add_key(f, p->nodes.items[param].a, p->nodes.items[param].b, 0, by_node);
  if (n->kind == FACTS_NODE_FIELD && base) find_object(f, order_canonical(c, base), node, by_node, depth);
  uint32_t variable = node;
  if (n->kind == FACTS_NODE_RESULT)
    variable = returned_by(p, node);
  else if (n->kind != FACTS_NODE_LOCAL && n->kind != FACTS_NODE_TEMP && n->kind != FACTS_NODE_PARAM)
    return;
  for (uint32_t s = variable ? order_first_store(c, variable) : PROGRAM_NONE; s != PROGRAM_NONE;
       s = order_next_store(c, s))
    find_store(f, &p->stores.items[s], by_node, depth + 1);
}

static void find_guards(finder *f, uint32_t guard, int depth) {
  const program *p = f->c->p;
  for (; guard; guard = p->guards.items[guard].outer) {
    bool fresh;
    bs_map_add(&f->visited, bs_map_key(UINT32_MAX, guard), 1, &fresh);
    if (!fresh) return;
    const program_guard *g = &p->guards.items[guard];
    if (g->op < FACTS_GUARD_MAYBE_EQ) find_node(f, g->node, g->base, false, depth + 1);
  }
}

static void find_argument(finder *f, const program_argument *a, bool by_node) {
  bool value =
      a->kind == FACTS_ARGUMENT_NODE || a->kind == FACTS_ARGUMENT_FLAGS || a->kind == FACTS_ARGUMENT_MASKED;
  if (value && a->ref) find_node(f, a->ref, a->base, by_node && a->kind == FACTS_ARGUMENT_NODE, 0);
}

static void find_field(finder *f, const program_argument *a, const char *field) {
  const program *p = f->c->p;
  uint32_t name = bs_intern_find(&p->strings, field, strlen(field)), object = order_object(f->c, a);
  uint32_t node =
      a->record && name != UINT32_MAX ? program_find_node(p, FACTS_NODE_FIELD, a->record, name) : 0;
  if (!object && check_ref_kind(p, a->kind, a->ref) == FACTS_NODE_RESULT) object = a->ref;
  if (object && node) find_object(f, object, node, false, 0);
}

/* How long a call waits. */
static void find_timeout(finder *f, uint32_t call, const rule_timeout *t) {
  const program_argument *a = eval_argument(f->c->p, call, t->argument);
  if (!a || t->absolute || t->find || t->unit == RULE_UNIT_NONE) return;
  bool spec = t->unit == RULE_UNIT_TIMESPEC;
  if (!spec && t->unit != RULE_UNIT_TIMEVAL) {
    find_argument(f, a, false);
    return;
  }
  find_field(f, a, "tv_sec");
  find_field(f, a, spec ? "tv_nsec" : "tv_usec");
}

static void find_conditions(finder *f, uint32_t call, const rule_condition *conditions, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (conditions[i].all) find_conditions(f, call, conditions[i].all, conditions[i].nall);
    const program_argument *a = eval_condition_argument(f->c, call, &conditions[i]);
    if (!a) continue;
    if (conditions[i].field)
      find_field(f, a, conditions[i].field);
    else
      find_argument(f, a,
                    conditions[i].test == RULE_TEST_DESCRIPTOR || conditions[i].test == RULE_TEST_HANDLE);
  }
}

/* The arguments that say what a new descriptor is. */
static void find_creation(finder *f, uint32_t call) {
  const checker *c = f->c;
  const program_call *row = &c->p->calls.items[call];
  if (row->kind != FACTS_CALL_DIRECT || !check_is_outside(c->p, row->callee)) return;
  const descriptor_row *const *rows =
      rule_set_descriptors(c->rules, program_text(c->p, c->p->functions.items[row->callee].symbol));
  for (; rows && *rows; rows++) {
    if ((*rows)->kind != DESCRIPTOR_CREATE) continue;
    const int asked[] = {(*rows)->flags_argument, (*rows)->only_argument, (*rows)->unless_argument};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
      const program_argument *a = eval_argument(c->p, call, asked[i]);
      if (a) find_argument(f, a, false);
    }
  }
}

/* What decides whether another call is made decides nothing that is asked for. */
static bool leads_on(const finder *f, const program_call *call) {
  for (uint32_t e = call->first_edge; e < call->first_edge + call->nedges; e++)
    if (f->leads[f->c->p->edges.items[e].callee]) return true;
  return false;
}

/* What is called through, compared in a guard, asked for by a rule's condition. */
static void find_here(finder *f, uint32_t call) {
  const checker *c = f->c;
  const program *p = c->p;
  const program_call *row = &p->calls.items[call];
  if (row->kind == FACTS_CALL_INDIRECT && row->callee) find_node(f, row->callee, row->base, true, 0);
  if (leads_on(f, row)) find_guards(f, row->guard, 0);
  find_creation(f, call);
  for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++) {
    const rule *const *rules = c->function_rules[p->edges.items[e].callee];
    for (; rules && *rules; rules++) {
      find_conditions(f, call, (*rules)->unless.items, (*rules)->unless.count);
      find_conditions(f, call, (*rules)->only_if.items, (*rules)->only_if.count);
      find_timeout(f, call, &(*rules)->timeout);
    }
  }
}

/* What is passed on to a parameter that decides. */
static void find_above(finder *f, new_key of) {
  const relevant_key r = f->c->keys.items[of.key];
  for (uint32_t i = f->first_caller[of.function]; i < f->first_caller[of.function + 1]; i++) {
    const handing *call = &f->callers[i];
    if (r.param >= call->count) continue;
    uint32_t argument = call->first + r.param;
    if (!r.field)
      find_argument(f, &f->c->p->arguments.items[argument], r.by_node);
    else if (f->object_of[argument] && told_may(f->told, f->object_of[argument], r.field, r.by_node))
      find_object(f, f->object_of[argument], r.field, r.by_node, 0);
  }
}

static void index_callers(finder *f) {
  const program *p = f->c->p;
  uint32_t n = p->functions.count, *start = bs_calloc((size_t)n + 3, sizeof *start);
  f->callers = bs_malloc((p->edges.count + 1) * sizeof *f->callers);
  for (uint32_t e = 0; e < p->edges.count; e++)
    if (p->edges.items[e].how != PROGRAM_CALLBACK) start[p->edges.items[e].callee + 2]++;
  for (uint32_t i = 2; i <= n + 1; i++) start[i] += start[i - 1];
  for (uint32_t e = 0; e < p->edges.count; e++) {
    const program_call *call = &p->calls.items[p->edges.items[e].call];
    if (p->edges.items[e].how != PROGRAM_CALLBACK)
      f->callers[start[p->edges.items[e].callee + 1]++] = (handing){call->first_argument, call->narguments};
  }
  f->first_caller = start;
  f->object_of = bs_malloc((p->arguments.count + 1) * sizeof *f->object_of);
  for (uint32_t i = 0; i < p->arguments.count; i++)
    f->object_of[i] = order_object(f->c, &p->arguments.items[i]);
}

/* A function that a search asks about: an API of a rule or a pack, one that makes or changes a descriptor. */
static bool is_asked_about(const checker *c, uint32_t function) {
  const program_function *f = &c->p->functions.items[function];
  return c->function_rules[function] || c->function_rows[function] ||
         rule_set_descriptors(c->rules, program_text(c->p, f->symbol)) ||
         rule_set_descriptors(c->rules, program_text(c->p, f->name));
}

static void find_leading(finder *f) {
  const checker *c = f->c;
  f->leads = bs_calloc((size_t)c->p->functions.count + 1, sizeof *f->leads);
  for (uint32_t i = 0; i < c->p->functions.count; i++) f->leads[i] = is_asked_about(c, i);
  search_find_leading(c, f->leads);
}

void contexts_prepare(checker *c) {
  finder f = {.c = c};
  c->first_key = bs_malloc((c->p->functions.count + 1) * sizeof *c->first_key);
  for (uint32_t i = 0; i <= c->p->functions.count; i++) c->first_key[i] = PROGRAM_NONE;
  index_callers(&f);
  find_leading(&f);
  f.told = told_new(c, f.object_of);
  for (uint32_t call = 0; call < c->p->calls.count; call++) find_here(&f, call);
  while (f.work.count) find_above(&f, f.work.items[--f.work.count]);
  bs_map_fini(&f.keys);
  bs_map_fini(&f.visited);
  bs_vec_fini(&f.work);
  free(f.first_caller);
  free(f.callers);
  free(f.object_of);
  free(f.leads);
  told_free(f.told);
}
