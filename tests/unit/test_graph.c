/* Linking and value flow, on small programs whose facts are written by hand. */
#include "graph/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/* ---- a unit by hand ---- */

static facts_str str(facts_unit *u, const char *text) { return bs_intern_adds(&u->strings, text); }

static void begin(facts_unit *u, const char *file) {
  facts_unit_init(u);
  u->file = str(u, file);
  u->language = str(u, "c");
}

static uint32_t function(facts_unit *u, const char *name, const char *type, uint32_t nparams,
                         uint32_t flags) {
  facts_function *f = bs_vec_push(&u->functions);
  f->name = f->symbol = str(u, name);
  f->type = str(u, type);
  f->nparams = nparams;
  f->flags = flags;
  f->place = (facts_place){u->file, u->functions.count * 10, 1};
  f->end_line = f->place.line + 9;
  return u->functions.count - 1;
}

static uint32_t defined(facts_unit *u, const char *name, uint32_t nparams) {
  return function(u, name, nparams ? "void (int)" : "void (void)", nparams, FACTS_FUNCTION_DEFINED);
}

static facts_node node(facts_unit *u, enum facts_node_kind kind, uint32_t a, uint32_t b) {
  for (uint32_t i = 1; i < u->nodes.count; i++)
    if (u->nodes.items[i].kind == (uint32_t)kind && u->nodes.items[i].a == a && u->nodes.items[i].b == b)
      return i;
  *bs_vec_push(&u->nodes) = (facts_node_row){.kind = kind, .a = a, .b = b};
  return u->nodes.count - 1;
}

static facts_node field(facts_unit *u, const char *record, const char *name) {
  return node(u, FACTS_NODE_FIELD, str(u, record), str(u, name));
}

static void flow(facts_unit *u, enum facts_flow_kind kind, uint32_t dst, uint32_t src, uint32_t in,
                 uint32_t line) {
  facts_flow *f = bs_vec_push(&u->flows);
  f->kind = (uint8_t)kind;
  f->dst = dst;
  f->src = src;
  f->function = in;
  f->place = (facts_place){u->file, line, 1};
}

static facts_call *call(facts_unit *u, uint32_t caller, enum facts_call_kind kind, uint32_t callee,
                        uint32_t line) {
  facts_call *c = bs_vec_push(&u->calls);
  c->caller = caller;
  c->kind = (uint8_t)kind;
  c->callee = callee;
  c->type = str(u, kind == FACTS_CALL_INDIRECT ? "void (void)" : "");
  c->place = (facts_place){u->file, line, 1};
  c->first_argument = u->arguments.count;
  return c;
}

static void argument(facts_unit *u, enum facts_argument_kind kind, uint32_t ref) {
  facts_argument *a = bs_vec_push(&u->arguments);
  a->kind = (uint8_t)kind;
  a->ref = ref;
  u->calls.items[u->calls.count - 1].narguments++;
}

/* ---- a program from units ---- */

static int no_descriptor(const void *context, const char *name, int *out) {
  (void)context;
  *out = -1;
  return strcmp(name, "make_fd") == 0;
}

static bool is_fork(const void *context, const char *name) {
  (void)context;
  return strcmp(name, "fork") == 0;
}

static void solve(program *p, facts_unit *units, uint32_t count) {
  bs_strbuf bytes[4] = {BS_STRBUF_INIT, BS_STRBUF_INIT, BS_STRBUF_INIT, BS_STRBUF_INIT};
  program_input inputs[4];
  for (uint32_t i = 0; i < count; i++) {
    facts_encode(&units[i], &bytes[i]);
    inputs[i] = (program_input){bytes[i].text, bytes[i].length, "unit"};
    facts_unit_fini(&units[i]);
  }
  bs_error error = BS_ERROR_INIT;
  program_init(p);
  if (!program_link(p, inputs, count, &error)) fail_msg("%s", error.text.text);
  for (uint32_t i = 0; i < count; i++) bs_strbuf_fini(&bytes[i]);
  const program_oracle oracle = {NULL, no_descriptor, is_fork};
  const program_limits limits = {16, 4};
  program_solve(p, &oracle, &limits);
  program_build_edges(p, &limits);
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
  begin(&u, "a.c");
  uint32_t f = defined(&u, "f", 0), caller = defined(&u, "caller", 0), setup = defined(&u, "setup", 0);
  facts_node cb = field(&u, "struct s@a.h", "cb");
  flow(&u, FACTS_FLOW_FUNCTION, cb, f, setup, 33);
  call(&u, caller, FACTS_CALL_INDIRECT, cb, 21);
  solve(&p, &u, 1);
  assert_int_equal(p.edges.items[0].because.line, 33);
  assert_int_equal(p.edges.items[0].how, PROGRAM_FIELD);
  expect_graph(&p, "a.c:caller\ta.c:f\tindirect\tcertain\n");
}

