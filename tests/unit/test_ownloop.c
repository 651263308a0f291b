/* Loops without a pack: which shapes are one, which are not, and what they call. */
#include "check_builder.h"

static const entry_point *find_entry(const checked *x, const char *name) {
  for (uint32_t i = 0; i < x->c->entries.count; i++) {
    const entry_point *e = &x->c->entries.items[i];
    if (!strcmp(program_text(&x->p, x->p.functions.items[e->function].name), name)) return e;
  }
  return NULL;
}

static void in_cycle(facts_unit *u, uint32_t cycle) { u->calls.items[u->calls.count - 1].cycle = cycle; }

/* A store of `callback` into struct handler's field. */
static facts_node handler(facts_unit *u, const char *name, uint32_t callback, uint32_t in, uint32_t line) {
  facts_node field = unit_field(u, "struct handler@a.h", name);
  unit_flow(u, FACTS_FLOW_FUNCTION, field, callback, in, line);
  return field;
}

static void a_wait_and_a_dispatch_in_a_cycle_are_a_loop(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0);
  facts_node field = handler(&u, "read_cb", entry, start, 11);
  uint32_t cycle = unit_cycle(&u, start, 12);
  unit_call_name(&u, start, "wait_events", 13);
  in_cycle(&u, cycle);
  unit_call(&u, start, FACTS_CALL_INDIRECT, field, 14);
  in_cycle(&u, cycle);
  unit_halt(&u, entry, 1, 21);
  check_unit(&x, &u);
  const entry_point *e = find_entry(&x, "entry");
  assert_non_null(e);
  assert_string_equal(e->loop, "own");
  assert_int_equal(e->role, RULE_ROLE_IO);
  assert_int_equal(e->registered.line, 11);
  assert_string_equal(e->via, "field read_cb of struct handler");
  assert_non_null(find_entry(&x, "main")); /* the body of the loop */
  assert_int_equal(x.report.findings.count, 1);
  assert_string_equal(x.report.findings.items[0].rule, "t.halt"); /* not the loop's own wait */
  check_end(&x);
}

/* main: for (;;) turn_once();   turn_once: poll_backend(); h->cb();   poll_backend: wait_events(); */
static void the_parts_may_stand_in_several_functions(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), once = unit_defined(&u, "turn_once", 0),
           backend = unit_defined(&u, "poll_backend", 0), entry = unit_defined(&u, "entry", 0);
  facts_node field = handler(&u, "cb", entry, start, 11);
  uint32_t cycle = unit_cycle(&u, start, 12);
  unit_call_name(&u, start, "turn_once", 13);
  in_cycle(&u, cycle);
  unit_call_name(&u, once, "poll_backend", 21);
  unit_call(&u, once, FACTS_CALL_INDIRECT, field, 22);
  unit_call_name(&u, backend, "wait_events", 31);
  check_unit(&x, &u);
  assert_non_null(find_entry(&x, "entry"));
  assert_int_equal(x.report.findings.count, 0);
  assert_int_equal(x.report.loops.count, 1);
  assert_string_equal(x.report.loops.items[0], "own loop in main (a.c:12), waits in wait_events at a.c:31");
  check_end(&x);
}

static void a_wait_that_is_not_repeated_is_no_loop(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0);
  facts_node field = handler(&u, "cb", entry, start, 11);
  unit_call_name(&u, start, "wait_events", 13);
  unit_call(&u, start, FACTS_CALL_INDIRECT, field, 14);
  check_unit(&x, &u);
  assert_int_equal(x.c->entries.count, 0);
  check_end(&x);
}

static void a_cycle_that_only_waits_is_no_loop(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), cycle = unit_cycle(&u, start, 12);
  unit_call_name(&u, start, "wait_events", 13);
  in_cycle(&u, cycle);
  unit_call_name(&u, start, "count_retries", 14);
  in_cycle(&u, cycle);
  check_unit(&x, &u);
  assert_int_equal(x.c->entries.count, 0);
  check_end(&x);
}

