/* Values in the order of statements: what a variable or a field of an object holds when a call is made.
 *
 * The stores of a function are read from its start to that moment. One that is made on every way there hides
 * those before it, one under a condition is a possibility beside them, and one under the opposite of a
 * condition that holds there is none. A store that comes later in the same loop may have been made a turn
 * before. Values are sets of few numbers, each with the bits that are known of it, so that flags are followed
 * through |= and &= ~. What a helper does to an object that it is given is read in the helper. Everything
 * else is unknown, and unknown is not certain.
 */
#include "analyzer/check/order_internal.h"

#include "base/hash.h"

#include <string.h>
#include <sys/syscall.h>

enum {
  MAX_DEPTH = 12,
  BUDGET = 2000 /* stores for one question */
};

enum { IN_PROGRESS = 3, TRUTH_MASK = 3, CUT = 4 }; /* beside enum truth: what is kept of a guard */

/* ---- what a store stores ---- */

typedef struct question {
  order_table *o;
  uint32_t base, field; /* field 0: the variable itself */
  moment at;
  uint32_t context;
} question;

static void object_value(order_table *o, moment at, uint32_t object, uint32_t field, uint32_t context,
                         values *out);
static void result_field(order_table *o, uint32_t result, uint32_t field, uint32_t context, values *out);

static bool spend(order_table *o) {
  if (!o->budget || o->depth > MAX_DEPTH) {
    o->c->limits.values++;
    return false;
  }
  o->budget--;
  return true;
}

static void stored_value(order_table *o, const program_store *s, uint32_t context, values *out) {
  switch (s->kind) {
  case FACTS_ARGUMENT_INTEGER: values_add(out, s->value); return;
  case FACTS_ARGUMENT_NULL: values_add(out, 0); return;
  case FACTS_ARGUMENT_STRING:
  case FACTS_ARGUMENT_ADDRESS:
  case FACTS_ARGUMENT_FUNCTION: values_add_bits(out, (known_bits){.nonzero = true}); return;
  case FACTS_ARGUMENT_NODE:
  case FACTS_ARGUMENT_FLAGS:
  case FACTS_ARGUMENT_MASKED: break;
  default: values_add_unknown(out); return;
  }
  values v = {0};
  if (s->ref)
    order_node(o->c, moment_of_store(s), s->ref, s->from, context, &v);
  else if (s->kind == FACTS_ARGUMENT_FLAGS)
    values_add(&v, 0);
  else
    values_add_unknown(&v);
  if (s->kind == FACTS_ARGUMENT_FLAGS) values_set_bits(&v, s->value);
  if (s->kind == FACTS_ARGUMENT_MASKED) values_clear_bits(&v, s->value);
  values_add_all(out, &v);
}

static bool is_call_of(const program *p, uint32_t node, const char *name) {
  if (p->nodes.items[node].kind != FACTS_NODE_RESULT) return false;
  const program_call *call = &p->calls.items[p->nodes.items[node].a];
  return call->kind == FACTS_CALL_DIRECT &&
         !strcmp(program_text(p, p->functions.items[call->callee].symbol), name);
}

static bool is_object(uint32_t kind) {
  return kind == FACTS_NODE_LOCAL || kind == FACTS_NODE_PARAM || kind == FACTS_NODE_TEMP;
}

/* A pointer is set to another object, or a struct is a copy of it: what that holds then. */
static void other_object(order_table *o, const program_store *s, uint32_t field, uint32_t context,
                         values *out) {
  const program *p = o->c->p;
  uint32_t kind = check_ref_kind(p, s->kind, s->ref);
  bool named = is_object(kind);
  if (s->kind == FACTS_ARGUMENT_NODE && is_call_of(p, s->ref, "calloc"))
    values_add(out, 0);
  else if (s->kind == FACTS_ARGUMENT_ADDRESS && (named || kind == FACTS_NODE_GLOBAL))
    object_value(o, moment_of_store(s), s->ref, field, context, out);
  else if (s->kind == FACTS_ARGUMENT_NODE && named)
    object_value(o, moment_of_store(s), order_alias(o, s->ref), field, context, out);
  else if (kind == FACTS_NODE_RESULT)
    result_field(o, s->ref, field, context, out);
  else
    values_add_unknown(out);
}

static void new_value(const question *q, const program_store *s, values *out) {
  switch (s->op) {
  case FACTS_STORE_ZERO: values_add(out, 0); return;
  case FACTS_STORE_CHANGE:
    if (q->field && s->ref && (s->kind == FACTS_ARGUMENT_ADDRESS || s->kind == FACTS_ARGUMENT_NODE))
      other_object(q->o, s, q->field, q->context, out);
    else
      values_add_unknown(out);
    return;
  default:
    if (q->field && !s->field)
      other_object(q->o, s, q->field, q->context, out);
    else
      stored_value(q->o, s, q->context, out);
  }
}

