/* What is known of arguments, guards and contexts: conditions are answered yes, no or unknown. */
#include "check_builder.h"

/* One argument and what conditions on it come to. */
typedef struct condition_case {
  int argument;
  enum rule_test test;
  int64_t value;
  enum truth expected;
} condition_case;

static void expect_conditions(const checker *c, uint32_t call, const condition_case *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const rule_condition condition = {
        .test = cases[i].test, .argument = cases[i].argument, .value = cases[i].value};
    enum truth got = eval_condition(c, call, &condition, 0, false);
    if (got != cases[i].expected)
      fail_msg("case %zu (argument %d): %d instead of %d", i, cases[i].argument, got, cases[i].expected);
  }
}

static void plain_arguments_are_decided(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t f = unit_defined(&u, "f", 0);
  unit_call_name(&u, f, "api", 11);
  unit_integer_argument(&u, 6);
  unit_argument(&u, FACTS_ARGUMENT_NULL, 0);
  unit_argument(&u, FACTS_ARGUMENT_STRING, 0)->text = unit_str(&u, "/proc/stat");
  unit_argument(&u, FACTS_ARGUMENT_FUNCTION, f);
  unit_argument(&u, FACTS_ARGUMENT_UNKNOWN, 0);
  unit_argument(&u, FACTS_ARGUMENT_FLAGS, 0)->value = 0x40;
  unit_argument(&u, FACTS_ARGUMENT_MASKED, 0)->value = 0x800;
  unit_argument(&u, FACTS_ARGUMENT_ADDRESS, 0)->flags = FACTS_ARGUMENT_ZERO_STRUCT;
  check_begin(&x, &u, 1, &(check_options){0});
  const condition_case cases[] = {
      {0, RULE_TEST_EQUALS, 6, TRUTH_YES},      {0, RULE_TEST_EQUALS, 7, TRUTH_NO},
      {0, RULE_TEST_HAS, 2, TRUTH_YES},         {0, RULE_TEST_HAS, 3, TRUTH_NO},
      {0, RULE_TEST_LACKS, 1, TRUTH_YES},       {0, RULE_TEST_LACKS, 4, TRUTH_NO},
      {1, RULE_TEST_NULL, 0, TRUTH_YES},        {1, RULE_TEST_NOT_NULL, 0, TRUTH_NO},
      {1, RULE_TEST_EQUALS, 0, TRUTH_YES},      {2, RULE_TEST_NULL, 0, TRUTH_NO},
      {3, RULE_TEST_NOT_NULL, 0, TRUTH_YES},    {4, RULE_TEST_NULL, 0, TRUTH_UNKNOWN},
      {4, RULE_TEST_EQUALS, 0, TRUTH_UNKNOWN},  {4, RULE_TEST_HAS, 1, TRUTH_UNKNOWN},
      {5, RULE_TEST_HAS, 0x40, TRUTH_YES},      {5, RULE_TEST_HAS, 0x41, TRUTH_NO},
      {6, RULE_TEST_HAS, 0x800, TRUTH_NO},      {6, RULE_TEST_LACKS, 0x800, TRUTH_YES},
      {6, RULE_TEST_HAS, 1, TRUTH_UNKNOWN},     {7, RULE_TEST_ZERO_STRUCT, 0, TRUTH_YES},
      {1, RULE_TEST_ZERO_STRUCT, 0, TRUTH_NO},  {7, RULE_TEST_NULL, 0, TRUTH_NO},
      {9, RULE_TEST_EQUALS, 0, TRUTH_NO},       {9, RULE_TEST_HAS, 1, TRUTH_NO},
      {9, RULE_TEST_NOT_NULL, 0, TRUTH_NO},     {0, RULE_TEST_DESCRIPTOR, RULE_FD_FILE, TRUTH_UNKNOWN},
      {-1, RULE_TEST_EQUALS, 0, TRUTH_UNKNOWN},
  };
  expect_conditions(x.c, 0, cases, sizeof cases / sizeof *cases);
  check_end(&x);
}

