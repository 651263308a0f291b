/* Values in the order of statements: what a variable or a field of an object holds when a call is made.
 *
 * The stores of a function are read from its start to that moment. One that is made on every way there hides
 * those before it, one under a condition is a possibility beside them, and one under the opposite of a
 * condition that holds there is none. A store that comes later in the same loop may have been made a turn
 * before. Values are sets of few numbers, each with the bits that are known of it, so that flags are followed
 * through |= and &= ~. What a helper does to an object that it is given is read in the helper. Everything
 * else is unknown, and unknown is not certain.
 */
#include "analyzer/check/internal.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

enum {
  MAX_LIVE = 24, /* stores that may have been the last one */
  MAX_DEPTH = 12,
  MAX_CALLS = 3, /* functions inside each other whose result or effect is read */
  BUDGET = 2000 /* stores for one question */
};

/* A call that is given an object's address as this argument. */
typedef struct given {
  uint32_t call, index, next;
} given;

struct order_table {
  checker *c;
  uint32_t *first_store, *next_store; /* of a variable: stores to itself */
  uint32_t *first_field, *next_field; /* of an object: stores to its fields, and to all of it */
  BS_VEC(given) gifts;
  uint32_t *first_gift; /* of an object: calls that are given its address, in their order */
  uint32_t *alias; /* of a pointer that is only ever one object's address: that; else 0 */
  bool *foreign; /* variables that others can change */
  bs_map truths; /* (guard, context) -> enum truth, or IN_PROGRESS */
  bs_map changing; /* (function, parameter, field) -> whether it stores to it */
  uint32_t budget;
  int depth, calls;
};

enum { IN_PROGRESS = 3 };

/* ---- sets of values ---- */

static known_bits exactly(int64_t value) {
  return (known_bits){.ones = (uint64_t)value, .zeros = ~(uint64_t)value, .nonzero = value != 0};
}
static const known_bits anything;

static bool same_bits(const known_bits *a, const known_bits *b) {
  return a->ones == b->ones && a->zeros == b->zeros && a->nonzero == b->nonzero;
}

known_bits order_join(const values *v) {
  if (!v->count) return anything;
  known_bits all = v->item[0];
  for (uint32_t i = 1; i < v->count; i++) {
    all.ones &= v->item[i].ones;
    all.zeros &= v->item[i].zeros;
    all.nonzero &= v->item[i].nonzero;
  }
  return all;
}

static void add_bits(values *v, known_bits item) {
  for (uint32_t i = 0; i < v->count; i++)
    if (same_bits(&v->item[i], &item)) return;
  if (v->count < MAX_VALUES) {
    v->item[v->count++] = item;
    return;
  }
  known_bits all = order_join(v);
  all.ones &= item.ones;
  all.zeros &= item.zeros;
  all.nonzero &= item.nonzero;
  v->item[0] = all;
  v->count = 1;
}

void order_add(values *v, int64_t value) { add_bits(v, exactly(value)); }
void order_add_unknown(values *v) { add_bits(v, anything); }

static void add_all(values *to, const values *from) {
  for (uint32_t i = 0; i < from->count; i++) add_bits(to, from->item[i]);
}

void order_set_bits(values *v, int64_t bits) {
  values old = *v;
  v->count = 0;
  for (uint32_t i = 0; i < old.count; i++) {
    known_bits item = old.item[i];
    item.ones |= (uint64_t)bits;
    item.zeros &= ~(uint64_t)bits;
    item.nonzero |= bits != 0;
    add_bits(v, item);
  }
}

void order_clear_bits(values *v, int64_t bits) {
  values old = *v;
  v->count = 0;
  for (uint32_t i = 0; i < old.count; i++) {
    known_bits item = old.item[i];
    item.zeros |= (uint64_t)bits;
    item.ones &= ~(uint64_t)bits;
    item.nonzero = item.ones != 0;
    add_bits(v, item);
  }
}

/* Each of the values with the bits of each of the others. */
static void or_values(values *v, const values *others) {
  values old = *v;
  v->count = 0;
  for (uint32_t i = 0; i < old.count; i++)
    for (uint32_t k = 0; k < others->count; k++) {
      known_bits a = old.item[i], b = others->item[k];
      add_bits(v, (known_bits){a.ones | b.ones, a.zeros & b.zeros, a.nonzero || b.nonzero});
    }
}

static enum truth item_equals(const known_bits *item, int64_t value) {
  if ((item->ones & ~(uint64_t)value) | (item->zeros & (uint64_t)value)) return TRUTH_NO;
  if (!value && item->nonzero) return TRUTH_NO;
  return (item->ones | item->zeros) == UINT64_MAX ? TRUTH_YES : TRUTH_UNKNOWN;
}