typedef struct walk {
  question q;
  live_set live;
  bool carried; /* what is read now may have been made a turn before */
  bool unset; /* elements of a local array that nothing was stored to yet: nobody reads them */
} walk;

/* Without what is live: there is room for much, and few of it is ever used. */
static void begin_walk(walk *w, question q) {
  w->q = q;
  w->live.count = 0;
  w->live.joined = w->carried = w->unset = false;
}

static void set_live(walk *w, const values *v, uint32_t store, uint32_t guard, bool surely, bool weak) {
  const program *p = w->q.o->c->p;
  bool first = w->unset;
  w->unset = false;
  if (surely && (!weak || first) && !w->carried) {
    w->live.count = 0;
    guard = 0;
  } else if (!weak && !w->carried) {
    order_hide_under(p, &w->live, guard);
  }
  order_push_live(w->q.o, &w->live, v, w->carried ? 0 : guard, store);
  if (!weak && !w->carried && guard) order_hide_by_both(p, &w->live);
}

static void change_bits(walk *w, const program_store *s, bool surely) {
  const program *p = w->q.o->c->p;
  values bits = {0};
  if (s->op == FACTS_STORE_OR) stored_value(w->q.o, s, w->q.context, &bits);
  w->unset = false;
  for (uint32_t i = 0, count = w->live.count; i < count; i++) {
    values v = w->live.item[i].v;
    uint32_t guard = w->live.item[i].guard;
    if (s->op == FACTS_STORE_OR)
      values_or(&v, &bits);
    else
      values_clear_bits(&v, s->value);
    bool whole = surely || moment_is_under(p, guard, s->guard);
    if (whole && !s->weak && !w->carried)
      w->live.item[i].v = v;
    else if (w->carried || !moment_are_opposite(p, guard, s->guard))
      order_push_live(w->q.o, &w->live, &v, w->carried ? guard : s->guard, PROGRAM_NONE);
  }
}

/* Whether something under this guard was done on the way to the moment: NO, maybe, or surely. */
static enum truth was_done(walk *w, uint32_t guard, uint32_t cycle) {
  const program *p = w->q.o->c->p;
  if (moment_implies(p, w->q.at.guard, guard)) return TRUTH_YES;
  enum truth t = order_guards(w->q.o->c, guard, w->q.at.function, w->q.context);
  if (t != TRUTH_UNKNOWN) return t;
  bool turns = moment_outermost_cycle(p, cycle) &&
               moment_outermost_cycle(p, cycle) == moment_outermost_cycle(p, w->q.at.cycle);
  return !turns && moment_are_opposite(p, guard, w->q.at.guard) ? TRUTH_NO : TRUTH_UNKNOWN;
}

static void see_store(walk *w, const program_store *s) {
  if (w->q.field ? s->field && s->field != w->q.field : s->field) return;
  bool pointer = w->q.o->c->p->nodes.items[s->base].holds == FACTS_HOLDS_RECORD;
  bool pointee = s->op == FACTS_STORE_ZERO || (s->op == FACTS_STORE_CHANGE && s->kind);
  if (!w->q.field && pointer && pointee) return;
  enum truth done = was_done(w, s->guard, s->cycle);
  if (done == TRUTH_NO || !spend(w->q.o)) return;
  if (s->op == FACTS_STORE_OR || s->op == FACTS_STORE_CLEAR) {
    change_bits(w, s, done == TRUTH_YES);
    return;
  }
  values v = {0};
  new_value(&w->q, s, &v);
  uint32_t id = (uint32_t)(s - w->q.o->c->p->stores.items);
  set_live(w, &v, id, s->guard, done == TRUTH_YES, s->weak);
}

/* ---- calls that are given the object ---- */

static bool is_clearing(const program *p, uint32_t function) { /* its store has been noted */
  static const char *const names[] = {"memset", "bzero", "explicit_bzero", "std::memset"};
  const char *name = program_text(p, p->functions.items[function].name);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(name, names[i])) return true;
  return false;
}

static void walk_function(walk *w);

/* The context of a function that is read for an answer; of one below it nothing is asked. */
static uint32_t inner_context(order_table *o, uint32_t call, uint32_t callee, uint32_t context) {
  return o->calls > 1 ? 0 : eval_enter_for_values(o->c, call, callee, context);
}