/* A callback that waits and dispatches in a cycle of its own blocks the loop that calls it. */
static void a_loop_below_a_callback_is_a_blocking_call(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0),
           inner = unit_defined(&u, "inner", 0), entry_cycle = unit_cycle(&u, entry, 21);
  facts_node field = handler(&u, "cb", inner, start, 12);
  unit_register(&u, start, "on", entry, 11);
  unit_call_name(&u, start, "entry", 13);
  unit_call_name(&u, entry, "wait_events", 22);
  in_cycle(&u, entry_cycle);
  unit_call(&u, entry, FACTS_CALL_INDIRECT, field, 23);
  in_cycle(&u, entry_cycle);
  check_unit(&x, &u);
  assert_null(find_entry(&x, "inner"));
  assert_int_equal(x.report.findings.count, 1);
  assert_string_equal(x.report.findings.items[0].rule, "t.wait");
  check_end(&x);
}

/* What nobody calls is no part of the program; in a library, without main, everything may be called. */
static void only_loops_that_are_reached_count(void **state) {
  (void)state;
  for (int library = 0; library < 2; library++) {
    facts_unit u;
    checked x;
    unit_begin(&u, "a.c");
    uint32_t start = unit_defined(&u, library ? "init" : "main", 0), orphan = unit_defined(&u, "orphan", 0),
             entry = unit_defined(&u, "entry", 0), cycle = unit_cycle(&u, orphan, 21);
    facts_node field = handler(&u, "cb", entry, start, 11);
    unit_call_name(&u, orphan, "wait_events", 22);
    in_cycle(&u, cycle);
    unit_call(&u, orphan, FACTS_CALL_INDIRECT, field, 23);
    in_cycle(&u, cycle);
    check_unit(&x, &u);
    assert_int_equal(find_entry(&x, "entry") != NULL, library);
    check_end(&x);
  }
}

static void a_thread_has_a_loop_of_its_own(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), thread = unit_defined(&u, "thread", 0),
           entry = unit_defined(&u, "entry", 0), cycle = unit_cycle(&u, thread, 21);
  facts_node field = handler(&u, "cb", entry, start, 11);
  unit_register(&u, start, "offload", thread, 12);
  unit_call_name(&u, thread, "wait_events", 22);
  in_cycle(&u, cycle);
  unit_call(&u, thread, FACTS_CALL_INDIRECT, field, 23);
  in_cycle(&u, cycle);
  check_unit(&x, &u);
  assert_non_null(find_entry(&x, "entry"));
  check_end(&x);
}

/* while (!stop) turn(); before_turn(): the library's loop, and what stands around its turns. */
static void a_library_turned_in_a_cycle_keeps_its_name(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), before = unit_defined(&u, "before_turn", 0),
           cycle = unit_cycle(&u, start, 12);
  unit_call_name(&u, start, "before_turn", 13);
  in_cycle(&u, cycle);
  unit_call_name(&u, start, "turn", 14);
  in_cycle(&u, cycle);
  unit_halt(&u, before, 1, 21);
  check_unit(&x, &u);
  const entry_point *body = find_entry(&x, "main");
  assert_non_null(body);
  assert_string_equal(body->loop, "lib");
  assert_int_equal(x.report.findings.count, 1);
  check_end(&x);
}

/* What stands behind the loop in the function that holds it runs after the loop. */
static void only_the_body_of_the_cycle_is_an_entry(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0),
           cycle = unit_cycle(&u, start, 12);
  facts_node field = handler(&u, "cb", entry, start, 11);
  unit_call_name(&u, start, "wait_events", 13);
  in_cycle(&u, cycle);
  unit_call(&u, start, FACTS_CALL_INDIRECT, field, 14);
  in_cycle(&u, cycle);
  unit_halt(&u, start, 1, 15);
  in_cycle(&u, cycle);
  unit_halt(&u, start, 1, 19);
  check_unit(&x, &u);
  assert_int_equal(x.report.findings.count, 1);
  assert_int_equal(x.report.findings.items[0].sink.line, 15);
  check_end(&x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_wait_and_a_dispatch_in_a_cycle_are_a_loop),
      cmocka_unit_test(the_parts_may_stand_in_several_functions),
      cmocka_unit_test(a_wait_that_is_not_repeated_is_no_loop),
      cmocka_unit_test(a_cycle_that_only_waits_is_no_loop),
      cmocka_unit_test(a_loop_below_a_callback_is_a_blocking_call),
      cmocka_unit_test(only_loops_that_are_reached_count),
      cmocka_unit_test(a_thread_has_a_loop_of_its_own),
      cmocka_unit_test(a_library_turned_in_a_cycle_keeps_its_name),
      cmocka_unit_test(only_the_body_of_the_cycle_is_an_entry),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