static enum truth item_has_some(const known_bits *item, int64_t bits) {
  if (item->ones & (uint64_t)bits) return TRUTH_YES;
  return (item->zeros & (uint64_t)bits) == (uint64_t)bits ? TRUTH_NO : TRUTH_UNKNOWN;
}

static enum truth item_compares(const known_bits *item, enum facts_guard_op op, int64_t value) {
  int64_t v = (int64_t)item->ones;
  bool yes;
  if ((item->ones | item->zeros) != UINT64_MAX) return TRUTH_UNKNOWN;
  switch (op) {
  case FACTS_GUARD_LT: yes = v < value; break;
  case FACTS_GUARD_LE: yes = v <= value; break;
  case FACTS_GUARD_GT: yes = v > value; break;
  default: yes = v >= value; break;
  }
  return yes ? TRUTH_YES : TRUTH_NO;
}

static enum truth item_holds(const known_bits *item, enum facts_guard_op op, int64_t value) {
  switch (op) {
  case FACTS_GUARD_EQ: return item_equals(item, value);
  case FACTS_GUARD_NE: return eval_not(item_equals(item, value));
  case FACTS_GUARD_HAS: return item_has_some(item, value);
  case FACTS_GUARD_LACKS: return eval_not(item_has_some(item, value));
  case FACTS_GUARD_LT:
  case FACTS_GUARD_LE:
  case FACTS_GUARD_GT:
  case FACTS_GUARD_GE: return item_compares(item, op, value);
  default: return TRUTH_UNKNOWN;
  }
}

/* YES when all values do, NO when none can. */
enum truth order_holds(const values *v, enum facts_guard_op op, int64_t value) {
  uint32_t yes = 0, no = 0;
  for (uint32_t i = 0; i < v->count; i++) {
    enum truth t = item_holds(&v->item[i], op, value);
    yes += t == TRUTH_YES;
    no += t == TRUTH_NO;
  }
  if (!v->count) return TRUTH_UNKNOWN;
  return yes == v->count ? TRUTH_YES : no == v->count ? TRUTH_NO : TRUTH_UNKNOWN;
}

enum truth order_has_all(const values *v, int64_t bits) {
  uint32_t yes = 0, no = 0;
  for (uint32_t i = 0; i < v->count; i++) {
    yes += (v->item[i].ones & (uint64_t)bits) == (uint64_t)bits;
    no += (v->item[i].zeros & (uint64_t)bits) != 0;
  }
  if (!v->count) return TRUTH_UNKNOWN;
  return yes == v->count ? TRUTH_YES : no == v->count ? TRUTH_NO : TRUTH_UNKNOWN;
}

enum truth order_is_one_of(const values *v, const int64_t *numbers, uint32_t count) {
  uint32_t yes = 0, no = 0;
  for (uint32_t i = 0; i < v->count; i++) {
    uint32_t is = 0, is_not = 0;
    for (uint32_t k = 0; k < count; k++) {
      enum truth t = item_equals(&v->item[i], numbers[k]);
      is += t == TRUTH_YES;
      is_not += t == TRUTH_NO;
    }
    yes += is > 0;
    no += is_not == count;
  }
  if (!v->count) return TRUTH_UNKNOWN;
  return yes == v->count ? TRUTH_YES : no == v->count ? TRUTH_NO : TRUTH_UNKNOWN;
}

bool order_may_have(const values *v, int64_t bits) {
  for (uint32_t i = 0; i < v->count; i++)
    if ((v->item[i].ones & (uint64_t)bits) == (uint64_t)bits) return true;
  return false;
}

/* ---- moments ---- */

moment order_moment(const checker *c, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  return (moment){row->caller, call, row->guard, row->cycle};
}

static moment moment_of_store(const program_store *s) {
  return (moment){s->function, s->position, s->guard, s->cycle};
}

static moment moment_of_end(const program *p, uint32_t function) {
  const program_function *f = &p->functions.items[function];
  return (moment){function, f->first_call + f->ncalls, 0, 0};
}

/* Whether what holds under `outer` holds under `inner`. */
static bool order_is_under(const program *p, uint32_t inner, uint32_t outer) {
  while (inner && inner != outer) inner = p->guards.items[inner].outer;
  return inner == outer;
}

static bool has_guard(const program *p, uint32_t chain, const program_guard *wanted) {
  for (; chain; chain = p->guards.items[chain].outer) {
    const program_guard *g = &p->guards.items[chain];
    if (g->node == wanted->node && g->base == wanted->base && g->op == wanted->op &&
        g->value == wanted->value)
      return true;
  }
  return false;
}

/* `if (fl < 0 || fcntl(…) < 0) return;`: what follows knows that fl was not below 0, and so fcntl() was
 * called. */