static void several_stores_are_likely_and_records_stay_apart(void **state) {
  (void)state;
  facts_unit u;
  program p;
  begin(&u, "a.c");
  uint32_t f = defined(&u, "f", 0), g = defined(&u, "g", 0), h = defined(&u, "h", 0),
           caller = defined(&u, "caller", 0);
  flow(&u, FACTS_FLOW_FUNCTION, field(&u, "struct s@a.h", "cb"), f, caller, 1);
  flow(&u, FACTS_FLOW_FUNCTION, field(&u, "struct s@a.h", "cb"), g, caller, 2);
  flow(&u, FACTS_FLOW_FUNCTION, field(&u, "struct s@b.h", "cb"), h, caller, 3);
  call(&u, caller, FACTS_CALL_INDIRECT, field(&u, "struct s@a.h", "cb"), 41);
  solve(&p, &u, 1);
  expect_graph(&p, "a.c:caller\ta.c:f\tindirect\tlikely\na.c:caller\ta.c:g\tindirect\tlikely\n");
}

static void a_setter_in_another_unit_carries_its_argument(void **state) {
  (void)state;
  facts_unit u[2];
  program p;
  begin(&u[0], "set.c");
  uint32_t set = function(&u[0], "set", "void (void (*)(void))", 1, FACTS_FUNCTION_DEFINED);
  facts_node cb = field(&u[0], "struct s@s.h", "cb");
  flow(&u[0], FACTS_FLOW_COPY, cb, node(&u[0], FACTS_NODE_PARAM, set, 0), set, 11);
  uint32_t fire = defined(&u[0], "fire", 0);
  call(&u[0], fire, FACTS_CALL_INDIRECT, cb, 21);
  begin(&u[1], "use.c");
  uint32_t f = defined(&u[1], "f", 0), use = defined(&u[1], "use", 0);
  uint32_t declared = function(&u[1], "set", "void (void (*)(void))", 1, 0);
  call(&u[1], use, FACTS_CALL_DIRECT, declared, 25);
  argument(&u[1], FACTS_ARGUMENT_FUNCTION, f);
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
    begin(&u[i], i ? "two/x.c" : "one/x.c");
    uint32_t helper =
        function(&u[i], "helper", "void (void)", 0, FACTS_FUNCTION_DEFINED | FACTS_FUNCTION_INTERNAL);
    uint32_t run = defined(&u[i], i ? "run_two" : "run_one", 0);
    call(&u[i], run, FACTS_CALL_DIRECT, helper, 12);
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
    begin(&u[i], i ? "b.c" : "a.c");
    uint32_t inlined = function(&u[i], "inlined", "void (void)", 0,
                                FACTS_FUNCTION_DEFINED | FACTS_FUNCTION_INTERNAL | FACTS_FUNCTION_INLINE);
    u[i].functions.items[inlined].place = (facts_place){str(&u[i], "x.h"), 5, 1};
    uint32_t api = function(&u[i], "api", "void (void)", 0, 0);
    call(&u[i], inlined, FACTS_CALL_DIRECT, api, 6);
  }
  solve(&p, u, 2);
  assert_int_equal(p.calls.count, 1);
  expect_graph(&p, "x.h:inlined\t-:api\tdirect\tcertain\n");
}