/* What the callee makes of the object that it is given. */
static bool effect_of(walk *w, const given *g, values *out) {
  order_table *o = w->q.o;
  const program *p = o->c->p;
  uint32_t call = g->call, index = g->index, param = g->param;
  const program_call *row = &p->calls.items[call];
  if (row->kind == FACTS_CALL_DIRECT && check_is_outside(p, row->callee)) {
    if (is_clearing(p, row->callee) || order_takes_constant(p, row->callee, index)) return false;
    values_add_unknown(out);
    return true;
  }
  if (row->kind == FACTS_CALL_DIRECT && !order_changes_field(o, row->callee, index, w->q.field, 0))
    return false;
  bool moves = false; /* the pointer itself */
  for (uint32_t s = param ? o->first_store[param] : PROGRAM_NONE; s != PROGRAM_NONE; s = o->next_store[s])
    moves |= p->stores.items[s].op != FACTS_STORE_ZERO;
  if (!param || o->calls >= ORDER_MAX_CALLS || moves) {
    values_add_unknown(out);
    return true;
  }
  o->calls++;
  walk inner;
  begin_walk(&inner, (question){o, param, w->q.field, moment_of_end(p, row->callee),
                                inner_context(o, call, row->callee, w->q.context)});
  values before = {0};
  for (uint32_t i = 0; i < w->live.count; i++) values_add_all(&before, &w->live.item[i].v);
  order_push_live(o, &inner.live, &before, 0, PROGRAM_NONE);
  walk_function(&inner);
  for (uint32_t i = 0; i < inner.live.count; i++) values_add_all(out, &inner.live.item[i].v);
  o->calls--;
  return true;
}

static bool knows_something(const walk *w) {
  for (uint32_t i = 0; i < w->live.count; i++)
    for (uint32_t k = 0; k < w->live.item[i].v.count; k++) {
      const known_bits *item = &w->live.item[i].v.item[k];
      if (item->ones || item->zeros) return true;
    }
  return false;
}

/* Of what a pointer points to a helper is asked only whether it changes what is known. */
static void see_call(walk *w, const given *g) {
  const program *p = w->q.o->c->p;
  const program_call *row = &p->calls.items[g->call];
  bool pointer = p->nodes.items[w->q.base].holds == FACTS_HOLDS_RECORD;
  if (pointer && !knows_something(w)) return;
  enum truth done = was_done(w, row->guard, row->cycle);
  values v = {0};
  if (done == TRUTH_NO || !spend(w->q.o) || !effect_of(w, g, &v)) return;
  set_live(w, &v, PROGRAM_NONE, row->guard, done == TRUTH_YES, false);
}

/* ---- the walk ---- */

static uint32_t first_event(const order_table *o, const question *q) {
  return q->field ? order_first_here(o, q->base, q->at.function) : o->first_store[q->base];
}
static uint32_t next_event(const order_table *o, const question *q, uint32_t store) {
  return q->field ? order_next_here(o, q->base, store) : o->next_store[store];
}

static uint32_t own_gift(const question *q, uint32_t g) {
  const order_table *o = q->o;
  while (g != PROGRAM_NONE && o->c->p->calls.items[o->gifts.items[g].call].caller != q->at.function)
    g = o->gifts.items[g].next;
  return g;
}
static uint32_t first_gift(const question *q) {
  return q->field ? own_gift(q, q->o->first_gift[q->base]) : PROGRAM_NONE;
}
static uint32_t next_gift(const question *q, uint32_t g) { return own_gift(q, q->o->gifts.items[g].next); }

/* What later parts of the loop around the moment did a turn before. */
static void walk_carried(walk *w, uint32_t loop) {
  const order_table *o = w->q.o;
  const program *p = o->c->p;
  w->carried = true;
  for (uint32_t s = first_event(o, &w->q); s != PROGRAM_NONE; s = next_event(o, &w->q, s)) {
    const program_store *row = &p->stores.items[s];
    if (row->function != w->q.at.function || row->position <= w->q.at.position ||
        !moment_is_in_cycle(p, row->cycle, loop))
      continue;
    see_store(w, row);
  }
  for (uint32_t g = first_gift(&w->q); g != PROGRAM_NONE; g = next_gift(&w->q, g)) {
    const given *gift = &o->gifts.items[g];
    if (gift->call >= w->q.at.position && moment_is_in_cycle(p, p->calls.items[gift->call].cycle, loop))
      see_call(w, gift);
  }
  w->carried = false;
}