bool order_implies(const program *p, uint32_t inner, uint32_t outer) {
  for (; outer && !order_is_under(p, inner, outer); outer = p->guards.items[outer].outer)
    if (!p->guards.items[outer].node || !has_guard(p, inner, &p->guards.items[outer])) return false;
  return true;
}

/* Whether the two stand under the opposite answers to one condition. */
static bool are_opposite(const program *p, uint32_t a, uint32_t b) {
  for (uint32_t g = a; g; g = p->guards.items[g].outer)
    for (uint32_t h = b; h && h != g; h = p->guards.items[h].outer)
      if (p->guards.items[g].branch && p->guards.items[g].branch == (p->guards.items[h].branch ^ 1))
        return true;
  return false;
}

static bool is_in_cycle(const program *p, uint32_t inner, uint32_t outer) {
  while (inner && inner != outer) inner = p->cycles.items[inner].outer;
  return inner == outer;
}

static uint32_t outermost(const program *p, uint32_t cycle) {
  while (cycle && p->cycles.items[cycle].outer) cycle = p->cycles.items[cycle].outer;
  return cycle;
}

/* ---- what a store stores ---- */

typedef struct question {
  order_table *o;
  uint32_t base, field; /* field 0: the variable itself */
  moment at;
  uint32_t context;
} question;

static void object_value(order_table *o, moment at, uint32_t object, uint32_t field, uint32_t context,
                         values *out);

static uint32_t canonical(const order_table *o, uint32_t node) {
  for (int i = 0; i < 4 && o->alias[node]; i++) node = o->alias[node];
  return node;
}

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
  case FACTS_ARGUMENT_INTEGER: order_add(out, s->value); return;
  case FACTS_ARGUMENT_NULL: order_add(out, 0); return;
  case FACTS_ARGUMENT_STRING:
  case FACTS_ARGUMENT_ADDRESS:
  case FACTS_ARGUMENT_FUNCTION: add_bits(out, (known_bits){.nonzero = true}); return;
  case FACTS_ARGUMENT_NODE:
  case FACTS_ARGUMENT_FLAGS:
  case FACTS_ARGUMENT_MASKED: break;
  default: order_add_unknown(out); return;
  }
  values v = {0};
  if (s->ref)
    order_node(o->c, moment_of_store(s), s->ref, s->from, context, &v);
  else if (s->kind == FACTS_ARGUMENT_FLAGS)
    order_add(&v, 0);
  else
    order_add_unknown(&v);
  if (s->kind == FACTS_ARGUMENT_FLAGS) order_set_bits(&v, s->value);
  if (s->kind == FACTS_ARGUMENT_MASKED) order_clear_bits(&v, s->value);
  add_all(out, &v);
}

static bool is_call_of(const program *p, uint32_t node, const char *name) {
  if (p->nodes.items[node].kind != FACTS_NODE_RESULT) return false;
  const program_call *call = &p->calls.items[p->nodes.items[node].a];
  return call->kind == FACTS_CALL_DIRECT &&
         !strcmp(program_text(p, p->functions.items[call->callee].symbol), name);
}

/* A pointer is set to another object: what that holds then. */
static void other_object(order_table *o, const program_store *s, uint32_t field, uint32_t context,
                         values *out) {
  const program *p = o->c->p;
  uint32_t kind = s->ref ? p->nodes.items[s->ref].kind : FACTS_NODE_NONE;
  bool named = kind == FACTS_NODE_LOCAL || kind == FACTS_NODE_PARAM;
  if (s->kind == FACTS_ARGUMENT_NODE && is_call_of(p, s->ref, "calloc"))
    order_add(out, 0);
  else if (s->kind == FACTS_ARGUMENT_ADDRESS && (named || kind == FACTS_NODE_GLOBAL))
    object_value(o, moment_of_store(s), s->ref, field, context, out);
  else if (s->kind == FACTS_ARGUMENT_NODE && named)
    object_value(o, moment_of_store(s), canonical(o, s->ref), field, context, out);
  else
    order_add_unknown(out);
}

static void new_value(const question *q, const program_store *s, values *out) {
  switch (s->op) {
  case FACTS_STORE_ZERO: order_add(out, 0); return;
  case FACTS_STORE_CHANGE: order_add_unknown(out); return;
  default:
    if (q->field && !s->field)
      other_object(q->o, s, q->field, q->context, out);
    else
      stored_value(q->o, s, q->context, out);
  }
}

/* ---- the last stores ---- */

typedef struct live_value {
  values v;
  uint32_t guard;
  uint32_t store; /* that made it; PROGRAM_NONE: it was so at the start */
} live_value;