static void unit_or(facts_unit *u, facts_node variable, int64_t bits, uint32_t in, uint8_t flag) {
  unit_integer(u, variable, bits, in, 12);
  u->flows.items[u->flows.count - 1].flags = flag;
  u->stores.items[u->stores.count - 1].op = flag == FACTS_FLOW_OR ? FACTS_STORE_OR : FACTS_STORE_CLEAR;
}

/* The last constant counts, bits are set on some way and taken out on every way, and one variable's address
 * is known elsewhere. */
static void variables_have_the_values_they_got(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t f = unit_defined(&u, "f", 0);
  facts_node two = unit_local(&u, f, "two"), mode = unit_local(&u, f, "mode"),
             less = unit_local(&u, f, "less"), copy = unit_local(&u, f, "copy"),
             shared = unit_local(&u, f, "shared"), nothing = unit_local(&u, f, "nothing");
  unit_integer(&u, two, 1, f, 11);
  unit_integer(&u, two, 3, f, 11);
  unit_integer(&u, mode, 1, f, 11);
  unit_or(&u, mode, 4, f, FACTS_FLOW_OR);
  u.stores.items[u.stores.count - 1].guard = unit_guard(&u, 0, nothing, FACTS_GUARD_NE, 0);
  unit_integer(&u, less, 6, f, 11);
  unit_or(&u, less, 2, f, FACTS_FLOW_CLEAR);
  unit_flow(&u, FACTS_FLOW_COPY, copy, two, f, 13);
  unit_integer(&u, shared, 1, f, 11);
  unit_call_name(&u, f, "api", 14);
  const facts_node order[] = {two, mode, less, copy, shared, nothing};
  for (size_t i = 0; i < sizeof order / sizeof *order; i++) unit_argument(&u, FACTS_ARGUMENT_NODE, order[i]);
  unit_call_name(&u, f, "other", 15);
  unit_argument(&u, FACTS_ARGUMENT_ADDRESS, shared);
  check_begin(&x, &u, 1, &(check_options){0});
  const condition_case cases[] = {
      {0, RULE_TEST_EQUALS, 1, TRUTH_NO},      {0, RULE_TEST_EQUALS, 3, TRUTH_YES},
      {0, RULE_TEST_HAS, 1, TRUTH_YES},        {0, RULE_TEST_HAS, 4, TRUTH_NO},
      {1, RULE_TEST_HAS, 1, TRUTH_YES},        {1, RULE_TEST_HAS, 4, TRUTH_UNKNOWN},
      {1, RULE_TEST_HAS, 8, TRUTH_NO},         {1, RULE_TEST_EQUALS, 1, TRUTH_UNKNOWN},
      {2, RULE_TEST_EQUALS, 4, TRUTH_YES},     {3, RULE_TEST_HAS, 1, TRUTH_YES},
      {4, RULE_TEST_EQUALS, 1, TRUTH_UNKNOWN}, {5, RULE_TEST_EQUALS, 0, TRUTH_UNKNOWN},
  };
  expect_conditions(x.c, 0, cases, sizeof cases / sizeof *cases);
  assert_true(eval_may_set(x.c, 0, eval_argument(&x.p, 0, 1), 4));
  assert_false(eval_may_set(x.c, 0, eval_argument(&x.p, 0, 0), 4));
  check_end(&x);
}

static void guards_decide_what_stands_in_them(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t f = unit_defined(&u, "f", 0);
  facts_node n = unit_local(&u, f, "n"), cb = unit_local(&u, f, "cb");
  uint32_t equal = unit_guard(&u, 0, n, FACTS_GUARD_EQ, 3);
  uint32_t both = unit_guard(&u, equal, cb, FACTS_GUARD_NE, 0);
  unit_call_name(&u, f, "api", 11);
  unit_argument(&u, FACTS_ARGUMENT_NODE, n);
  unit_argument(&u, FACTS_ARGUMENT_NODE, cb);
  u.calls.items[0].guard = both;
  check_begin(&x, &u, 1, &(check_options){0});
  const condition_case cases[] = {{0, RULE_TEST_EQUALS, 3, TRUTH_YES},
                                  {0, RULE_TEST_EQUALS, 4, TRUTH_NO},
                                  {1, RULE_TEST_NULL, 0, TRUTH_NO}};
  expect_conditions(x.c, 0, cases, sizeof cases / sizeof *cases);
  check_end(&x);
}