static void out_parameters_flow_through_the_address(void **state) {
  (void)state;
  facts_unit u;
  program p;
  begin(&u, "a.c");
  uint32_t get = function(&u, "get", "void (int *)", 1, FACTS_FUNCTION_DEFINED), use = defined(&u, "use", 0);
  uint32_t make = function(&u, "make_fd", "int (void)", 0, 0);
  call(&u, get, FACTS_CALL_DIRECT, make, 11);
  facts_node result = node(&u, FACTS_NODE_RESULT, 0, 0);
  u.calls.items[0].result = result;
  flow(&u, FACTS_FLOW_STORE, node(&u, FACTS_NODE_PARAM, get, 0), result, get, 11);
  facts_node fd = node(&u, FACTS_NODE_LOCAL, use, str(&u, "fd"));
  call(&u, use, FACTS_CALL_DIRECT, get, 21);
  argument(&u, FACTS_ARGUMENT_ADDRESS, fd);
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
  begin(&u, "a.c");
  uint32_t f = defined(&u, "f", 1), g = defined(&u, "g", 1), caller = defined(&u, "caller", 0);
  facts_node cb = field(&u, "struct s@a.h", "cb");
  flow(&u, FACTS_FLOW_FUNCTION, cb, f, caller, 1);
  flow(&u, FACTS_FLOW_FUNCTION, cb, g, caller, 2);
  u.flows.items[1].flags = FACTS_FLOW_CAST;
  call(&u, caller, FACTS_CALL_INDIRECT, cb, 31);
  solve(&p, &u, 1);
  expect_graph(&p, "a.c:caller\ta.c:g\tindirect\tcertain\n");
}

static void an_empty_set_falls_back_to_the_type(void **state) {
  (void)state;
  facts_unit u;
  program p;
  begin(&u, "a.c");
  uint32_t f = defined(&u, "f", 0), caller = defined(&u, "caller", 0);
  flow(&u, FACTS_FLOW_FUNCTION, node(&u, FACTS_NODE_GLOBAL, str(&u, "table"), 0), f, UINT32_MAX, 1);
  call(&u, caller, FACTS_CALL_INDIRECT, 0, 21);
  solve(&p, &u, 1);
  assert_int_equal(p.unresolved, 0);
  expect_graph(&p, "a.c:caller\ta.c:f\tindirect\tpossible\n");
}

static void an_unknown_call_is_counted(void **state) {
  (void)state;
  facts_unit u;
  program p;
  begin(&u, "a.c");
  uint32_t caller = defined(&u, "caller", 0);
  call(&u, caller, FACTS_CALL_INDIRECT, 0, 21);
  solve(&p, &u, 1);
  assert_int_equal(p.unresolved, 1);
  expect_graph(&p, "");
}

static void programs_with_a_main_each_do_not_mix(void **state) {
  (void)state;
  facts_unit u[3];
  program p;
  begin(&u[0], "lib.c");
  uint32_t fire = defined(&u[0], "fire", 0);
  call(&u[0], fire, FACTS_CALL_INDIRECT, field(&u[0], "struct s@s.h", "cb"), 15);
  for (int i = 1; i < 3; i++) {
    begin(&u[i], i == 1 ? "one.c" : "two.c");
    uint32_t cb = defined(&u[i], i == 1 ? "cb_one" : "cb_two", 0), start = defined(&u[i], "main", 0);
    flow(&u[i], FACTS_FLOW_FUNCTION, field(&u[i], "struct s@s.h", "cb"), cb, start, 22);
    uint32_t declared = function(&u[i], "fire", "void (void)", 0, 0);
    call(&u[i], start, FACTS_CALL_DIRECT, declared, 25);
  }
  solve(&p, u, 3);
  assert_int_equal(p.mains.count, 2);
  uint64_t one = 0, two = 0;
  for (uint32_t i = 0; i < p.functions.count; i++) {
    const char *name = program_text(&p, p.functions.items[i].name);
    if (!strcmp(name, "cb_one")) one = p.functions.items[i].programs;
    if (!strcmp(name, "cb_two")) two = p.functions.items[i].programs;
  }
  assert_int_equal(one & two, 0);
  program_fini(&p);
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
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
