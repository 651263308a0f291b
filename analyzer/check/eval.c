/* What is known of an argument, a guard or a descriptor, in the context of a path.
 *
 * Values are looked up backwards from the place of use, only as far as they stay plain: constants, variables
 * that only get constants, parameters that the context knows. Everything else is unknown, and unknown is not
 * certain.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "analyzer/check/internal.h"

#include "base/hash.h"

#include <pcre2.h>
#include <string.h>

enum { MAX_VALUES = 8, MAX_DEPTH = 6 };

/* The integers that an expression may have. */
typedef struct values {
  int64_t item[MAX_VALUES];
  uint32_t count;
  bool unknown;  /* and others */
  int64_t sure;  /* are set on top */
  int64_t bits;  /* may be set on top */
  int64_t clear; /* may be taken out */
} values;

static void values_add(values *v, int64_t item) {
  for (uint32_t i = 0; i < v->count; i++)
    if (v->item[i] == item) return;
  if (v->count == MAX_VALUES)
    v->unknown = true;
  else
    v->item[v->count++] = item;
}

static uint32_t find_parameter(const program *p, uint32_t node) {
  for (int depth = 0; node && depth < 3; depth++) {
    if (p->nodes.items[node].kind == FACTS_NODE_PARAM) return node;
    if (p->nodes.items[node].kind != FACTS_NODE_LOCAL && p->nodes.items[node].kind != FACTS_NODE_TEMP)
      return 0;
    uint32_t only = 0;
    for (uint32_t f = program_first_flow(p, node); f != PROGRAM_NONE; f = p->flow_next[f]) {
      if (p->flows.items[f].kind != FACTS_FLOW_COPY || only) return 0;
      only = p->flows.items[f].src;
    }
    node = only;
  }
  return 0;
}

uint32_t eval_parameter_of(const checker *c, uint32_t node) { return c->parameter_of[node]; }

bound_value eval_bound(const checker *c, uint32_t node, uint32_t context_id) {
  const call_context *x = &c->contexts.items[context_id];
  const program_node *n = &c->p->nodes.items[node];
  if (context_id && n->kind == FACTS_NODE_PARAM && n->a == x->function)
    for (uint32_t i = 0; i < x->count; i++)
      if (x->param[i] == n->b) return x->value[i];
  return (bound_value){0};
}

static bool guard_holds(const program_guard *g, int64_t v);

static bool guard_holds(const program_guard *g, int64_t v) {
  switch (g->op) {
  case FACTS_GUARD_EQ: return v == g->value;
  case FACTS_GUARD_NE: return v != g->value;
  case FACTS_GUARD_LT: return v < g->value;
  case FACTS_GUARD_LE: return v <= g->value;
  case FACTS_GUARD_GT: return v > g->value;
  case FACTS_GUARD_GE: return v >= g->value;
  case FACTS_GUARD_HAS: return (v & g->value) != 0;
  case FACTS_GUARD_MAYBE_EQ: return true;
  default: return (v & g->value) == 0;
  }
}

/* Whether a guard and those around it hold, as far as the context knows. */
static enum truth guard_truth(const checker *c, uint32_t guard, uint32_t context_id) {
  enum truth all = TRUTH_YES;
  for (; guard; guard = c->p->guards.items[guard].outer) {
    const program_guard *g = &c->p->guards.items[guard];
    bound_value bound = eval_bound(c, g->node, context_id);
    bool known = bound.kind == BOUND_INTEGER || bound.kind == BOUND_NULL;
    if (known && !guard_holds(g, bound.value)) return TRUTH_NO;
    if (!known) all = TRUTH_UNKNOWN;
  }
  return all;
}

/* A store under a condition that the context decides is made, or is not. One that is made hides those
 * `before` it. */
