/* Descriptors: what is known of the mode of one, by its creation and by every setter that it reaches. */
#include "check_builder.h"

enum { NONBLOCK = 4 }; /* the bit of make()'s flags */

/* f() { fd = make(flags); …; receive(fd); }  with setters in f or elsewhere; fd is a global variable */
typedef struct sample {
  facts_unit u;
  uint32_t f, elsewhere;
  facts_node fd;
} sample;

static void begin(sample *s, int64_t flags) {
  unit_begin(&s->u, "a.c");
  s->f = unit_defined(&s->u, "f", 0);
  s->elsewhere = unit_defined(&s->u, "elsewhere", 0);
  s->fd = unit_node(&s->u, FACTS_NODE_GLOBAL, unit_str(&s->u, "fd"), 0);
  unit_call_name(&s->u, s->f, "make", 11);
  unit_integer_argument(&s->u, flags);
  unit_result(&s->u, s->fd);
}

static void set_mode(sample *s, uint32_t in, const char *setter, int64_t on, uint32_t line) {
  unit_call_name(&s->u, in, setter, line);
  unit_argument(&s->u, FACTS_ARGUMENT_NODE, s->fd);
  unit_integer_argument(&s->u, on);
}

static enum truth test_mode(const checker *c, uint32_t call, int argument, enum rule_descriptor wanted,
                            bool made_blocking) {
  const rule_condition condition = {
      .test = RULE_TEST_DESCRIPTOR, .argument = argument, .value = (int64_t)wanted};
  return eval_condition(c, call, &condition, 0, made_blocking);
}

/* What receive(fd), the last call of f, is told of its descriptor. */
static void expect_mode(sample *s, enum truth nonblocking, enum truth blocking) {
  checked x;
  unit_call_name(&s->u, s->f, "receive", 40);
  unit_argument(&s->u, FACTS_ARGUMENT_NODE, s->fd);
  check_begin(&x, &s->u, 1, &(check_options){0});
  const program_function *f = &x.p.functions.items[0];
  uint32_t receive = f->first_call + f->ncalls - 1;
  assert_int_equal(test_mode(x.c, receive, 0, RULE_FD_SOCKET, false), TRUTH_YES);
  assert_int_equal(test_mode(x.c, receive, 0, RULE_FD_FILE, false), TRUTH_NO);
  assert_int_equal(test_mode(x.c, receive, 0, RULE_FD_NONBLOCKING, false), nonblocking);
  assert_int_equal(test_mode(x.c, receive, 0, RULE_FD_BLOCKING, false), blocking);
  check_end(&x);
}

static void without_a_flag_it_blocks(void **state) {
  (void)state;
  sample s;
  begin(&s, 0);
  expect_mode(&s, TRUTH_NO, TRUTH_YES);
}

static void its_creation_may_make_it_nonblocking(void **state) {
  (void)state;
  sample s;
  begin(&s, NONBLOCK | 1);
  expect_mode(&s, TRUTH_YES, TRUTH_NO);
}

static void a_setter_makes_it_nonblocking(void **state) {
  (void)state;
  sample s;
  begin(&s, 0);
  set_mode(&s, s.elsewhere, "set_mode", 1, 12);
  expect_mode(&s, TRUTH_YES, TRUTH_NO);
}

static void a_setter_may_make_it_blocking(void **state) {
  (void)state;
  sample s;
  begin(&s, 0);
  set_mode(&s, s.elsewhere, "set_mode", 0, 12);
  expect_mode(&s, TRUTH_NO, TRUTH_YES);
}

static void switched_both_ways_it_is_unknown(void **state) {
  (void)state;
  sample s;
  begin(&s, 0);
  set_mode(&s, s.elsewhere, "set_mode", 1, 12);
  set_mode(&s, s.elsewhere, "set_mode", 0, 13);
  expect_mode(&s, TRUTH_UNKNOWN, TRUTH_UNKNOWN);
}