typedef struct live_set {
  live_value item[MAX_LIVE];
  uint32_t count;
  bool joined; /* there were more: what is left does not say which store made it */
} live_set;

static void push_live(order_table *o, live_set *live, const values *v, uint32_t guard, uint32_t store) {
  if (live->count == MAX_LIVE) { /* all at once, from here on */
    values all = {0};
    for (uint32_t i = 0; i < live->count; i++) add_all(&all, &live->item[i].v);
    live->item[0] = (live_value){all, 0, PROGRAM_NONE};
    live->count = 1;
    live->joined = true;
    o->c->limits.values++;
  }
  live->item[live->count++] = (live_value){*v, guard, store};
}

/* Forgets what the store at `guard` hides: what was stored under it, or under something narrower. */
static void hide_under(const program *p, live_set *live, uint32_t guard) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < live->count; i++)
    if (!order_is_under(p, live->item[i].guard, guard)) live->item[kept++] = live->item[i];
  live->count = kept;
}

/* The guard around all that stand there for one condition. */
static uint32_t around_branch(const program *p, uint32_t guard) {
  uint32_t branch = p->guards.items[guard].branch;
  while (guard && p->guards.items[guard].branch == branch) guard = p->guards.items[guard].outer;
  return guard;
}

/* When both ways of a condition store, nothing from before is left: the two stand where the condition does.
 */
static void hide_by_both(const program *p, live_set *live) {
  live_value *last = &live->item[live->count - 1];
  uint32_t branch = last->guard ? p->guards.items[last->guard].branch : 0;
  for (uint32_t i = 0; branch && i + 1 < live->count; i++) {
    uint32_t other = live->item[i].guard;
    if (!other || p->guards.items[other].branch != (branch ^ 1)) continue;
    uint32_t around = around_branch(p, last->guard);
    if (around_branch(p, other) != around) continue;
    live_value first = live->item[i], newest = *last;
    first.guard = newest.guard = around;
    hide_under(p, live, around);
    live->item[live->count++] = first;
    live->item[live->count++] = newest;
    return;
  }
}

typedef struct walk {
  question q;
  live_set live;
  bool carried; /* what is read now may have been made a turn before */
} walk;

static void set_live(walk *w, const values *v, uint32_t store, uint32_t guard, bool surely, bool weak) {
  const program *p = w->q.o->c->p;
  if (surely && !weak && !w->carried) {
    w->live.count = 0;
    guard = 0;
  } else if (!weak && !w->carried) {
    hide_under(p, &w->live, guard);
  }
  push_live(w->q.o, &w->live, v, w->carried ? 0 : guard, store);
  if (!weak && !w->carried && guard) hide_by_both(p, &w->live);
}

static void change_bits(walk *w, const program_store *s, bool surely) {
  const program *p = w->q.o->c->p;
  values bits = {0};
  if (s->op == FACTS_STORE_OR) stored_value(w->q.o, s, w->q.context, &bits);
  for (uint32_t i = 0, count = w->live.count; i < count; i++) {
    values v = w->live.item[i].v;
    uint32_t guard = w->live.item[i].guard;
    if (s->op == FACTS_STORE_OR)
      or_values(&v, &bits);
    else
      order_clear_bits(&v, s->value);
    bool whole = surely || order_is_under(p, guard, s->guard);
    if (whole && !s->weak && !w->carried)
      w->live.item[i].v = v;
    else if (w->carried || !are_opposite(p, guard, s->guard))
      push_live(w->q.o, &w->live, &v, w->carried ? guard : s->guard, PROGRAM_NONE);
  }
}

/* Whether something under this guard was done on the way to the moment: NO, maybe, or surely. */
static enum truth was_done(walk *w, uint32_t guard, uint32_t cycle) {
  const program *p = w->q.o->c->p;
  if (order_implies(p, w->q.at.guard, guard)) return TRUTH_YES;
  enum truth t = order_guards(w->q.o->c, guard, w->q.at.function, w->q.context);
  if (t != TRUTH_UNKNOWN) return t;
  bool turns = outermost(p, cycle) && outermost(p, cycle) == outermost(p, w->q.at.cycle);
  return !turns && are_opposite(p, guard, w->q.at.guard) ? TRUTH_NO : TRUTH_UNKNOWN;
}