static void stored_values(const checker *c, const program_flow *w, uint32_t context_id, const values *before,
                          values *out) {
  const program_integer *stored = &c->p->integers.items[w->src];
  enum truth made = stored->guard ? guard_truth(c, stored->guard, context_id) : TRUTH_UNKNOWN;
  if (made == TRUTH_NO) return;
  if (w->flags & FACTS_FLOW_OR) {
    *(made == TRUTH_YES ? &out->sure : &out->bits) |= stored->value;
  } else if (w->flags & FACTS_FLOW_CLEAR) {
    out->clear |= stored->value;
  } else {
    if (made == TRUTH_YES) *out = *before;
    values_add(out, stored->value);
  }
}

static void node_values(const checker *c, uint32_t node, uint32_t context_id, int depth, values *out) {
  const program *p = c->p;
  bound_value bound = eval_bound(c, node, context_id);
  if (bound.kind == BOUND_INTEGER || bound.kind == BOUND_NULL) {
    values_add(out, bound.value);
    return;
  }
  if (bound.kind == BOUND_NODE && depth < MAX_DEPTH) {
    node_values(c, bound.ref, 0, depth + 1, out);
    return;
  }
  uint32_t kind = p->nodes.items[node].kind;
  bool plain = kind == FACTS_NODE_LOCAL || kind == FACTS_NODE_TEMP;
  uint32_t flow = program_first_flow(p, node);
  if (!plain || flow == PROGRAM_NONE || depth >= MAX_DEPTH || c->node_address_taken[node]) {
    out->unknown = true;
    return;
  }
  const values before = *out;
  for (; flow != PROGRAM_NONE; flow = p->flow_next[flow]) {
    const program_flow *w = &p->flows.items[flow];
    if (w->kind == FACTS_FLOW_INTEGER)
      stored_values(c, w, context_id, &before, out);
    else if (w->kind == FACTS_FLOW_COPY && !(w->flags & FACTS_FLOW_OR))
      node_values(c, w->src, context_id, depth + 1, out);
    else
      out->unknown = true;
  }
}

/* A guard around the call may say what the node is. */
static bool guarded_value(const program *p, uint32_t guard, uint32_t node, int64_t *value) {
  for (; guard; guard = p->guards.items[guard].outer) {
    const program_guard *g = &p->guards.items[guard];
    if (g->node == node && g->op == FACTS_GUARD_EQ) {
      *value = g->value;
      return true;
    }
  }
  return false;
}

static void argument_values(const checker *c, uint32_t call, const program_argument *a, uint32_t context_id,
                            values *out) {
  int64_t value;
  switch (a->kind) {
  case FACTS_ARGUMENT_INTEGER: values_add(out, a->value); break;
  case FACTS_ARGUMENT_NULL: values_add(out, 0); break;
  case FACTS_ARGUMENT_NODE:
    if (guarded_value(c->p, c->p->calls.items[call].guard, a->ref, &value))
      values_add(out, value);
    else
      node_values(c, a->ref, context_id, 0, out);
    break;
  case FACTS_ARGUMENT_MASKED:
    out->unknown = true;
    out->clear = a->value;
    break;
  case FACTS_ARGUMENT_FLAGS:
    if (a->ref)
      node_values(c, a->ref, context_id, 0, out);
    else
      values_add(out, 0);
    for (uint32_t i = 0; i < out->count; i++) out->item[i] |= a->value;
    break;
  default: out->unknown = true; break;
  }
}

const program_argument *eval_argument(const program *p, uint32_t call, int index) {
  const program_call *c = &p->calls.items[call];
  return index >= 0 && (uint32_t)index < c->narguments
             ? &p->arguments.items[c->first_argument + (uint32_t)index]
             : NULL;
}

enum truth eval_truth_of(uint32_t yes, uint32_t all, bool unknown) {
  if (!unknown && all && yes == all) return TRUTH_YES;
  if (!unknown && yes == 0) return TRUTH_NO;
  return TRUTH_UNKNOWN;
}

enum truth eval_not(enum truth t) {
  return t == TRUTH_YES ? TRUTH_NO : t == TRUTH_NO ? TRUTH_YES : TRUTH_UNKNOWN;
}