static void the_last_setter_before_the_call_decides(void **state) {
  (void)state;
  for (int on = 0; on < 2; on++) {
    sample s;
    begin(&s, 0);
    set_mode(&s, s.f, "set_mode", !on, 12);
    set_mode(&s, s.f, "set_mode", on, 13);
    expect_mode(&s, on ? TRUTH_YES : TRUTH_NO, on ? TRUTH_NO : TRUTH_YES);
  }
}

/* mode(fd, on) { set_mode(fd, on); } */
static void a_wrapper_that_takes_the_mode_is_a_setter(void **state) {
  (void)state;
  for (int on = 0; on < 2; on++) {
    sample s;
    begin(&s, on ? 0 : NONBLOCK);
    uint32_t wrapper = unit_function(&s.u, "mode", "void (int, int)", 2, FACTS_FUNCTION_DEFINED);
    set_mode(&s, s.elsewhere, "mode", on, 12);
    unit_call_name(&s.u, wrapper, "set_mode", 21);
    for (uint32_t i = 0; i < 2; i++)
      unit_argument(&s.u, FACTS_ARGUMENT_NODE, unit_node(&s.u, FACTS_NODE_PARAM, wrapper, i));
    expect_mode(&s, on ? TRUTH_YES : TRUTH_UNKNOWN, on ? TRUTH_NO : TRUTH_UNKNOWN);
  }
}

/* Two sockets in one variable: what one says is not what both say. */
static void one_of_two_does_not_decide(void **state) {
  (void)state;
  sample s;
  begin(&s, 0);
  unit_call_name(&s.u, s.f, "make", 14);
  unit_integer_argument(&s.u, NONBLOCK);
  unit_result(&s.u, s.fd);
  expect_mode(&s, TRUTH_UNKNOWN, TRUTH_UNKNOWN);
}

static void what_no_known_call_made_is_unknown(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t f = unit_defined(&u, "f", 0);
  unit_call_name(&u, f, "receive", 11);
  unit_argument(&u, FACTS_ARGUMENT_NODE, unit_local(&u, f, "fd"));
  unit_integer_argument(&u, 3);
  check_begin(&x, &u, 1, &(check_options){0});
  for (int i = 0; i < 2; i++)
    assert_int_equal(test_mode(x.c, 0, i, RULE_FD_NONBLOCKING, false), TRUTH_UNKNOWN);
  check_end(&x);
}

/* f: set_mode(fd, 0); elsewhere();   elsewhere: receive(fd); */
static void a_way_that_made_it_blocking_is_known(void **state) {
  (void)state;
  sample s;
  checked x;
  begin(&s, NONBLOCK);
  set_mode(&s, s.f, "set_mode", 0, 12);
  unit_call_name(&s.u, s.f, "elsewhere", 13);
  unit_call_name(&s.u, s.elsewhere, "receive", 21);
  unit_argument(&s.u, FACTS_ARGUMENT_NODE, s.fd);
  check_begin(&x, &s.u, 1, &(check_options){0});
  assert_false(descriptors_made_blocking(x.c, 1)); /* the setter itself */
  assert_true(descriptors_made_blocking(x.c, 2));
  assert_int_equal(test_mode(x.c, 3, 0, RULE_FD_BLOCKING, false), TRUTH_UNKNOWN);
  assert_int_equal(test_mode(x.c, 3, 0, RULE_FD_BLOCKING, true), TRUTH_YES);
  check_end(&x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_a_flag_it_blocks),
      cmocka_unit_test(its_creation_may_make_it_nonblocking),
      cmocka_unit_test(a_setter_makes_it_nonblocking),
      cmocka_unit_test(a_setter_may_make_it_blocking),
      cmocka_unit_test(switched_both_ways_it_is_unknown),
      cmocka_unit_test(the_last_setter_before_the_call_decides),
      cmocka_unit_test(a_wrapper_that_takes_the_mode_is_a_setter),
      cmocka_unit_test(one_of_two_does_not_decide),
      cmocka_unit_test(what_no_known_call_made_is_unknown),
      cmocka_unit_test(a_way_that_made_it_blocking_is_known),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
