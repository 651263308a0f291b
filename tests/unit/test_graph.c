/* Linking and value flow, on small programs whose facts are written by hand. */
#include "unit_builder.h"

#include <string.h>

static int creates_descriptor(const void *context, const char *name, int *out) {
  (void)context;
  *out = -1;
  return strcmp(name, "make_fd") == 0;
}

static bool is_fork(const void *context, const char *name) {
  (void)context;
  return strcmp(name, "fork") == 0;
}

static void solve(program *p, facts_unit *units, uint32_t count) {
  link_units(p, units, count,
             &(program_oracle){.creates_descriptor = creates_descriptor, .is_fork = is_fork});
}

static void expect_graph(program *p, const char *expected) {
  bs_strbuf out = BS_STRBUF_INIT;
  program_print(p, true, &out);
  assert_string_equal(out.text, expected);
  bs_strbuf_fini(&out);
  program_fini(p);
}

static void a_field_with_one_store_is_certain(void **state) {
  (void)state;
  facts_unit u;
  program p;
  unit_begin(&u, "a.c");
  uint32_t f = unit_defined(&u, "f", 0), caller = unit_defined(&u, "caller", 0),
           setup = unit_defined(&u, "setup", 0);
  facts_node cb = unit_field(&u, "struct s@a.h", "cb");
  unit_flow(&u, FACTS_FLOW_FUNCTION, cb, f, setup, 33);
  unit_call(&u, caller, FACTS_CALL_INDIRECT, cb, 21);
  solve(&p, &u, 1);
  assert_int_equal(p.edges.items[0].because.line, 33);
  assert_int_equal(p.edges.items[0].how, PROGRAM_FIELD);
  expect_graph(&p, "a.c:caller\ta.c:f\tindirect\tcertain\n");
}

static void several_stores_are_likely_and_records_stay_apart(void **state) {
  (void)state;
  facts_unit u;
  program p;
  unit_begin(&u, "a.c");
  uint32_t f = unit_defined(&u, "f", 0), g = unit_defined(&u, "g", 0), h = unit_defined(&u, "h", 0),
           caller = unit_defined(&u, "caller", 0);
  unit_flow(&u, FACTS_FLOW_FUNCTION, unit_field(&u, "struct s@a.h", "cb"), f, caller, 1);
  unit_flow(&u, FACTS_FLOW_FUNCTION, unit_field(&u, "struct s@a.h", "cb"), g, caller, 2);
  unit_flow(&u, FACTS_FLOW_FUNCTION, unit_field(&u, "struct s@b.h", "cb"), h, caller, 3);
  unit_call(&u, caller, FACTS_CALL_INDIRECT, unit_field(&u, "struct s@a.h", "cb"), 41);
  solve(&p, &u, 1);
  expect_graph(&p, "a.c:caller\ta.c:f\tindirect\tlikely\na.c:caller\ta.c:g\tindirect\tlikely\n");
}

static void a_setter_in_another_unit_carries_its_argument(void **state) {
  (void)state;
  facts_unit u[2];
  program p;
  unit_begin(&u[0], "set.c");
  uint32_t set = unit_function(&u[0], "set", "void (void (*)(void))", 1, FACTS_FUNCTION_DEFINED);
  facts_node cb = unit_field(&u[0], "struct s@s.h", "cb");
  unit_flow(&u[0], FACTS_FLOW_COPY, cb, unit_node(&u[0], FACTS_NODE_PARAM, set, 0), set, 11);
  uint32_t fire = unit_defined(&u[0], "fire", 0);
  unit_call(&u[0], fire, FACTS_CALL_INDIRECT, cb, 21);
  unit_begin(&u[1], "use.c");
  uint32_t f = unit_defined(&u[1], "f", 0), use = unit_defined(&u[1], "use", 0);
  uint32_t declared = unit_function(&u[1], "set", "void (void (*)(void))", 1, 0);
  unit_call(&u[1], use, FACTS_CALL_DIRECT, declared, 25);
  unit_argument(&u[1], FACTS_ARGUMENT_FUNCTION, f);
  solve(&p, u, 2);
  assert_int_equal(p.edges.items[0].because.line,
                   25); /* where f is handed over, not the store in the setter */
  expect_graph(&p, "set.c:fire\tuse.c:f\tindirect\tcertain\nuse.c:use\tset.c:set\tdirect\tcertain\n");
}