enum truth eval_equals(const checker *c, uint32_t call, const program_argument *a, int64_t value,
                       uint32_t x) {
  values v = {0};
  argument_values(c, call, a, x, &v);
  uint32_t yes = 0;
  for (uint32_t i = 0; i < v.count; i++) yes += (v.item[i] | v.sure) == value;
  return eval_truth_of(yes, v.count, v.unknown || v.bits || v.clear);
}

enum truth eval_has(const checker *c, uint32_t call, const program_argument *a, int64_t bit, uint32_t x) {
  if (a->kind == FACTS_ARGUMENT_FLAGS && (a->value & bit) == bit) return TRUTH_YES;
  values v = {0};
  argument_values(c, call, a, x, &v);
  uint32_t yes = 0;
  if ((v.sure & bit) == bit && !(v.clear & bit)) return TRUTH_YES;
  for (uint32_t i = 0; i < v.count; i++) yes += (v.item[i] & bit) == bit;
  if ((v.clear & bit) == bit && !(v.bits & bit) && !yes) return TRUTH_NO;
  return eval_truth_of(yes, v.count, v.unknown || (v.bits & bit));
}

bool eval_may_set(const checker *c, uint32_t call, const program_argument *a, int64_t bit) {
  values v = {0};
  argument_values(c, call, a, 0, &v);
  return (v.bits & bit) == bit;
}

static enum truth test_null(const checker *c, uint32_t call, const program_argument *a, uint32_t x) {
  switch (a->kind) {
  case FACTS_ARGUMENT_NULL: return TRUTH_YES;
  case FACTS_ARGUMENT_INTEGER: return a->value == 0 ? TRUTH_YES : TRUTH_NO;
  case FACTS_ARGUMENT_FUNCTION:
  case FACTS_ARGUMENT_STRING:
  case FACTS_ARGUMENT_ADDRESS: return TRUTH_NO;
  case FACTS_ARGUMENT_NODE: break;
  default: return TRUTH_UNKNOWN;
  }
  bound_value bound = eval_bound(c, a->ref, x);
  if (bound.kind == BOUND_FUNCTION) return TRUTH_NO;
  for (uint32_t g = c->p->calls.items[call].guard; g; g = c->p->guards.items[g].outer) {
    const program_guard *row = &c->p->guards.items[g];
    if (row->node == a->ref && row->value == 0 && row->op == FACTS_GUARD_NE) return TRUTH_NO;
  }
  return eval_equals(c, call, a, 0, x);
}

static enum truth test_string(const checker *c, const program_argument *a, const rule_condition *condition) {
  if (a->kind != FACTS_ARGUMENT_STRING) return TRUTH_UNKNOWN;
  const char *text = program_text(c->p, a->text);
  pcre2_match_data *match = pcre2_match_data_create_from_pattern(condition->pattern, NULL);
  int found = pcre2_match(condition->pattern, (PCRE2_SPTR)text, strlen(text), 0, 0, match, NULL);
  pcre2_match_data_free(match);
  return found >= 0 ? TRUTH_YES : TRUTH_NO;
}

static bool is_one_of(const rule_condition *condition, int64_t value) {
  for (uint32_t i = 0; i < condition->nvalues; i++)
    if (condition->values[i] == value) return true;
  return !condition->nvalues && value == condition->value;
}

/* Whether a known number passes the test. */
static bool passes(const rule_condition *condition, int64_t value) {
  int64_t bits = value & condition->value;
  switch (condition->test) {
  case RULE_TEST_EQUALS: return is_one_of(condition, value);
  case RULE_TEST_HAS: return bits == condition->value;
  case RULE_TEST_ABOVE: return value > condition->value;
  default: return bits == 0;
  }
}