static void walk_function(walk *w) {
  const order_table *o = w->q.o;
  const program *p = o->c->p;
  uint32_t loop = moment_outermost_cycle(p, w->q.at.cycle), end = w->q.at.position;
  uint32_t s = first_event(o, &w->q), g = first_gift(&w->q);
  bool pending = loop != 0;
  for (;;) {
    while (s != PROGRAM_NONE && p->stores.items[s].function != w->q.at.function) s = next_event(o, &w->q, s);
    const program_store *row =
        s == PROGRAM_NONE || p->stores.items[s].position > end ? NULL : &p->stores.items[s];
    const given *gift = g == PROGRAM_NONE || o->gifts.items[g].call >= end ? NULL : &o->gifts.items[g];
    if (!row && !gift) break;
    bool store_first = row && (!gift || row->position <= gift->call);
    uint32_t cycle = store_first ? row->cycle : p->calls.items[gift->call].cycle;
    if (pending && moment_is_in_cycle(p, cycle, loop)) {
      walk_carried(w, loop);
      pending = false;
    }
    if (store_first) {
      see_store(w, row);
      s = next_event(o, &w->q, s);
    } else {
      see_call(w, gift);
      g = next_gift(&w->q, g);
    }
  }
  if (pending) walk_carried(w, loop);
}

static void answer(walk *w, values *out) {
  order_table *o = w->q.o;
  o->depth++;
  walk_function(w);
  o->depth--;
  uint32_t before = out->count;
  for (uint32_t i = 0; i < w->live.count; i++) values_add_all(out, &w->live.item[i].v);
  if (out->count == before && !w->live.count) values_add_unknown(out);
}

static void bound_values(const checker *c, uint32_t param, uint32_t field, uint32_t context, values *out) {
  bound_value bound = eval_bound_field(c, param, field, context);
  switch (bound.kind) {
  case BOUND_INTEGER:
  case BOUND_NULL: values_add(out, bound.value); return;
  case BOUND_FUNCTION: values_add_bits(out, (known_bits){.nonzero = true}); return;
  case BOUND_ONE_OF:
    for (uint32_t i = 0; i < bound.count; i++) values_add(out, bound.number[i]);
    return;
  case BOUND_BITS:
    values_add_bits(out, (known_bits){(uint64_t)bound.value, bound.zeros, bound.nonzero});
    return;
  default: values_add_unknown(out);
  }
}

static void variable_value(order_table *o, moment at, uint32_t node, uint32_t context, values *out) {
  const program_node *n = &o->c->p->nodes.items[node];
  if (n->a != at.function || o->foreign[node] || o->depth > MAX_DEPTH) {
    values_add_unknown(out);
    return;
  }
  walk w;
  begin_walk(&w, (question){o, node, 0, at, context});
  if (n->kind == FACTS_NODE_PARAM) {
    values start = {0};
    bound_values(o->c, node, 0, context, &start);
    order_push_live(o, &w.live, &start, 0, PROGRAM_NONE);
  }
  answer(&w, out);
}

/* What a global object's field may hold when a function begins: by any function, itself in an earlier turn.
 */
static void global_start(order_table *o, uint32_t object, uint32_t field, values *out) {
  const program *p = o->c->p;
  values start = {0};
  bool initialised = false;
  for (uint32_t s = o->first_field[object]; s != PROGRAM_NONE; s = o->next_field[s]) {
    const program_store *row = &p->stores.items[s];
    if (row->function != PROGRAM_NONE || (row->field && row->field != field)) continue;
    if (!row->weak && (row->op == FACTS_STORE_SET || row->op == FACTS_STORE_ZERO)) start.count = 0;
    initialised = true;
    if (row->op == FACTS_STORE_ZERO)
      values_add(&start, 0);
    else if (row->op == FACTS_STORE_SET && row->field && row->kind != FACTS_ARGUMENT_NODE)
      stored_value(o, row, 0, &start);
    else
      values_add_unknown(&start);
  }
  if (!initialised && p->nodes.items[object].b)
    values_add(&start, 0); /* static: zeros */
  else if (!initialised)
    values_add_unknown(&start);
  for (uint32_t s = o->first_field[object]; s != PROGRAM_NONE; s = o->next_field[s]) {
    const program_store *row = &p->stores.items[s];
    if (row->function == PROGRAM_NONE || (row->field && row->field != field)) continue;
    if (row->op == FACTS_STORE_SET && row->field && row->kind == FACTS_ARGUMENT_INTEGER)
      values_add(&start, row->value);
    else if (row->op == FACTS_STORE_ZERO)
      values_add(&start, 0);
    else
      values_add_unknown(&start);
  }
  values_add_all(out, &start);
}