static void statics_of_the_same_name_stay_apart(void **state) {
  (void)state;
  facts_unit u[2];
  program p;
  for (int i = 0; i < 2; i++) {
    unit_begin(&u[i], i ? "two/x.c" : "one/x.c");
    uint32_t helper =
        unit_function(&u[i], "helper", "void (void)", 0, FACTS_FUNCTION_DEFINED | FACTS_FUNCTION_INTERNAL);
    uint32_t run = unit_defined(&u[i], i ? "run_two" : "run_one", 0);
    unit_call(&u[i], run, FACTS_CALL_DIRECT, helper, 12);
  }
  solve(&p, u, 2);
  expect_graph(
      &p,
      "one/x.c:run_one\tone/x.c:helper\tdirect\tcertain\ntwo/x.c:run_two\ttwo/x.c:helper\tdirect\tcertain\n");
}

static void a_header_function_is_one_function(void **state) {
  (void)state;
  facts_unit u[2];
  program p;
  for (int i = 0; i < 2; i++) {
    unit_begin(&u[i], i ? "b.c" : "a.c");
    uint32_t inlined =
        unit_function(&u[i], "inlined", "void (void)", 0,
                      FACTS_FUNCTION_DEFINED | FACTS_FUNCTION_INTERNAL | FACTS_FUNCTION_INLINE);
    u[i].functions.items[inlined].place = (facts_place){unit_str(&u[i], "x.h"), 5, 1};
    uint32_t api = unit_function(&u[i], "api", "void (void)", 0, 0);
    unit_call(&u[i], inlined, FACTS_CALL_DIRECT, api, 6);
  }
  solve(&p, u, 2);
  assert_int_equal(p.calls.count, 1);
  expect_graph(&p, "x.h:inlined\t-:api\tdirect\tcertain\n");
}

static void out_parameters_flow_through_the_address(void **state) {
  (void)state;
  facts_unit u;
  program p;
  unit_begin(&u, "a.c");
  uint32_t get = unit_function(&u, "get", "void (int *)", 1, FACTS_FUNCTION_DEFINED),
           use = unit_defined(&u, "use", 0);
  uint32_t make = unit_function(&u, "make_fd", "int (void)", 0, 0);
  unit_call(&u, get, FACTS_CALL_DIRECT, make, 11);
  facts_node result = unit_node(&u, FACTS_NODE_RESULT, 0, 0);
  u.calls.items[0].result = result;
  unit_flow(&u, FACTS_FLOW_STORE, unit_node(&u, FACTS_NODE_PARAM, get, 0), result, get, 11);
  facts_node fd = unit_node(&u, FACTS_NODE_LOCAL, use, unit_str(&u, "fd"));
  unit_call(&u, use, FACTS_CALL_DIRECT, get, 21);
  unit_argument(&u, FACTS_ARGUMENT_ADDRESS, fd);
  solve(&p, &u, 1);
  uint32_t local = 0;
  for (uint32_t i = 1; i < p.nodes.count; i++)
    if (p.nodes.items[i].kind == FACTS_NODE_LOCAL) local = i;
  assert_int_equal(program_points_of(&p, local)->count, 1);
  assert_int_equal(program_atom_kind_of(program_points_of(&p, local)->items[0].atom),
                   PROGRAM_ATOM_DESCRIPTOR);
  program_fini(&p);
}

static void a_wrong_prototype_is_no_target_unless_it_was_cast(void **state) {
  (void)state;
  facts_unit u;
  program p;
  unit_begin(&u, "a.c");
  uint32_t f = unit_defined(&u, "f", 1), g = unit_defined(&u, "g", 1), caller = unit_defined(&u, "caller", 0);
  facts_node cb = unit_field(&u, "struct s@a.h", "cb");
  unit_flow(&u, FACTS_FLOW_FUNCTION, cb, f, caller, 1);
  unit_flow(&u, FACTS_FLOW_FUNCTION, cb, g, caller, 2);
  u.flows.items[1].flags = FACTS_FLOW_CAST;
  unit_call(&u, caller, FACTS_CALL_INDIRECT, cb, 31);
  solve(&p, &u, 1);
  expect_graph(&p, "a.c:caller\ta.c:g\tindirect\tcertain\n");
}