/* A field of the struct that the argument points to, as far as the calling function itself sets it. */
static enum truth test_field(const checker *c, uint32_t call, const program_argument *a,
                             const rule_condition *condition) {
  const program *p = c->p;
  if (a->kind == FACTS_ARGUMENT_NULL) return condition->test == RULE_TEST_LACKS ? TRUTH_YES : TRUTH_NO;
  uint32_t name = bs_intern_find(&p->strings, condition->field, strlen(condition->field));
  uint32_t node =
      a->record && name != UINT32_MAX ? program_find_node(p, FACTS_NODE_FIELD, a->record, name) : 0;
  values v = {0};
  for (uint32_t f = node ? program_first_flow(p, node) : PROGRAM_NONE; f != PROGRAM_NONE;
       f = p->flow_next[f]) {
    const program_flow *w = &p->flows.items[f];
    if (w->function != p->calls.items[call].caller) continue;
    if (w->kind != FACTS_FLOW_INTEGER)
      v.unknown = true;
    else if (w->flags & FACTS_FLOW_OR)
      v.bits |= p->integers.items[w->src].value;
    else
      values_add(&v, p->integers.items[w->src].value);
  }
  uint32_t yes = 0;
  for (uint32_t i = 0; i < v.count; i++) yes += passes(condition, v.item[i]);
  bool whole = condition->test == RULE_TEST_EQUALS || condition->test == RULE_TEST_ABOVE;
  bool touched = whole ? v.bits != 0 : (v.bits & condition->value) != 0;
  return eval_truth_of(yes, v.count, v.unknown || touched || !v.count);
}

/* EQUALS with several values, and ABOVE. */
static enum truth test_number(const checker *c, uint32_t call, const program_argument *a,
                              const rule_condition *condition, uint32_t x) {
  values v = {0};
  argument_values(c, call, a, x, &v);
  uint32_t yes = 0;
  for (uint32_t i = 0; i < v.count; i++) yes += passes(condition, v.item[i] | v.sure);
  return eval_truth_of(yes, v.count, v.unknown || v.bits || v.clear);
}

/* Whether a guard says what an `after` condition asks of the result. */
static bool guard_says(const program_guard *g, const rule_condition *condition) {
  if (!condition->negated) {
    bool zero = condition->value == 0 &&
                ((g->op == FACTS_GUARD_LT && g->value == 1) || (g->op == FACTS_GUARD_LE && g->value == 0));
    return zero || (g->op == FACTS_GUARD_EQ && g->value == condition->value);
  }
  switch (g->op) {
  case FACTS_GUARD_NE: return g->value == 0;
  case FACTS_GUARD_EQ: return g->value != 0;
  case FACTS_GUARD_GT: return g->value >= 0;
  case FACTS_GUARD_GE: return g->value > 0;
  case FACTS_GUARD_HAS: return true;
  default: return false;
  }
}

static bool holds_result(const program *p, uint32_t node, uint32_t result) {
  if (node == result) return true;
  for (uint32_t f = program_first_flow(p, node); f != PROGRAM_NONE; f = p->flow_next[f])
    if (p->flows.items[f].kind == FACTS_FLOW_COPY && p->flows.items[f].src == result) return true;
  return false;
}

/* Whether a node holds what one of the functions gave, in the function of the call. */
static bool is_result_of(const checker *c, uint32_t call, uint32_t node, const char *const *functions) {
  const program *p = c->p;
  const program_function *f = &p->functions.items[p->calls.items[call].caller];
  for (uint32_t other = f->first_call; other < f->first_call + f->ncalls; other++) {
    const program_call *row = &p->calls.items[other];
    if (row->kind != FACTS_CALL_DIRECT || !row->result || !holds_result(p, node, row->result)) continue;
    const char *symbol = program_text(p, p->functions.items[row->callee].symbol);
    for (const char *const *name = functions; *name; name++)
      if (strcmp(*name, symbol) == 0) return true;
  }
  return false;
}

static enum truth test_after(const checker *c, uint32_t call, const rule_condition *condition) {
  for (uint32_t guard = c->p->calls.items[call].guard; guard; guard = c->p->guards.items[guard].outer) {
    const program_guard *g = &c->p->guards.items[guard];
    if (guard_says(g, condition) && is_result_of(c, call, g->node, condition->functions)) return TRUTH_YES;
  }
  return TRUTH_NO;
}