/* What is stored through pointers that may be the object's address: `static struct state *now = &state;`. */
static void values_by_pointer(order_table *o, uint32_t object, uint32_t field, values *out) {
  const program *p = o->c->p;
  if (o->c->node_address_taken[field]) values_add_unknown(out);
  if (!o->c->node_address_taken[object]) return;
  program_atom address = program_atom_make(PROGRAM_ATOM_ADDRESS, object);
  for (uint32_t s = o->first_by_field[field]; s != PROGRAM_NONE; s = o->next_by_field[s]) {
    const program_store *row = &p->stores.items[s];
    uint32_t base = order_alias(o, row->base);
    if (base == object || !program_points_has(program_points_of(p, base), address)) continue;
    if (row->op == FACTS_STORE_SET && row->kind == FACTS_ARGUMENT_INTEGER)
      values_add(out, row->value);
    else
      values_add_unknown(out);
  }
}

/* Whether a function of the project, or one outside, may store to it through a pointer that it is given. */
static bool is_changed_by_pointer(order_table *o, uint32_t object, uint32_t field) {
  const program *p = o->c->p;
  for (uint32_t g = o->first_gift[object]; g != PROGRAM_NONE; g = o->gifts.items[g].next) {
    const given *gift = &o->gifts.items[g];
    const program_call *row = &p->calls.items[gift->call];
    if (row->kind != FACTS_CALL_DIRECT) return true;
    bool outside = check_is_outside(p, row->callee);
    if (outside ? !order_takes_constant(p, row->callee, gift->index)
                : order_changes_field(o, row->callee, gift->index, field, 0))
      return true;
  }
  return false;
}

/* What a global object's field may hold when a function begins; worked out once, unless a bound was met. */
static values start_of(order_table *o, uint32_t object, uint32_t field) {
  uint64_t key = bs_map_key(object, field);
  uint32_t known, missed = o->c->limits.values;
  if (bs_map_find(&o->starts, key, &known)) return o->start_values.items[known];
  values start = {0};
  if (is_changed_by_pointer(o, object, field))
    values_add_unknown(&start);
  else
    global_start(o, object, field, &start);
  if (field != PROGRAM_NONE) values_by_pointer(o, object, field, &start);
  if (o->c->limits.values != missed) return start;
  bs_map_set(&o->starts, key, o->start_values.count);
  *bs_vec_push(&o->start_values) = start;
  return start;
}

/* The numbers that a member is given anywhere; false when something else is, too. A class that a template
 * made has what the template says of its members, by a copy. */
static bool member_numbers(const order_table *o, uint32_t field, int depth, bool *has_default, values *out) {
  const program *p = o->c->p;
  uint32_t filled;
  if (depth > 2 || o->c->node_address_taken[field]) return false;
  if (bs_map_find(&o->filled, p->nodes.items[field].a, &filled)) return false;
  for (uint32_t f = program_first_flow(p, field); f != PROGRAM_NONE; f = p->flow_next[f]) {
    const program_flow *row = &p->flows.items[f];
    bool initial = row->function == PROGRAM_NONE && !(row->flags & FACTS_FLOW_INITIALISER);
    if (row->kind == FACTS_FLOW_COPY && initial && p->nodes.items[row->src].kind == FACTS_NODE_FIELD) {
      if (!member_numbers(o, row->src, depth + 1, has_default, out)) return false;
      continue;
    }
    if (row->kind != FACTS_FLOW_INTEGER || row->flags & (FACTS_FLOW_OR | FACTS_FLOW_CLEAR)) return false;
    *has_default |= initial;
    values_add(out, p->integers.items[row->src].value);
  }
  return true;
}

/* A member with a default initialiser that is given nothing but numbers holds one of them, in whatever
 * object: C++ never leaves it as it was found. */
static void any_object(const order_table *o, uint32_t field, values *out) {
  values all = {0};
  bool has_default = false;
  bool known = field && field != PROGRAM_NONE && member_numbers(o, field, 0, &has_default, &all);
  if (known && has_default)
    values_add_all(out, &all);
  else
    values_add_unknown(out);
}

static void object_value(order_table *o, moment at, uint32_t object, uint32_t field, uint32_t context,
                         values *out) {
  const program *p = o->c->p;
  const program_node *n = &p->nodes.items[object];
  bool global = n->kind == FACTS_NODE_GLOBAL, param = n->kind == FACTS_NODE_PARAM;
  bool own = is_object(n->kind) && n->a == at.function;
  if (n->kind == FACTS_NODE_RESULT) {
    result_field(o, object, field, context, out);
    return;
  }
  if ((!own && !global) || o->depth > MAX_DEPTH || at.function == PROGRAM_NONE) {
    any_object(o, field, out);
    return;
  }
  walk w;
  begin_walk(&w, (question){o, object, field, at, context});
  values start = {0};
  bool bound = param && eval_bound_field(o->c, object, field, context).kind != BOUND_UNKNOWN;
  if (bound)
    bound_values(o->c, object, field, context, &start);
  else if (global)
    start = start_of(o, object, field);
  else
    any_object(o, field, &start);
  w.unset = own && n->kind == FACTS_NODE_LOCAL && n->holds == FACTS_HOLDS_ANYTHING;
  order_push_live(o, &w.live, &start, 0, PROGRAM_NONE);
  answer(&w, out);
  if (own && !param && order_is_changed_elsewhere(o, at, object)) values_add_unknown(out);
}