static void see_store(walk *w, const program_store *s) {
  if (w->q.field ? s->field && s->field != w->q.field : s->field) return;
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

uint32_t order_object(const checker *c, const program_argument *a) {
  const order_table *o = c->order;
  uint32_t kind = a->ref ? c->p->nodes.items[a->ref].kind : FACTS_NODE_NONE;
  if (a->kind == FACTS_ARGUMENT_ADDRESS) {
    if (a->base) return canonical(o, a->base);
    return kind == FACTS_NODE_LOCAL || kind == FACTS_NODE_PARAM || kind == FACTS_NODE_GLOBAL ? a->ref : 0;
  }
  if (a->kind != FACTS_ARGUMENT_NODE) return 0;
  return kind == FACTS_NODE_LOCAL || kind == FACTS_NODE_PARAM || kind == FACTS_NODE_GLOBAL
             ? canonical(o, a->ref)
             : 0;
}

/* Whether the parameter is a pointer to something constant. */
static bool takes_constant(const program *p, uint32_t function, uint32_t index) {
  const char *type = program_text(p, p->functions.items[function].type), *s = strchr(type, '(');
  uint32_t at = 0;
  int depth = 0;
  for (s = s ? s + 1 : ""; *s; s++) {
    while (*s == ' ') s++;
    if (depth == 0 && at == index) return strncmp(s, "const ", 6) == 0;
    for (; *s && !(depth == 0 && (*s == ',' || *s == ')')); s++) depth += (*s == '(') - (*s == ')');
    if (*s != ',') break;
    at++;
  }
  return false;
}

static bool changes_field(order_table *o, uint32_t function, uint32_t index, uint32_t field, int depth) {
  const program *p = o->c->p;
  const program_function *f = &p->functions.items[function];
  uint32_t param = program_find_node(p, FACTS_NODE_PARAM, function, index), known;
  uint64_t key = bs_hash_mix(bs_map_key(function, index), field);
  if (!param || depth > MAX_CALLS) return param != 0;
  if (bs_map_find(&o->changing, key, &known)) return known;
  bs_map_set(&o->changing, key, 0); /* while it is asked, of a function that calls itself */
  bool changes = false;
  for (uint32_t s = o->first_field[param]; s != PROGRAM_NONE && !changes; s = o->next_field[s]) {
    const program_store *row = &p->stores.items[s];
    changes = row->field ? row->field == field : row->op == FACTS_STORE_ZERO || row->op == FACTS_STORE_CHANGE;
  }
  for (uint32_t call = f->first_call; call < f->first_call + f->ncalls && !changes; call++) {
    const program_call *row = &p->calls.items[call];
    for (uint32_t i = 0; i < row->narguments && !changes; i++) {
      const program_argument *a = &p->arguments.items[row->first_argument + i];
      if (order_object(o->c, a) != param || (a->kind == FACTS_ARGUMENT_ADDRESS && a->base)) continue;
      if (row->kind != FACTS_CALL_DIRECT)
        changes = true;
      else if (check_is_outside(p, row->callee))
        changes = !takes_constant(p, row->callee, i);
      else
        changes = changes_field(o, row->callee, i, field, depth + 1);
    }
  }
  bs_map_set(&o->changing, key, changes);
  return changes;
}

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
  return o->calls > 1 ? 0 : eval_enter(o->c, call, callee, context);
}

/* What the callee makes of the object that it is given as this argument. */
static bool effect_of(walk *w, uint32_t call, uint32_t index, values *out) {
  order_table *o = w->q.o;
  const program *p = o->c->p;
  const program_call *row = &p->calls.items[call];
  if (row->kind == FACTS_CALL_DIRECT && check_is_outside(p, row->callee)) {
    if (is_clearing(p, row->callee) || takes_constant(p, row->callee, index)) return false;
    order_add_unknown(out);
    return true;
  }
  if (row->kind == FACTS_CALL_DIRECT && !changes_field(o, row->callee, index, w->q.field, 0)) return false;
  uint32_t param =
      row->kind == FACTS_CALL_DIRECT ? program_find_node(p, FACTS_NODE_PARAM, row->callee, index) : 0;
  if (!param || o->calls >= MAX_CALLS || o->first_store[param] != PROGRAM_NONE) {
    order_add_unknown(out);
    return true;
  }
  o->calls++;
  walk inner = {.q = {o, param, w->q.field, moment_of_end(p, row->callee),
                      inner_context(o, call, row->callee, w->q.context)}};
  values before = {0};
  for (uint32_t i = 0; i < w->live.count; i++) add_all(&before, &w->live.item[i].v);
  push_live(o, &inner.live, &before, 0, PROGRAM_NONE);
  walk_function(&inner);
  for (uint32_t i = 0; i < inner.live.count; i++) add_all(out, &inner.live.item[i].v);
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
  if (done == TRUTH_NO || !spend(w->q.o) || !effect_of(w, g->call, g->index, &v)) return;
  set_live(w, &v, PROGRAM_NONE, row->guard, done == TRUTH_YES, false);
}

/* ---- the walk ---- */