static enum truth test_all(const checker *c, uint32_t call, const rule_condition *condition, uint32_t x,
                           bool made_blocking) {
  enum truth all = TRUTH_YES;
  for (uint32_t i = 0; i < condition->nall; i++) {
    enum truth t = eval_condition(c, call, &condition->all[i], x, made_blocking);
    if (t == TRUTH_NO) return TRUTH_NO;
    if (t == TRUTH_UNKNOWN) all = TRUTH_UNKNOWN;
  }
  return all;
}

/* The argument that a condition asks for; those of syscall() come after the number. */
static const program_argument *condition_argument(const checker *c, uint32_t call,
                                                  const rule_condition *condition) {
  bool shifted = c->is_system_call && c->is_system_call[call] && condition->argument >= 0;
  return eval_argument(c->p, call, condition->argument + shifted);
}

enum truth eval_condition(const checker *c, uint32_t call, const rule_condition *condition, uint32_t x,
                          bool made_blocking) {
  if (condition->test == RULE_TEST_AFTER) return test_after(c, call, condition);
  if (condition->test == RULE_TEST_ALL) return test_all(c, call, condition, x, made_blocking);
  const program_argument *a = condition_argument(c, call, condition);
  if (condition->test == RULE_TEST_HANDLE) return handles_test(c, call, a, condition->text, x);
  if (!a)
    return condition->test == RULE_TEST_HAS || condition->test == RULE_TEST_NOT_NULL ? TRUTH_NO
                                                                                     : TRUTH_UNKNOWN;
  if (condition->field) return test_field(c, call, a, condition);
  switch (condition->test) {
  case RULE_TEST_EQUALS:
    return condition->nvalues ? test_number(c, call, a, condition, x)
                              : eval_equals(c, call, a, condition->value, x);
  case RULE_TEST_ABOVE: return test_number(c, call, a, condition, x);
  case RULE_TEST_HAS: return eval_has(c, call, a, condition->value, x);
  case RULE_TEST_LACKS: return eval_not(eval_has(c, call, a, condition->value, x));
  case RULE_TEST_NULL: return test_null(c, call, a, x);
  case RULE_TEST_NOT_NULL: return eval_not(test_null(c, call, a, x));
  case RULE_TEST_ZERO_STRUCT:
    if (a->kind == FACTS_ARGUMENT_ADDRESS)
      return a->flags & FACTS_ARGUMENT_ZERO_STRUCT ? TRUTH_YES : TRUTH_NO;
    return a->kind == FACTS_ARGUMENT_NULL ? TRUTH_NO : TRUTH_UNKNOWN;
  case RULE_TEST_DESCRIPTOR:
    return descriptors_test(c, call, a, (unsigned)condition->value, x, made_blocking);
  case RULE_TEST_STRING: return test_string(c, a, condition);
  default: return TRUTH_UNKNOWN;
  }
}

/* The descriptor that a call reads when it is ready, by the rules of its API; 0 none. */
static uint32_t reads_when_ready(const checker *c, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  const rule *const *rules = row->kind == FACTS_CALL_DIRECT ? c->function_rules[row->callee] : NULL;
  for (; rules && *rules; rules++) {
    const program_argument *a = eval_argument(c->p, call, (*rules)->ready);
    if (a && a->kind == FACTS_ARGUMENT_NODE) return a->ref;
  }
  return 0;
}

/* Whether a call is the only one of its function on that descriptor, and not repeated within one turn of
 * the loop. */
static bool is_once(const checker *c, uint32_t call, const program_argument *fd) {
  const program *p = c->p;
  uint32_t cycle = p->calls.items[call].cycle;
  const program_function *f = &p->functions.items[p->calls.items[call].caller];
  bool loop_itself = !cycle;
  for (uint32_t other = f->first_call; other < f->first_call + f->ncalls; other++) {
    loop_itself |= c->is_loop_wait[other] && p->calls.items[other].cycle == cycle;
    if (other != call && reads_when_ready(c, other) == fd->ref) return false;
  }
  return loop_itself;
}

