/* What is known of an argument, a guard or a descriptor, in the context of a path.
 *
 * Values are looked up backwards from the place of use, only as far as they stay plain: constants, variables
 * that only get constants, parameters that the context knows. Everything else is unknown, and unknown is not
 * certain.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "analyzer/check/internal.h"

#include <pcre2.h>
#include <string.h>

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

/* A static variable by its name, `static int how = LOCK_EX | LOCK_NB;`, of which only numbers are known: any
 * of them. An element of an array is spelled otherwise, so it is none. */
static bool static_numbers(const checker *c, const program_argument *a, values *out) {
  const program *p = c->p;
  const program_node *n = &p->nodes.items[a->ref];
  if (n->kind != FACTS_NODE_GLOBAL || !n->b || !a->text || n->holds != FACTS_HOLDS_INTEGER) return false;
  const char *name = program_text(p, n->a), *inner = strrchr(name, '.');
  if (c->node_address_taken[a->ref] || strcmp(inner ? inner + 1 : name, program_text(p, a->text)) != 0)
    return false;
  bool initialised = false;
  for (uint32_t f = program_first_flow(p, a->ref); f != PROGRAM_NONE; f = p->flow_next[f]) {
    const program_flow *row = &p->flows.items[f];
    if (row->kind != FACTS_FLOW_INTEGER || row->flags & (FACTS_FLOW_OR | FACTS_FLOW_CLEAR)) return false;
    initialised |= row->function == PROGRAM_NONE;
    values_add(out, p->integers.items[row->src].value);
  }
  if (!initialised && out->count) values_add(out, 0);
  return out->count > 0; /* nothing is known of one that nobody sets: a stand-in of a test */
}

static void argument_values(const checker *c, uint32_t call, const program_argument *a, uint32_t context_id,
                            values *out) {
  int64_t value;
  switch (a->kind) {
  case FACTS_ARGUMENT_INTEGER: values_add(out, a->value); return;
  case FACTS_ARGUMENT_NULL: values_add(out, 0); return;
  case FACTS_ARGUMENT_NODE:
  case FACTS_ARGUMENT_MASKED:
  case FACTS_ARGUMENT_FLAGS: break;
  default: values_add_unknown(out); return;
  }
  order_ask(c);
  if (a->kind == FACTS_ARGUMENT_NODE && guarded_value(c->p, c->p->calls.items[call].guard, a->ref, &value))
    values_add(out, value);
  else if (a->kind == FACTS_ARGUMENT_NODE && static_numbers(c, a, out))
    return;
  else if (a->ref)
    order_node(c, moment_of_call(c, call), a->ref, a->base, context_id, out);
  else if (a->kind == FACTS_ARGUMENT_FLAGS)
    values_add(out, 0);
  else
    values_add_unknown(out);
  if (a->kind == FACTS_ARGUMENT_FLAGS) values_set_bits(out, a->value);
  if (a->kind == FACTS_ARGUMENT_MASKED) values_clear_bits(out, a->value);
}