/* f(n) { if (n OP 6) halt(1); } called with each of `numbers`: whether halt() is reached. */
static void a_context_opens_and_closes_guards(void **state) {
  (void)state;
  static const int64_t numbers[] = {2, 6, 9};
  static const struct {
    enum facts_guard_op op;
    bool open[3];
  } cases[] = {
      {FACTS_GUARD_EQ, {false, true, false}}, {FACTS_GUARD_NE, {true, false, true}},
      {FACTS_GUARD_LT, {true, false, false}}, {FACTS_GUARD_LE, {true, true, false}},
      {FACTS_GUARD_GT, {false, false, true}}, {FACTS_GUARD_GE, {false, true, true}},
      {FACTS_GUARD_HAS, {true, true, false}}, {FACTS_GUARD_LACKS, {false, false, true}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    facts_unit u;
    checked x;
    unit_begin(&u, "a.c");
    uint32_t f = unit_defined(&u, "f", 1), caller = unit_defined(&u, "caller", 0);
    facts_node n = unit_node(&u, FACTS_NODE_PARAM, f, 0);
    unit_halt(&u, f, 1, 11);
    u.calls.items[0].guard = unit_guard(&u, 0, n, cases[i].op, 6);
    for (int k = 0; k < 3; k++) {
      unit_call(&u, caller, FACTS_CALL_DIRECT, f, 21 + (uint32_t)k);
      unit_integer_argument(&u, numbers[k]);
    }
    check_begin(&x, &u, 1, &(check_options){0});
    assert_true(eval_reachable(x.c, 0, 0));
    for (uint32_t k = 0; k < 3; k++) {
      uint32_t context = eval_enter(x.c, 1 + k, x.p.calls.items[1].callee, 0);
      assert_int_not_equal(context, 0);
      assert_int_equal(eval_reachable(x.c, 0, context), cases[i].open[k]);
    }
    check_end(&x);
  }
}

/* The same values give the same context; what decides nothing gives none. */
static void contexts_are_shared_and_only_made_where_they_decide(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t f = unit_defined(&u, "f", 1), plain = unit_defined(&u, "plain", 1),
           caller = unit_defined(&u, "caller", 0);
  unit_call_name(&u, f, "halt", 11);
  unit_argument(&u, FACTS_ARGUMENT_NODE, unit_node(&u, FACTS_NODE_PARAM, f, 0));
  static const int64_t numbers[] = {1, 1, 2};
  for (int k = 0; k < 3; k++) {
    unit_call(&u, caller, FACTS_CALL_DIRECT, f, 21);
    unit_integer_argument(&u, numbers[k]);
  }
  unit_call(&u, caller, FACTS_CALL_DIRECT, plain, 24);
  unit_integer_argument(&u, 1);
  check_begin(&x, &u, 1, &(check_options){0});
  uint32_t first = eval_enter(x.c, 1, x.p.calls.items[1].callee, 0);
  assert_int_equal(eval_enter(x.c, 2, x.p.calls.items[2].callee, 0), first);
  assert_int_not_equal(eval_enter(x.c, 3, x.p.calls.items[3].callee, 0), first);
  assert_int_equal(eval_enter(x.c, 4, x.p.calls.items[4].callee, 0), 0);
  check_end(&x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_arguments_are_decided),
      cmocka_unit_test(variables_have_the_values_they_got),
      cmocka_unit_test(guards_decide_what_stands_in_them),
      cmocka_unit_test(a_context_opens_and_closes_guards),
      cmocka_unit_test(contexts_are_shared_and_only_made_where_they_decide),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