bool eval_comes_when_ready(const checker *c, uint32_t call, const rule *r, uint32_t x) {
  const program_argument *fd = eval_argument(c->p, call, r->ready);
  return fd && fd->kind == FACTS_ARGUMENT_NODE && is_once(c, call, fd) &&
         descriptors_test(c, call, fd, RULE_FD_WATCHED, x, false) == TRUTH_YES;
}

static void limit_strength(int *strength, int limit, const rule_condition *by,
                           const rule_condition **undecided) {
  if (limit >= *strength) return;
  *strength = limit;
  *undecided = by;
}

int eval_rule(const checker *c, uint32_t call, const rule *r, uint32_t x, bool made_blocking,
              const rule_condition **undecided) {
  int strength = (int)r->confidence;
  *undecided = NULL;
  for (uint32_t i = 0; i < r->unless.count; i++) {
    const rule_condition *condition = &r->unless.items[i];
    enum truth t = eval_condition(c, call, condition, x, made_blocking);
    if (t == TRUTH_YES) return -1;
    int limit = condition->test == RULE_TEST_DESCRIPTOR ? (int)r->unknown : PROGRAM_LIKELY;
    if (condition->test == RULE_TEST_STRING || condition->test == RULE_TEST_ALL) limit = PROGRAM_CERTAIN;
    if (condition->test == RULE_TEST_HANDLE) limit = (int)r->unknown;
    if (t == TRUTH_UNKNOWN) limit_strength(&strength, limit, condition, undecided);
  }
  for (uint32_t i = 0; i < r->only_if.count; i++) {
    enum truth t = eval_condition(c, call, &r->only_if.items[i], x, made_blocking);
    if (t == TRUTH_NO) return -1;
    if (t == TRUTH_UNKNOWN) limit_strength(&strength, (int)r->unknown, &r->only_if.items[i], undecided);
  }
  return strength;
}

static bool fork_result(const program *p, uint32_t node) {
  uint32_t kind = p->nodes.items[node].kind;
  if (kind != FACTS_NODE_LOCAL && kind != FACTS_NODE_RESULT && kind != FACTS_NODE_TEMP) return false;
  const program_points *points = program_points_of(p, node);
  for (uint32_t i = 0; i < points->count; i++)
    if (program_atom_kind_of(points->items[i].atom) == PROGRAM_ATOM_FORK) return true;
  return false;
}

bool eval_reachable(const checker *c, uint32_t call, uint32_t x) {
  const program *p = c->p;
  if (c->in_child[call]) return false;
  if (!x || !c->relevant[p->calls.items[call].caller]) return true;
  for (uint32_t guard = p->calls.items[call].guard; guard; guard = p->guards.items[guard].outer) {
    const program_guard *g = &p->guards.items[guard];
    bound_value bound = eval_bound(c, g->node, x);
    if ((bound.kind == BOUND_INTEGER || bound.kind == BOUND_NULL) && !guard_holds(g, bound.value))
      return false;
    if (bound.kind == BOUND_FUNCTION && g->value == 0 && g->op == FACTS_GUARD_EQ) return false;
  }
  return true;
}

static bool is_zero(const program_guard *g) {
  bool zero = g->op == FACTS_GUARD_EQ || g->op == FACTS_GUARD_MAYBE_EQ || g->op == FACTS_GUARD_LE;
  return zero && g->value == 0;
}

/* Calls that only a child process makes: those behind `pid == 0` where pid is what fork gave, or behind `pid
 * <= 0`, after the parent left. A switch that keeps the program from forking, for debugging, changes nothing:
 * the code is written for the child. */
static void find_children(checker *c) {
  const program *p = c->p;
  c->in_child = bs_calloc(p->calls.count + 1, sizeof(bool));
  for (uint32_t call = 0; call < p->calls.count; call++)
    for (uint32_t guard = p->calls.items[call].guard; guard; guard = p->guards.items[guard].outer) {
      const program_guard *g = &p->guards.items[guard];
      if (is_zero(g) && fork_result(p, g->node)) c->in_child[call] = true;
    }
}