/* All of an object whose field nobody stores to. */
void order_whole(const checker *c, moment at, uint32_t object, uint32_t context, values *out) {
  order_table *o = c->order;
  const program *p = c->p;
  bool told = p->nodes.items[object].kind == FACTS_NODE_RESULT;
  for (uint32_t s = o->first_field[object]; s != PROGRAM_NONE && !told; s = o->next_field[s])
    told = !p->stores.items[s].field;
  if (told)
    object_value(o, at, object, PROGRAM_NONE, context, out);
  else
    values_add_unknown(out);
}

/* Whether a pointer is set to something of which a field may be known. */
static bool is_telling(const program *p, const program_store *s) {
  if (s->op != FACTS_STORE_SET) return s->op == FACTS_STORE_ZERO;
  if (s->kind == FACTS_ARGUMENT_ADDRESS) return true;
  if (s->kind != FACTS_ARGUMENT_NODE || !s->ref) return false;
  return is_call_of(p, s->ref, "calloc") || p->nodes.items[s->ref].kind == FACTS_NODE_PARAM;
}

bool order_is_telling(const checker *c, uint32_t store) {
  return is_telling(c->p, &c->p->stores.items[store]);
}

/* The call of a function of the project from which a pointer is set; PROGRAM_NONE without. */
static uint32_t maker(const program *p, const program_store *s) {
  if (s->op != FACTS_STORE_SET || s->field || check_ref_kind(p, s->kind, s->ref) != FACTS_NODE_RESULT)
    return PROGRAM_NONE;
  uint32_t call = p->nodes.items[s->ref].a;
  const program_call *row = &p->calls.items[call];
  return row->kind == FACTS_CALL_DIRECT && !check_is_outside(p, row->callee) ? call : PROGRAM_NONE;
}

void order_each_made_field(const checker *c, uint32_t store, order_field_seen *seen, void *data) {
  const program *p = c->p;
  uint32_t call = maker(p, &p->stores.items[store]);
  uint32_t result =
      call == PROGRAM_NONE ? 0 : program_find_node(p, FACTS_NODE_RETURN, p->calls.items[call].callee, 0);
  for (uint32_t r = result ? order_first_store(c, result) : PROGRAM_NONE; r != PROGRAM_NONE;
       r = order_next_store(c, r)) {
    const program_store *row = &p->stores.items[r];
    if (check_ref_kind(p, row->kind, row->ref) != FACTS_NODE_LOCAL) continue;
    uint32_t object = order_canonical(c, row->ref);
    for (uint32_t s = order_first_field(c, object); s != PROGRAM_NONE; s = order_next_field(c, s))
      if (p->stores.items[s].field && !seen(data, p->stores.items[s].field)) return;
  }
}

typedef struct made_search {
  uint32_t field;
  bool found;
} made_search;

static bool is_made_field(void *data, uint32_t field) {
  made_search *m = data;
  m->found |= m->field == field;
  return !m->found;
}

static bool is_made_with(const checker *c, uint32_t store, uint32_t field) {
  made_search m = {field, false};
  order_each_made_field(c, store, is_made_field, &m);
  return m.found;
}

bool order_is_made_by_helpers(const checker *c, uint32_t object) {
  const program_node *n = &c->p->nodes.items[object];
  return n->holds != FACTS_HOLDS_RECORD && (n->kind == FACTS_NODE_LOCAL || n->kind == FACTS_NODE_GLOBAL) &&
         c->order->first_gift[object] != PROGRAM_NONE;
}

bool order_is_told(const checker *c, uint32_t object, uint32_t field, uint32_t context) {
  const order_table *o = c->order;
  const program_node *n = &c->p->nodes.items[object];
  if (n->kind == FACTS_NODE_PARAM && eval_bound_field(c, object, field, context).kind != BOUND_UNKNOWN)
    return true;
  for (uint32_t s = o->first_field[object]; s != PROGRAM_NONE; s = o->next_field[s]) {
    const program_store *row = &c->p->stores.items[s];
    if (row->field ? row->field == field : is_telling(c->p, row) || is_made_with(c, s, field)) return true;
  }
  return order_is_made_by_helpers(c, object);
}