static uint32_t first_event(const order_table *o, const question *q) {
  return q->field ? o->first_field[q->base] : o->first_store[q->base];
}
static uint32_t next_event(const order_table *o, const question *q, uint32_t store) {
  return q->field ? o->next_field[store] : o->next_store[store];
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
        !is_in_cycle(p, row->cycle, loop))
      continue;
    see_store(w, row);
  }
  for (uint32_t g = first_gift(&w->q); g != PROGRAM_NONE; g = next_gift(&w->q, g)) {
    const given *gift = &o->gifts.items[g];
    if (gift->call >= w->q.at.position && is_in_cycle(p, p->calls.items[gift->call].cycle, loop))
      see_call(w, gift);
  }
  w->carried = false;
}

static void walk_function(walk *w) {
  const order_table *o = w->q.o;
  const program *p = o->c->p;
  uint32_t loop = outermost(p, w->q.at.cycle), end = w->q.at.position;
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
    if (pending && is_in_cycle(p, cycle, loop)) {
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
  for (uint32_t i = 0; i < w->live.count; i++) add_all(out, &w->live.item[i].v);
  if (out->count == before && !w->live.count) order_add_unknown(out);
}

static void bound_values(const checker *c, uint32_t param, uint32_t field, uint32_t context, values *out) {
  bound_value bound = eval_bound_field(c, param, field, context);
  switch (bound.kind) {
  case BOUND_INTEGER:
  case BOUND_NULL: order_add(out, bound.value); return;
  case BOUND_FUNCTION: add_bits(out, (known_bits){.nonzero = true}); return;
  case BOUND_BITS: add_bits(out, (known_bits){(uint64_t)bound.value, bound.zeros, bound.nonzero}); return;
  default: order_add_unknown(out);
  }
}

static void variable_value(order_table *o, moment at, uint32_t node, uint32_t context, values *out) {
  const program_node *n = &o->c->p->nodes.items[node];
  if (n->a != at.function || o->foreign[node] || o->depth > MAX_DEPTH) {
    order_add_unknown(out);
    return;
  }
  walk w = {.q = {o, node, 0, at, context}};
  if (n->kind == FACTS_NODE_PARAM) {
    values start = {0};
    bound_values(o->c, node, 0, context, &start);
    push_live(o, &w.live, &start, 0, PROGRAM_NONE);
  }
  answer(&w, out);
}

/* What a global object's field may hold outside of the function that asks. */
static void global_start(order_table *o, uint32_t object, uint32_t field, uint32_t asking, values *out) {
  const program *p = o->c->p;
  values start = {0};
  bool initialised = false;
  for (uint32_t s = o->first_field[object]; s != PROGRAM_NONE; s = o->next_field[s]) {
    const program_store *row = &p->stores.items[s];
    if (row->function != PROGRAM_NONE || (row->field && row->field != field)) continue;
    if (!row->weak && (row->op == FACTS_STORE_SET || row->op == FACTS_STORE_ZERO)) start.count = 0;
    initialised = true;
    if (row->op == FACTS_STORE_ZERO)
      order_add(&start, 0);
    else if (row->op == FACTS_STORE_SET && row->field && row->kind != FACTS_ARGUMENT_NODE)
      stored_value(o, row, 0, &start);
    else
      order_add_unknown(&start);
  }
  if (!initialised && p->nodes.items[object].b)
    order_add(&start, 0); /* static: zeros */
  else if (!initialised)
    order_add_unknown(&start);
  for (uint32_t s = o->first_field[object]; s != PROGRAM_NONE; s = o->next_field[s]) {
    const program_store *row = &p->stores.items[s];
    if (row->function == PROGRAM_NONE || row->function == asking || (row->field && row->field != field))
      continue;
    if (row->op == FACTS_STORE_SET && row->field && row->kind == FACTS_ARGUMENT_INTEGER)
      order_add(&start, row->value);
    else if (row->op == FACTS_STORE_ZERO)
      order_add(&start, 0);
    else
      order_add_unknown(&start);
  }
  add_all(out, &start);
}

/* Whether a function of the project, or one outside, may store to it through a pointer that it is given. */
static bool is_changed_elsewhere(order_table *o, uint32_t object, uint32_t field, uint32_t asking) {
  const program *p = o->c->p;
  for (uint32_t g = o->first_gift[object]; g != PROGRAM_NONE; g = o->gifts.items[g].next) {
    const given *gift = &o->gifts.items[g];
    const program_call *row = &p->calls.items[gift->call];
    if (row->caller == asking) continue;
    if (row->kind != FACTS_CALL_DIRECT) return true;
    bool outside = check_is_outside(p, row->callee);
    if (outside ? !takes_constant(p, row->callee, gift->index)
                : changes_field(o, row->callee, gift->index, field, 0))
      return true;
  }
  return false;
}

static void object_value(order_table *o, moment at, uint32_t object, uint32_t field, uint32_t context,
                         values *out) {
  const program *p = o->c->p;
  const program_node *n = &p->nodes.items[object];
  bool global = n->kind == FACTS_NODE_GLOBAL, param = n->kind == FACTS_NODE_PARAM;
  bool own = (param || n->kind == FACTS_NODE_LOCAL) && n->a == at.function;
  if ((!own && !global) || o->depth > MAX_DEPTH || at.function == PROGRAM_NONE) {
    order_add_unknown(out);
    return;
  }
  walk w = {.q = {o, object, field, at, context}};
  values start = {0};
  if (param)
    bound_values(o->c, object, field, context, &start);
  else if (global && !is_changed_elsewhere(o, object, field, at.function))
    global_start(o, object, field, at.function, &start);
  else
    order_add_unknown(&start);
  push_live(o, &w.live, &start, 0, PROGRAM_NONE);
  answer(&w, out);
}

/* All of an object whose field nobody stores to. */
void order_whole(const checker *c, moment at, uint32_t object, uint32_t context, values *out) {
  order_table *o = c->order;
  const program *p = c->p;
  bool told = false;
  for (uint32_t s = o->first_field[object]; s != PROGRAM_NONE && !told; s = o->next_field[s])
    told = !p->stores.items[s].field;
  if (told)
    object_value(o, at, object, PROGRAM_NONE, context, out);
  else
    order_add_unknown(out);
}

/* Whether a pointer is set to something of which a field may be known. */
static bool is_telling(const program *p, const program_store *s) {
  if (s->op != FACTS_STORE_SET) return s->op == FACTS_STORE_ZERO;
  if (s->kind == FACTS_ARGUMENT_ADDRESS) return true;
  if (s->kind != FACTS_ARGUMENT_NODE || !s->ref) return false;
  return is_call_of(p, s->ref, "calloc") || p->nodes.items[s->ref].kind == FACTS_NODE_PARAM;
}

bool order_is_told(const checker *c, uint32_t object, uint32_t field, uint32_t context) {
  const order_table *o = c->order;
  const program_node *n = &c->p->nodes.items[object];
  bool pointer = n->holds == FACTS_HOLDS_RECORD;
  if (n->kind == FACTS_NODE_PARAM && eval_bound_field(c, object, field, context).kind != BOUND_UNKNOWN)
    return true;
  for (uint32_t s = o->first_field[object]; s != PROGRAM_NONE; s = o->next_field[s]) {
    const program_store *row = &c->p->stores.items[s];
    if (row->field ? row->field == field : is_telling(c->p, row)) return true;
  }
  return !pointer && (n->kind == FACTS_NODE_LOCAL || n->kind == FACTS_NODE_GLOBAL) &&
         o->first_gift[object] != PROGRAM_NONE;
}

/* ---- results of calls ---- */

/* pthread_equal(x, pthread_self()) where a loop runs: x is the loop's own thread, unless a thread was made in
 * it. */
static bool asks_for_own_thread(const program *p, uint32_t call) {
  static const char *const same[] = {"pthread_equal", "uv_thread_equal", "g_main_context_is_owner"};
  const program_call *row = &p->calls.items[call];
  const char *name = program_text(p, p->functions.items[row->callee].symbol);
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    if (!strcmp(name, same[i])) return true;
  return false;
}

static void call_value(order_table *o, uint32_t call, uint32_t context, values *out) {
  const program *p = o->c->p;
  const program_call *row = &p->calls.items[call];
  uint32_t result =
      row->kind == FACTS_CALL_DIRECT ? program_find_node(p, FACTS_NODE_RETURN, row->callee, 0) : 0;
  if (row->kind == FACTS_CALL_DIRECT && asks_for_own_thread(p, call)) {
    order_add(out, 1);
    return;
  }
  if (!result || o->calls >= MAX_CALLS || o->depth > MAX_DEPTH || o->first_store[result] == PROGRAM_NONE) {
    order_add_unknown(out);
    return;
  }
  o->calls++;
  o->depth++;
  uint32_t inner = inner_context(o, call, row->callee, context);
  values all = {0};
  for (uint32_t s = o->first_store[result]; s != PROGRAM_NONE; s = o->next_store[s]) {
    const program_store *store = &p->stores.items[s];
    if (!spend(o)) {
      order_add_unknown(&all);
      break;
    }
    if (order_guards(o->c, store->guard, row->callee, inner) != TRUTH_NO) stored_value(o, store, inner, &all);
  }
  o->depth--;
  o->calls--;
  if (!all.count) order_add_unknown(&all);
  add_all(out, &all);
}

void order_node(const checker *c, moment at, uint32_t node, uint32_t base, uint32_t context, values *out) {
  order_table *o = c->order;
  switch (c->p->nodes.items[node].kind) {
  case FACTS_NODE_FIELD:
    if (base)
      object_value(o, at, canonical(o, base), node, context, out);
    else
      order_add_unknown(out);
    return;
  case FACTS_NODE_LOCAL:
  case FACTS_NODE_PARAM:
  case FACTS_NODE_TEMP: variable_value(o, at, node, context, out); return;
  case FACTS_NODE_RESULT: call_value(o, c->p->nodes.items[node].a, context, out); return;
  default: order_add_unknown(out);
  }
}

uint32_t order_last_stores(const checker *c, moment at, uint32_t variable, uint32_t context, uint32_t *stores,
                           uint32_t max) {
  order_table *o = c->order;
  if (o->foreign[variable] || c->p->nodes.items[variable].a != at.function) return 0;
  walk w = {.q = {o, variable, 0, at, context}};
  order_ask(c);
  o->depth++;
  walk_function(&w);
  o->depth--;
  if (w.live.joined || w.live.count > max) return 0;
  for (uint32_t i = 0; i < w.live.count; i++) {
    stores[i] = w.live.item[i].store;
    if (stores[i] == PROGRAM_NONE) return 0;
  }
  return w.live.count;
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
  if (bs_map_find(&o->truths, key, &known)) return known == IN_PROGRESS ? TRUTH_UNKNOWN : (enum truth)known;
  bool fresh = !o->depth && !o->calls;
  if (fresh) o->budget = BUDGET;
  bs_map_set(&o->truths, key, IN_PROGRESS);
  values v = {0};
  o->depth++;
  order_node(o->c, (moment){function, g->position, g->outer, g->cycle}, g->node, g->base, context, &v);
  o->depth--;
  enum truth t = order_holds(&v, (enum facts_guard_op)g->op, g->value);
  bs_map_set(&o->truths, key, t);
  return t;
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

/* ---- preparation ---- */

void order_ask(const checker *c) {
  if (!c->order->depth && !c->order->calls) c->order->budget = BUDGET;
}

static bool is_alias(const program *p, const program_store *s, const uint32_t *stores) {
  if (s->field || s->weak || s->guard || s->op != FACTS_STORE_SET || stores[s->base] != 1) return false;
  if (p->nodes.items[s->base].kind != FACTS_NODE_LOCAL || !s->ref) return false;
  uint32_t kind = p->nodes.items[s->ref].kind;
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

static void chain_stores(order_table *o) {
  const program *p = o->c->p;
  for (uint32_t i = p->stores.count; i-- > 0;) {
    const program_store *s = &p->stores.items[i];
    const program_node *n = &p->nodes.items[s->base];
    bool local = n->kind == FACTS_NODE_LOCAL || n->kind == FACTS_NODE_PARAM || n->kind == FACTS_NODE_TEMP;
    if (local && !s->field && s->function != n->a) o->foreign[s->base] = true;
    uint32_t object = s->field || s->op == FACTS_STORE_ZERO || s->op == FACTS_STORE_CHANGE
                          ? canonical(o, s->base)
                      : o->alias[s->base] ? 0
                                          : s->base;
    if (object) {
      o->next_field[i] = o->first_field[object];
      o->first_field[object] = i;
    }
    if (s->field) continue;
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
      *bs_vec_push(&o->gifts) = (given){call, i, o->first_gift[object]};
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
  for (uint32_t n = 0; n < p->nodes.count; n++) o->foreign[n] = c->node_address_taken[n];
  o->first_gift = none_table(p->nodes.count);
  c->order = o;
  find_aliases(o);
  chain_stores(o);
  chain_gifts(o);
  return o;
}

void order_free(order_table *o) {
  if (!o) return;
  free(o->alias);
  free(o->foreign);
  free(o->first_gift);
  bs_vec_fini(&o->gifts);
  free(o->first_store);
  free(o->first_field);
  free(o->next_store);
  free(o->next_field);
  bs_map_fini(&o->truths);
  bs_map_fini(&o->changing);
  free(o);
}

uint32_t order_canonical(const checker *c, uint32_t node) { return canonical(c->order, node); }

uint32_t order_first_store(const checker *c, uint32_t variable) { return c->order->first_store[variable]; }
uint32_t order_next_store(const checker *c, uint32_t store) { return c->order->next_store[store]; }
uint32_t order_first_field(const checker *c, uint32_t object) { return c->order->first_field[object]; }
uint32_t order_next_field(const checker *c, uint32_t store) { return c->order->next_field[store]; }