static bound_value bind_argument(const checker *c, const program_argument *a, uint32_t x) {
  switch (a->kind) {
  case FACTS_ARGUMENT_INTEGER: return (bound_value){BOUND_INTEGER, 0, a->value};
  case FACTS_ARGUMENT_NULL: return (bound_value){BOUND_NULL, 0, 0};
  case FACTS_ARGUMENT_FUNCTION: return (bound_value){BOUND_FUNCTION, a->ref, 0};
  case FACTS_ARGUMENT_NODE: {
    uint32_t param = eval_parameter_of(c, a->ref);
    return param ? eval_bound(c, param, x) : (bound_value){BOUND_NODE, a->ref, 0};
  }
  default: return (bound_value){0};
  }
}

uint32_t eval_enter(checker *c, uint32_t call, uint32_t callee, uint32_t x) {
  uint32_t mask = c->relevant[callee];
  if (!mask) return 0;
  call_context fresh = {.function = callee};
  uint64_t key = callee;
  bool known = false;
  for (uint32_t i = 0; i < 32 && mask >> i; i++) {
    if (!(mask >> i & 1) || fresh.count == MAX_BOUND) continue;
    const program_argument *a = eval_argument(c->p, call, (int)i);
    bound_value v = a ? bind_argument(c, a, x) : (bound_value){0};
    bool plain = v.kind == BOUND_INTEGER || v.kind == BOUND_NULL;
    if (!plain && !(c->relevant_nodes[callee] >> i & 1)) v = (bound_value){0};
    known |= v.kind != BOUND_UNKNOWN;
    fresh.param[fresh.count] = i;
    fresh.value[fresh.count++] = v;
    key = bs_hash_mix(bs_hash_mix(key, bs_map_key(v.kind, v.ref)), (uint64_t)v.value);
  }
  if (!known) return 0;
  bool is_new;
  uint32_t id = bs_map_add(&c->context_ids, key, c->contexts.count, &is_new);
  if (is_new) *bs_vec_push(&c->contexts) = fresh;
  return id;
}

/* ---- preparation ---- */

static void mark_relevant(checker *c, uint32_t node, bool by_node, bool *changed) {
  uint32_t param = node ? eval_parameter_of(c, node) : 0;
  if (!param) return;
  const program_node *n = &c->p->nodes.items[param];
  if (n->b >= 32) return;
  uint32_t bit = 1u << n->b;
  *changed |= !(c->relevant[n->a] & bit) || (by_node && !(c->relevant_nodes[n->a] & bit));
  c->relevant[n->a] |= bit;
  if (by_node) c->relevant_nodes[n->a] |= bit;
}

/* A variable that gets constants as parameters say: they decide what it is. */
static void relevant_stores(checker *c, uint32_t node, bool *changed) {
  const program *p = c->p;
  uint32_t kind = p->nodes.items[node].kind;
  if (kind != FACTS_NODE_LOCAL && kind != FACTS_NODE_TEMP) return;
  for (uint32_t f = program_first_flow(p, node); f != PROGRAM_NONE; f = p->flow_next[f]) {
    if (p->flows.items[f].kind != FACTS_FLOW_INTEGER) continue;
    for (uint32_t g = p->integers.items[p->flows.items[f].src].guard; g; g = p->guards.items[g].outer)
      mark_relevant(c, p->guards.items[g].node, false, changed);
  }
}

static void relevant_conditions(checker *c, uint32_t call, const rule_condition *conditions, uint32_t count,
                                bool *changed) {
  for (uint32_t i = 0; i < count; i++) {
    if (conditions[i].all) relevant_conditions(c, call, conditions[i].all, conditions[i].nall, changed);
    const program_argument *a = condition_argument(c, call, &conditions[i]);
    if (!a || (a->kind != FACTS_ARGUMENT_NODE && a->kind != FACTS_ARGUMENT_FLAGS)) continue;
    bool by_node = conditions[i].test == RULE_TEST_DESCRIPTOR || conditions[i].test == RULE_TEST_HANDLE;
    mark_relevant(c, a->ref, by_node, changed);
    relevant_stores(c, a->ref, changed);
  }
}