/* ---- results of calls ---- */

/* pthread_equal(x, pthread_self()) where a loop runs: x is the loop's own thread, unless a thread was made in
 * it; `getpid() == x` likewise. */
static bool ends_with(const char *text, const char *end) {
  size_t a = strlen(text), b = strlen(end);
  return a >= b && !strcmp(text + a - b, end) && (a == b || text[a - b - 1] == ':');
}

static bool compares_thread_ids(const program *p, uint32_t call) {
  const program_function *f = &p->functions.items[p->calls.items[call].callee];
  const char *type = program_text(p, f->type), *name = program_text(p, f->name);
  return ends_with(name, "operator==") && strstr(type, "thread::id");
}

static bool asks_for_own_thread(const program *p, uint32_t call) {
  /* the last ones give the thread's id: facts have their result for a comparison with it */
  static const char *const same[] = {"pthread_equal", "uv_thread_equal",
                                     "thrd_equal",    "g_main_context_is_owner",
                                     "pthread_self",  "gettid",
                                     "thrd_current",  "g_thread_self",
                                     "syscall",       "uv_thread_self",
                                     "currentThread", "running_in_this_thread",
                                     "isMainThread",  "isInEventBaseThread",
                                     "getpid",        "uv_os_getpid"};
  const program_call *row = &p->calls.items[call];
  const program_function *f = &p->functions.items[row->callee];
  if (f->defined && !(f->flags & FACTS_FUNCTION_SYSTEM)) return false;
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    if (ends_with(program_text(p, f->name), same[i]))
      return strcmp(same[i], "syscall") ||
             (row->narguments && eval_argument(p, call, 0)->value == SYS_gettid);
  return compares_thread_ids(p, call);
}

/* What a function of the project returns: of each `return` the value, or with `field` what that field of the
 * object holds. */
static void returned_values(order_table *o, uint32_t call, uint32_t field, uint32_t context, values *out) {
  const program *p = o->c->p;
  const program_call *row = &p->calls.items[call];
  uint32_t result =
      row->kind == FACTS_CALL_DIRECT ? program_find_node(p, FACTS_NODE_RETURN, row->callee, 0) : 0;
  values all = {0};
  if (result && o->calls < ORDER_MAX_CALLS && o->depth <= MAX_DEPTH) {
    o->calls++;
    o->depth++;
    uint32_t inner = inner_context(o, call, row->callee, context);
    for (uint32_t s = o->first_store[result]; s != PROGRAM_NONE; s = o->next_store[s]) {
      const program_store *store = &p->stores.items[s];
      if (!spend(o)) {
        values_add_unknown(&all);
        break;
      }
      if (order_guards(o->c, store->guard, row->callee, inner) == TRUTH_NO) continue;
      if (field)
        other_object(o, store, field, inner, &all);
      else
        stored_value(o, store, inner, &all);
    }
    o->depth--;
    o->calls--;
  }
  if (!all.count) values_add_unknown(&all);
  values_add_all(out, &all);
}

static void call_value(order_table *o, uint32_t call, uint32_t context, values *out) {
  const program *p = o->c->p;
  if (p->calls.items[call].kind == FACTS_CALL_DIRECT && asks_for_own_thread(p, call))
    values_add(out, 1);
  else
    returned_values(o, call, 0, context, out);
}

/* A field of the struct that a call returned, or returned a pointer to. */
static void result_field(order_table *o, uint32_t result, uint32_t field, uint32_t context, values *out) {
  const program *p = o->c->p;
  uint32_t call = p->nodes.items[result].a;
  if (is_call_of(p, result, "calloc"))
    values_add(out, 0);
  else
    returned_values(o, call, field, context, out);
}

void order_node(const checker *c, moment at, uint32_t node, uint32_t base, uint32_t context, values *out) {
  order_table *o = c->order;
  switch (c->p->nodes.items[node].kind) {
  case FACTS_NODE_FIELD:
    if (base)
      object_value(o, at, order_alias(o, base), node, context, out);
    else
      any_object(o, node, out);
    return;
  case FACTS_NODE_LOCAL:
  case FACTS_NODE_PARAM:
  case FACTS_NODE_TEMP: variable_value(o, at, node, context, out); return;
  case FACTS_NODE_RESULT: call_value(o, c->p->nodes.items[node].a, context, out); return;
  default: values_add_unknown(out);
  }
}