static void an_empty_set_falls_back_to_the_type(void **state) {
  (void)state;
  facts_unit u;
  program p;
  unit_begin(&u, "a.c");
  uint32_t f = unit_defined(&u, "f", 0), caller = unit_defined(&u, "caller", 0);
  unit_flow(&u, FACTS_FLOW_FUNCTION, unit_node(&u, FACTS_NODE_GLOBAL, unit_str(&u, "table"), 0), f,
            UINT32_MAX, 1);
  unit_call(&u, caller, FACTS_CALL_INDIRECT, 0, 21);
  solve(&p, &u, 1);
  assert_int_equal(p.unresolved, 0);
  expect_graph(&p, "a.c:caller\ta.c:f\tindirect\tpossible\n");
}

static void an_unknown_call_is_counted(void **state) {
  (void)state;
  facts_unit u;
  program p;
  unit_begin(&u, "a.c");
  uint32_t caller = unit_defined(&u, "caller", 0);
  unit_call(&u, caller, FACTS_CALL_INDIRECT, 0, 21);
  solve(&p, &u, 1);
  assert_int_equal(p.unresolved, 1);
  expect_graph(&p, "");
}

static void programs_with_a_main_each_do_not_mix(void **state) {
  (void)state;
  facts_unit u[3];
  program p;
  unit_begin(&u[0], "lib.c");
  uint32_t fire = unit_defined(&u[0], "fire", 0);
  unit_call(&u[0], fire, FACTS_CALL_INDIRECT, unit_field(&u[0], "struct s@s.h", "cb"), 15);
  for (int i = 1; i < 3; i++) {
    unit_begin(&u[i], i == 1 ? "one.c" : "two.c");
    uint32_t cb = unit_defined(&u[i], i == 1 ? "cb_one" : "cb_two", 0),
             start = unit_defined(&u[i], "main", 0);
    unit_flow(&u[i], FACTS_FLOW_FUNCTION, unit_field(&u[i], "struct s@s.h", "cb"), cb, start, 22);
    uint32_t declared = unit_function(&u[i], "fire", "void (void)", 0, 0);
    unit_call(&u[i], start, FACTS_CALL_DIRECT, declared, 25);
  }
  solve(&p, u, 3);
  assert_int_equal(p.executables.count, 2);
  program_set one = PROGRAM_NOWHERE, two = PROGRAM_NOWHERE;
  for (uint32_t i = 0; i < p.functions.count; i++) {
    const char *name = program_text(&p, p.functions.items[i].name);
    if (!strcmp(name, "cb_one")) one = p.functions.items[i].programs;
    if (!strcmp(name, "cb_two")) two = p.functions.items[i].programs;
  }
  assert_int_not_equal(one, PROGRAM_NOWHERE);
  assert_int_equal(program_set_meet(&p, one, two), PROGRAM_NOWHERE);
  program_fini(&p);
}

/* Facts are files, and files can be damaged: those that refer outside their tables are refused before
 * anything follows them. */
static void facts_that_refer_outside_their_tables_are_refused(void **state) {
  (void)state;
  for (int bad = 0; bad < 2; bad++) {
    facts_unit u;
    bs_strbuf bytes = BS_STRBUF_INIT;
    bs_error error = BS_ERROR_INIT;
    unit_begin(&u, "a.c");
    uint32_t f = unit_defined(&u, "f", 0);
    unit_call(&u, f, FACTS_CALL_DIRECT, f, 11)->caller = bad ? UINT32_MAX / 2 : f;
    facts_encode(&u, &bytes);
    facts_unit_fini(&u);
    const program_input input = {bytes.text, bytes.length, "a.bsf", NULL};
    program p;
    program_init(&p);
    assert_int_equal(program_link(&p, &input, 1, &error), !bad);
    if (bad) assert_non_null(strstr(error.text.text, "a.bsf"));
    program_fini(&p);
    bs_strbuf_fini(&bytes);
    bs_error_fini(&error);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_field_with_one_store_is_certain),
      cmocka_unit_test(several_stores_are_likely_and_records_stay_apart),
      cmocka_unit_test(a_setter_in_another_unit_carries_its_argument),
      cmocka_unit_test(statics_of_the_same_name_stay_apart),
      cmocka_unit_test(a_header_function_is_one_function),
      cmocka_unit_test(out_parameters_flow_through_the_address),
      cmocka_unit_test(a_wrong_prototype_is_no_target_unless_it_was_cast),
      cmocka_unit_test(an_empty_set_falls_back_to_the_type),
      cmocka_unit_test(an_unknown_call_is_counted),
      cmocka_unit_test(programs_with_a_main_each_do_not_mix),
      cmocka_unit_test(facts_that_refer_outside_their_tables_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