/* Parameters that decide something: called through, compared in a guard, asked for by a rule's condition. */
static void relevant_here(checker *c, uint32_t call, bool *changed) {
  const program *p = c->p;
  const program_call *row = &p->calls.items[call];
  if (row->kind == FACTS_CALL_INDIRECT) mark_relevant(c, row->callee, true, changed);
  for (uint32_t g = row->guard; g; g = p->guards.items[g].outer)
    mark_relevant(c, p->guards.items[g].node, false, changed);
  for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++) {
    const rule *const *rules = c->function_rules[p->edges.items[e].callee];
    for (; rules && *rules; rules++) {
      relevant_conditions(c, call, (*rules)->unless.items, (*rules)->unless.count, changed);
      relevant_conditions(c, call, (*rules)->only_if.items, (*rules)->only_if.count, changed);
    }
  }
}

/* Parameters that are passed on to one that decides. */
static void relevant_below(checker *c, uint32_t call, bool *changed) {
  const program *p = c->p;
  const program_call *row = &p->calls.items[call];
  for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++) {
    if (p->edges.items[e].how == PROGRAM_CALLBACK) continue;
    uint32_t callee = p->edges.items[e].callee, mask = c->relevant[callee];
    for (uint32_t i = 0; i < row->narguments && i < 32 && mask >> i; i++) {
      const program_argument *a = &p->arguments.items[row->first_argument + i];
      bool by_node = c->relevant_nodes[callee] >> i & 1;
      if (mask >> i & 1 && a->kind == FACTS_ARGUMENT_NODE) mark_relevant(c, a->ref, by_node, changed);
    }
  }
}

static void find_relevant(checker *c) {
  bool changed = false;
  c->relevant = bs_calloc(c->p->functions.count + 1, sizeof *c->relevant);
  c->relevant_nodes = bs_calloc(c->p->functions.count + 1, sizeof *c->relevant_nodes);
  for (uint32_t call = 0; call < c->p->calls.count; call++) relevant_here(c, call, &changed);
  for (int round = 0; changed && round < 16; round++) {
    changed = false;
    for (uint32_t call = c->p->calls.count; call-- > 0;) relevant_below(c, call, &changed);
  }
}

void eval_prepare(checker *c) {
  const program *p = c->p;
  bs_vec_push(&c->contexts);
  c->node_address_taken = bs_calloc(p->nodes.count + 1, sizeof(bool));
  for (uint32_t i = 0; i < p->flows.count; i++)
    if (p->flows.items[i].kind == FACTS_FLOW_ADDRESS) c->node_address_taken[p->flows.items[i].src] = true;
  for (uint32_t i = 0; i < p->arguments.count; i++)
    if (p->arguments.items[i].kind == FACTS_ARGUMENT_ADDRESS)
      c->node_address_taken[p->arguments.items[i].ref] = true;
  c->parameter_of = bs_malloc((p->nodes.count + 1) * sizeof *c->parameter_of);
  for (uint32_t node = 0; node < p->nodes.count; node++) c->parameter_of[node] = find_parameter(p, node);
  find_children(c);
  find_relevant(c);
  descriptors_find(c);
}

/* ---- what the solver asks ---- */

static int oracle_creates(const void *context, const char *function, int *out) {
  const descriptor_row *const *rows = rule_set_descriptors(context, function);
  for (; rows && *rows; rows++) {
    if ((*rows)->kind != DESCRIPTOR_CREATE) continue;
    *out = (*rows)->out_argument;
    return (*out < 0 ? 1 : 2) | ((*rows)->handle ? PROGRAM_CREATES_HANDLE : 0);
  }
  return 0;
}

static bool oracle_fork(const void *context, const char *function) {
  return rule_set_is_fork(context, function);
}

program_oracle check_oracle(const rule_set *rules) {
  return (program_oracle){.context = rules, .creates_descriptor = oracle_creates, .is_fork = oracle_fork};
}