void eval_values(const checker *c, uint32_t call, const program_argument *a, uint32_t context, values *out) {
  argument_values(c, call, a, context, out);
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

enum truth eval_equals(const checker *c, uint32_t call, const program_argument *a, int64_t value,
                       uint32_t x) {
  values v = {0};
  argument_values(c, call, a, x, &v);
  return values_hold(&v, FACTS_GUARD_EQ, value);
}

enum truth eval_has(const checker *c, uint32_t call, const program_argument *a, int64_t bit, uint32_t x) {
  values v = {0};
  argument_values(c, call, a, x, &v);
  return values_have_all(&v, bit);
}

bool eval_may_set(const checker *c, uint32_t call, const program_argument *a, int64_t bit) {
  values v = {0};
  argument_values(c, call, a, 0, &v);
  return values_may_have(&v, bit);
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

/* Of an argument; without one, of the object whose member is called. */
static enum truth test_type(const checker *c, uint32_t call, const program_argument *a,
                            const rule_condition *condition) {
  size_t length;
  uint32_t record = a ? a->record : c->p->calls.items[call].object;
  const char *tag = check_record_tag(program_text(c->p, record), &length);
  return memmem(tag, length, condition->text, strlen(condition->text)) ? TRUTH_YES : TRUTH_NO;
}

/* A path that is put together may match by its beginning. */
static enum truth test_string(const checker *c, uint32_t call, const program_argument *a,
                              const rule_condition *condition) {
  const program *p = c->p;
  bool is_function = a->kind == FACTS_ARGUMENT_FUNCTION, whole = is_function || texts_is_whole(p, a);
  const char *text =
      is_function ? program_text(p, p->functions.items[a->ref].name) : texts_beginning(c, call, a);
  if (!text || (!whole && *text != '/')) return TRUTH_UNKNOWN;
  pcre2_match_data *match = pcre2_match_data_create_from_pattern(condition->pattern, NULL);
  int found = pcre2_match(condition->pattern, (PCRE2_SPTR)text, strlen(text), 0, 0, match, NULL);
  pcre2_match_data_free(match);
  return found >= 0 ? TRUTH_YES : whole ? TRUTH_NO : TRUTH_UNKNOWN;
}

/* Whether the values pass the test of a number. */
static enum truth passes(const rule_condition *condition, const values *v) {
  switch (condition->test) {
  case RULE_TEST_HAS: return values_have_all(v, condition->value);
  case RULE_TEST_ABOVE: return values_hold(v, FACTS_GUARD_GT, condition->value);
  case RULE_TEST_AT_MOST:
    if (values_hold(v, FACTS_GUARD_LT, 0) != TRUTH_NO) return TRUTH_UNKNOWN;
    return values_hold(v, FACTS_GUARD_LE, condition->value);
  case RULE_TEST_EQUALS:
    if (condition->nvalues) return values_are_one_of(v, condition->values, condition->nvalues);
    return values_hold(v, FACTS_GUARD_EQ, condition->value);
  default: return values_hold(v, FACTS_GUARD_LACKS, condition->value);
  }
}

/* The field of the struct that the argument points to, when the call is made. */
static uint32_t field_of(const program *p, const program_argument *a, const char *field) {
  uint32_t name = bs_intern_find(&p->strings, field, strlen(field));
  return a->record && name != UINT32_MAX ? program_find_node(p, FACTS_NODE_FIELD, a->record, name) : 0;
}

/* The values of a field of the struct that an argument points to; false when it is not known which struct
 * that is. */
bool eval_field(const checker *c, uint32_t call, const program_argument *a, const char *field, uint32_t x,
                values *out) {
  uint32_t node = field_of(c->p, a, field), object = order_object(c, a);
  if (!object && check_ref_kind(c->p, a->kind, a->ref) == FACTS_NODE_RESULT) object = a->ref;
  if (!object) return false;
  order_ask(c);
  if (node)
    order_field(c, moment_of_call(c, call), object, node, x, out);
  else
    order_whole(c, moment_of_call(c, call), object, x, out);
  return true;
}

static enum truth test_field(const checker *c, uint32_t call, const program_argument *a,
                             const rule_condition *condition, uint32_t x) {
  if (a->kind == FACTS_ARGUMENT_NULL) return condition->test == RULE_TEST_LACKS ? TRUTH_YES : TRUTH_NO;
  values v = {0};
  if (!eval_field(c, call, a, condition->field, x, &v)) return TRUTH_UNKNOWN;
  return passes(condition, &v);
}

static bool is_zero_field(const checker *c, uint32_t call, const program_argument *a, const char *field,
                          uint32_t x) {
  values v = {0};
  return field_of(c->p, a, field) && eval_field(c, call, a, field, x, &v) &&
         values_hold(&v, FACTS_GUARD_EQ, 0) == TRUTH_YES;
}

/* The unit may have seen it; else what is stored to the fields of what a pointer is set to says it. Others
 * may have set a global variable. */
static enum truth test_zero_struct(const checker *c, uint32_t call, const program_argument *a, uint32_t x) {
  if (a->kind == FACTS_ARGUMENT_NULL) return TRUTH_NO;
  if (a->flags & FACTS_ARGUMENT_ZERO_STRUCT) return TRUTH_YES;
  if (check_ref_kind(c->p, FACTS_ARGUMENT_NODE, order_object(c, a)) != FACTS_NODE_GLOBAL &&
      is_zero_field(c, call, a, "tv_sec", x) &&
      (is_zero_field(c, call, a, "tv_nsec", x) || is_zero_field(c, call, a, "tv_usec", x)))
    return TRUTH_YES;
  return a->kind == FACTS_ARGUMENT_ADDRESS ? TRUTH_NO : TRUTH_UNKNOWN;
}

/* EQUALS with several values, and ABOVE. */
static enum truth test_number(const checker *c, uint32_t call, const program_argument *a,
                              const rule_condition *condition, uint32_t x) {
  values v = {0};
  argument_values(c, call, a, x, &v);
  return passes(condition, &v);
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
const program_argument *eval_condition_argument(const checker *c, uint32_t call,
                                                const rule_condition *condition) {
  bool shifted = c->is_system_call && c->is_system_call[call] && condition->argument >= 0;
  return eval_argument(c->p, call, condition->argument + shifted);
}

static bool may_wait(const checker *c, uint32_t call);

/* `static bool would_block(void) { return errno == EAGAIN; }`: changes nothing and does not wait. */
static bool only_asks(const checker *c, uint32_t function) {
  const program_function *f = &c->p->functions.items[function];
  for (uint32_t i = f->first_store; i < f->first_store + f->nstores; i++)
    if (c->p->nodes.items[c->p->stores.items[i].base].kind != FACTS_NODE_RETURN) return false;
  for (uint32_t call = f->first_call; call < f->first_call + f->ncalls; call++) {
    const program_call *row = &c->p->calls.items[call];
    if (row->kind != FACTS_CALL_DIRECT || !check_is_outside(c->p, row->callee) || may_wait(c, call))
      return false;
  }
  return true;
}

/* Whether a call may wait, or do something else than try: a function of the project, a pointer, a sleep. */
static bool may_wait(const checker *c, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  if (row->kind != FACTS_CALL_DIRECT) return true;
  if (!check_is_outside(c->p, row->callee)) return !only_asks(c, row->callee);
  const rule *const *rules = c->function_rules[row->callee];
  for (; rules && *rules; rules++)
    if ((*rules)->wait || (*rules)->category == RULE_SLEEP || (*rules)->category == RULE_LOCK) return true;
  return false;
}

/* `while (recv(…) < 0 && errno == EAGAIN)`: the loop's thread runs in circles until the other end moves. */
static enum truth test_retried(const checker *c, uint32_t call) {
  const program *p = c->p;
  uint32_t cycle = p->calls.items[call].cycle;
  const program_function *f = &p->functions.items[p->calls.items[call].caller];
  if (!cycle || !(p->cycles.items[cycle].flags & FACTS_CYCLE_TRIES_AGAIN)) return TRUTH_NO;
  for (uint32_t other = f->first_call; other < f->first_call + f->ncalls; other++)
    if (other != call && check_in_cycle(p, other, cycle) && may_wait(c, other)) return TRUTH_NO;
  return TRUTH_YES;
}

static bool is_same_path(const program *p, const program_argument *a, const program_argument *b) {
  if (!a || !b || a->kind != b->kind) return false;
  if (a->kind == FACTS_ARGUMENT_STRING)
    return strcmp(program_text(p, a->text), program_text(p, b->text)) == 0;
  return (a->kind == FACTS_ARGUMENT_NODE || a->kind == FACTS_ARGUMENT_ADDRESS) && a->ref && a->ref == b->ref;
}

/* Whether the path is also given to mkfifo(path, mode), or mkfifoat(folder, path, mode). */
static enum truth test_fifo(const checker *c, const program_argument *a) {
  for (uint32_t i = 0; i < c->fifos.count; i++) {
    uint32_t call = c->fifos.items[i];
    int path = (int)c->p->calls.items[call].narguments - 2;
    if (is_same_path(c->p, a, eval_argument(c->p, call, path))) return TRUTH_YES;
  }
  return TRUTH_NO;
}

/* Whether the function that is called has no parameter of this number: the overload without the option. */
static bool takes_no_argument(const checker *c, uint32_t call, int argument) {
  const program_call *row = &c->p->calls.items[call];
  if (row->kind != FACTS_CALL_DIRECT || c->is_system_call[call]) return false;
  const program_function *f = &c->p->functions.items[row->callee];
  return argument >= 0 && (uint32_t)argument >= f->nparams && !(f->flags & FACTS_FUNCTION_VARIADIC);
}

enum truth eval_condition(const checker *c, uint32_t call, const rule_condition *condition, uint32_t x,
                          bool made_blocking) {
  if (condition->test == RULE_TEST_AFTER) return test_after(c, call, condition);
  if (condition->test == RULE_TEST_RETRIED) return test_retried(c, call);
  if (condition->test == RULE_TEST_ALL) return test_all(c, call, condition, x, made_blocking);
  const program_argument *a = eval_condition_argument(c, call, condition);
  if (condition->test == RULE_TEST_HANDLE) return handles_test(c, call, a, condition->text, x, made_blocking);
  if (condition->test == RULE_TEST_TYPE && (a || condition->argument < 0))
    return test_type(c, call, a, condition);
  if (!a && takes_no_argument(c, call, condition->argument)) return TRUTH_NO;
  if (!a)
    return condition->test == RULE_TEST_HAS || condition->test == RULE_TEST_NOT_NULL ||
                   condition->test == RULE_TEST_TYPE
               ? TRUTH_NO
               : TRUTH_UNKNOWN;
  if (condition->field) return test_field(c, call, a, condition, x);
  switch (condition->test) {
  case RULE_TEST_EQUALS:
    return condition->nvalues ? test_number(c, call, a, condition, x)
                              : eval_equals(c, call, a, condition->value, x);
  case RULE_TEST_ABOVE:
  case RULE_TEST_AT_MOST: return test_number(c, call, a, condition, x);
  case RULE_TEST_HAS: return eval_has(c, call, a, condition->value, x);
  case RULE_TEST_LACKS: return truth_not(eval_has(c, call, a, condition->value, x));
  case RULE_TEST_NULL: return test_null(c, call, a, x);
  case RULE_TEST_NOT_NULL: return truth_not(test_null(c, call, a, x));
  case RULE_TEST_ZERO_STRUCT: return test_zero_struct(c, call, a, x);
  case RULE_TEST_DESCRIPTOR:
    return descriptors_test(c, call, a, (unsigned)condition->value, x, made_blocking);
  case RULE_TEST_FIFO: return test_fifo(c, a);
  case RULE_TEST_STRING: return test_string(c, call, a, condition);
  default: return TRUTH_UNKNOWN;
  }
}

const program_argument *eval_read_when_ready(const checker *c, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  const rule *const *rules = row->kind == FACTS_CALL_DIRECT ? c->function_rules[row->callee] : NULL;
  for (; rules && *rules; rules++) {
    const program_argument *a = eval_argument(c->p, call, (*rules)->ready);
    if (a) return a;
  }
  return NULL;
}

/* The node of the descriptor that a call reads when it is ready; 0 none. */
static uint32_t reads_when_ready(const checker *c, uint32_t call) {
  const program_argument *a = eval_read_when_ready(c, call);
  return a && a->kind == FACTS_ARGUMENT_NODE ? a->ref : 0;
}

/* `for (i = 0; i < ready; i++) if (events[i].data.fd == fd) read(fd, …)`, in the loop's own turn: of the
 * events that came the call answers one, which a condition in there picks. */
static bool is_picked(const checker *c, const program_call *row, uint32_t turn) {
  const program *p = c->p;
  if (p->cycles.items[row->cycle].outer != turn) return false;
  uint32_t asked = 0;
  for (uint32_t g = row->guard; g; g = p->guards.items[g].outer)
    asked += p->guards.items[g].cycle == row->cycle;
  return asked > 1; /* the first is that of the `for` itself */
}

/* Whether a call is the only one of its function on that descriptor, and not repeated within one turn of
 * the loop. */
static bool is_once(const checker *c, uint32_t call, const program_argument *fd) {
  const program *p = c->p;
  const program_call *row = &p->calls.items[call];
  const program_function *f = &p->functions.items[row->caller];
  bool loop_itself = !row->cycle;
  for (uint32_t other = f->first_call; other < f->first_call + f->ncalls; other++) {
    uint32_t turn = p->calls.items[other].cycle;
    loop_itself |= c->is_loop_wait[other] && (turn == row->cycle || (turn && is_picked(c, row, turn)));
    if (other != call && reads_when_ready(c, other) == fd->ref) return false;
  }
  return loop_itself;
}

bool eval_comes_when_ready(const checker *c, uint32_t call, const rule *r, uint32_t x) {
  const program_argument *fd = eval_argument(c->p, call, r->ready);
  if (!fd || fd->kind != FACTS_ARGUMENT_NODE || !is_once(c, call, fd)) return false;
  return c->is_handed_ready[c->parameter_of[fd->ref]] ||
         descriptors_test(c, call, fd, RULE_FD_WATCHED, x, false) == TRUTH_YES;
}

/* FD_ISSET(fd, set), by the node that holds what it gave. */
static bool is_question_about(const checker *c, uint32_t function, uint32_t node, uint32_t fd) {
  const program *p = c->p;
  const program_function *f = &p->functions.items[function];
  for (uint32_t call = f->first_call; call < f->first_call + f->ncalls; call++) {
    const program_call *row = &p->calls.items[call];
    if (row->kind != FACTS_CALL_DIRECT || !row->result || !holds_result(p, node, row->result)) continue;
    if (strcmp(program_text(p, p->functions.items[row->callee].symbol), "FD_ISSET") != 0) continue;
    const program_argument *asked = eval_argument(p, call, 0);
    if (asked && asked->kind == FACTS_ARGUMENT_NODE && asked->ref == fd) return true;
  }
  return false;
}

static bool is_behind(const checker *c, uint32_t call, uint32_t branch) {
  for (uint32_t g = c->p->calls.items[call].guard; g; g = c->p->guards.items[g].outer)
    if (c->p->guards.items[g].branch == branch) return true;
  return false;
}

/* Whether nothing else behind the question reads the descriptor: one read gets what was there. */
static bool is_only_reader(const checker *c, uint32_t call, uint32_t branch, uint32_t fd) {
  const program_function *f = &c->p->functions.items[c->p->calls.items[call].caller];
  for (uint32_t other = f->first_call; other < f->first_call + f->ncalls; other++)
    if (other != call && is_behind(c, other, branch) && reads_when_ready(c, other) == fd) return false;
  return true;
}

bool eval_is_asked_ready(const checker *c, uint32_t call, const rule *r) {
  const program_call *row = &c->p->calls.items[call];
  const program_argument *fd = eval_argument(c->p, call, r->ready);
  if (!fd || fd->kind != FACTS_ARGUMENT_NODE) return false;
  for (uint32_t g = row->guard; g; g = c->p->guards.items[g].outer) {
    const program_guard *guard = &c->p->guards.items[g];
    if (guard->op != FACTS_GUARD_NE || guard->value || guard->cycle != row->cycle) continue;
    if (is_question_about(c, row->caller, guard->node, fd->ref))
      return is_only_reader(c, call, guard->branch, fd->ref);
  }
  return false;
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
    /* Nobody doubts for these. */
    bool is_doubt = condition->test != RULE_TEST_STRING && condition->test != RULE_TEST_NULL &&
                    condition->test != RULE_TEST_ALL && condition->test != RULE_TEST_FIFO;
    if (!is_doubt) limit = PROGRAM_CERTAIN;
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
  const program_call *row = &c->p->calls.items[call];
  if (c->in_child[call]) return false;
  return order_guards(c, row->guard, row->caller, c->contexts.items[x].function == row->caller ? x : 0) !=
         TRUTH_NO;
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

static void note_fifos(checker *c) {
  const program *p = c->p;
  for (uint32_t call = 0; call < p->calls.count; call++) {
    if (p->calls.items[call].kind != FACTS_CALL_DIRECT) continue;
    const char *name = program_text(p, p->functions.items[p->calls.items[call].callee].symbol);
    if (strcmp(name, "mkfifo") == 0 || strcmp(name, "mkfifoat") == 0) *bs_vec_push(&c->fifos) = call;
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
  note_fifos(c);
  c->parameter_of = bs_malloc((p->nodes.count + 1) * sizeof *c->parameter_of);
  for (uint32_t node = 0; node < p->nodes.count; node++) c->parameter_of[node] = find_parameter(p, node);
  c->order = order_new(c);
  find_children(c);
  contexts_prepare(c);
  objects_prepare(c);
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

static bool oracle_hands_on(const void *context, const char *function, uint32_t index,
                            program_handed_on *out) {
  const descriptor_row *const *rows = rule_set_descriptors(context, function);
  for (; rows && *rows; rows++) {
    const descriptor_row *r = *rows;
    if (r->kind != DESCRIPTOR_HAND_ON || index--) continue;
    *out = (program_handed_on){r->descriptor_argument, r->callback_argument, r->callback_parameter,
                               r->out_argument, r->handle};
    return true;
  }
  return false;
}

program_oracle check_oracle(const rule_set *rules) {
  return (program_oracle){.context = rules,
                          .creates_descriptor = oracle_creates,
                          .is_fork = oracle_fork,
                          .hands_on = oracle_hands_on};
}