/* How many there are: 0 when that cannot be told. */
static uint32_t find_last_stores(order_table *o, moment at, uint32_t variable, uint32_t field,
                                 uint32_t *stores) {
  const program *p = o->c->p;
  const program_node *n = &p->nodes.items[variable];
  if ((!field && o->foreign[variable]) || !is_object(n->kind) || n->a != at.function) return 0;
  if (field && order_is_changed_elsewhere(o, at, variable)) return 0;
  walk w;
  begin_walk(&w, (question){o, variable, field, at, 0});
  values start = {0};
  if (field && n->kind == FACTS_NODE_PARAM) order_push_live(o, &w.live, &start, 0, PROGRAM_NONE);
  order_ask(o->c);
  o->depth++;
  walk_function(&w);
  o->depth--;
  if (w.live.joined || w.live.count > ORDER_LAST_STORES) return 0;
  for (uint32_t i = 0; i < w.live.count; i++) {
    stores[i] = w.live.item[i].store;
    if (stores[i] == PROGRAM_NONE || p->stores.items[stores[i]].field != field) return 0;
  }
  return w.live.count;
}

uint32_t order_last_stores(const checker *c, uint32_t call, uint32_t variable, uint32_t field,
                           const uint32_t **stores) {
  order_table *o = c->order;
  uint64_t key = bs_hash_mix(bs_map_key(call, variable), field);
  uint32_t at;
  if (!bs_map_find(&o->last_at, key, &at)) {
    uint32_t found[ORDER_LAST_STORES];
    uint32_t count = find_last_stores(o, moment_of_call(c, call), variable, field, found);
    at = o->last.count;
    *bs_vec_push(&o->last) = count;
    for (uint32_t i = 0; i < count; i++) *bs_vec_push(&o->last) = found[i];
    bs_map_set(&o->last_at, key, at);
  }
  *stores = &o->last.items[at + 1];
  return o->last.items[at];
}

void order_field(const checker *c, moment at, uint32_t object, uint32_t field, uint32_t context,
                 values *out) {
  object_value(c->order, at, object, field, context, out);
}

/* ---- guards ---- */

static enum truth one_guard(order_table *o, uint32_t guard, uint32_t function, uint32_t context) {
  const program_guard *g = &o->c->p->guards.items[guard];
  if (!g->node || g->op >= FACTS_GUARD_MAYBE_EQ) return TRUTH_UNKNOWN;
  uint64_t key = bs_map_key(guard, context);
  uint32_t known;
  if (bs_map_find(&o->truths, key, &known))
    return known == IN_PROGRESS ? TRUTH_UNKNOWN : (enum truth)(known & TRUTH_MASK);
  bool fresh = !o->depth && !o->calls;
  if (fresh) o->budget = BUDGET;
  bs_map_set(&o->truths, key, IN_PROGRESS);
  values v = {0};
  uint32_t limits = o->c->limits.values;
  o->depth++;
  order_node(o->c, (moment){function, g->position, g->outer, g->cycle}, g->node, g->base, context, &v);
  o->depth--;
  enum truth t = values_hold(&v, (enum facts_guard_op)g->op, g->value);
  bool cut = t == TRUTH_UNKNOWN && o->c->limits.values != limits;
  bs_map_set(&o->truths, key, cut ? (uint32_t)t | CUT : (uint32_t)t);
  return t;
}

static bool is_guard_cut(const order_table *o, uint32_t guard, uint32_t context) {
  uint32_t known;
  return bs_map_find(&o->truths, bs_map_key(guard, context), &known) && known & CUT;
}

bool order_is_cut(const checker *c, uint32_t guard, uint32_t context) {
  for (; guard; guard = c->p->guards.items[guard].outer)
    if (c->p->guards.items[guard].op == FACTS_GUARD_DROPPED || is_guard_cut(c->order, guard, context))
      return true;
  return false;
}

enum truth order_guards(const checker *c, uint32_t guard, uint32_t function, uint32_t context) {
  enum truth all = TRUTH_YES;
  for (; guard; guard = c->p->guards.items[guard].outer) {
    enum truth t = one_guard(c->order, guard, function, context);
    if (t == TRUTH_NO) return TRUTH_NO;
    if (t == TRUTH_UNKNOWN) all = TRUTH_UNKNOWN;
  }
  return all;
}

order_aside order_begin_aside(const checker *c) {
  order_aside outer = {c->order->budget, c->order->c->limits.values};
  c->order->budget = BUDGET;
  return outer;
}

void order_end_aside(const checker *c, order_aside outer) {
  c->order->budget = outer.budget;
  c->order->c->limits.values = outer.limits;
}

void order_ask(const checker *c) {
  if (!c->order->depth && !c->order->calls) c->order->budget = BUDGET;
}
