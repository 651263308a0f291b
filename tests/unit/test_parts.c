/* What was measured of a stall overlaps; its parts add up to it. */
#include "reports/model/parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS UINT64_C(1000000)

/* The parts in words, "poll 150 cpu 470"; the kind behind them. */
static char *words(const stall_times *times, const report_call_time *calls, uint32_t count) {
  static char text[256];
  report_parts parts = {0};
  uint64_t sum = 0;
  size_t n = 0;
  stall_parts(times, calls, count, &parts);
  for (uint32_t i = 0; i < parts.count; i++) {
    const report_part *p = &parts.items[i];
    assert_true(!i || p->ns <= parts.items[i - 1].ns);
    sum += p->ns;
    n += (size_t)snprintf(text + n, sizeof text - n, "%s %llu ", p->api ? p->api : report_part_names[p->kind],
                          (unsigned long long)(p->ns / MS));
  }
  snprintf(text + n, sizeof text - n, "%s", stall_kind_of(times, &parts));
  assert_int_equal(sum, times->duration_ns);
  bs_vec_fini(&parts);
  return text;
}

static void the_largest_comes_first(void **state) {
  (void)state;
  const report_call_time poll = {"poll", 1, 150 * MS};
  assert_string_equal(words(&(stall_times){620 * MS, 470 * MS, 0, 0}, &poll, 1), "cpu 470 poll 150 on-cpu");
  const report_call_time longer = {"poll", 1, 310 * MS};
  assert_string_equal(words(&(stall_times){600 * MS, 290 * MS, 0, 0}, &longer, 1),
                      "poll 310 cpu 290 off-cpu");
}

static void calls_of_one_api_are_one_part(void **state) {
  (void)state;
  const report_call_time calls[] = {{"fsync", 1, 40 * MS}, {"usleep", 3, 180 * MS}};
  assert_string_equal(words(&(stall_times){220 * MS, 0, 0, 0}, calls, 2), "usleep 180 fsync 40 off-cpu");
}

/* A thread that wakes up and has no CPU is in the call all that time. */
static void a_wait_for_a_cpu_is_not_the_calls(void **state) {
  (void)state;
  const report_call_time nap = {"usleep", 1, 140 * MS};
  assert_string_equal(words(&(stall_times){141 * MS, 0, 60 * MS, 0}, &nap, 1),
                      "usleep 81 waiting-for-cpu 60 off-cpu");
}

/* What copies is on the CPU within the call. */
static void a_call_that_computes_is_the_call(void **state) {
  (void)state;
  const report_call_time copy = {"pwrite", 64, 60 * MS};
  assert_string_equal(words(&(stall_times){65 * MS, 60 * MS, 0, 0}, &copy, 1), "pwrite 60 cpu 5 on-cpu");
}

static void who_is_stopped_is_not_in_the_call(void **state) {
  (void)state;
  const report_call_time poll = {"poll", 1, 300 * MS};
  assert_string_equal(words(&(stall_times){300 * MS, 0, 0, 250 * MS}, &poll, 1),
                      "stopped 250 poll 50 stopped");
}

static void what_nothing_explains_is_left(void **state) {
  (void)state;
  assert_string_equal(words(&(stall_times){100 * MS, 10 * MS, 0, 0}, NULL, 0), "other 90 cpu 10 off-cpu");
}

static void less_than_half_is_mixed(void **state) {
  (void)state;
  const report_call_time calls[] = {{"fsync", 1, 30 * MS}, {"usleep", 1, 30 * MS}};
  assert_string_equal(words(&(stall_times){100 * MS, 40 * MS, 0, 0}, calls, 2),
                      "cpu 40 fsync 30 usleep 30 mixed");
}

/* More than there can be is cut. */
static void measures_that_contradict_add_up(void **state) {
  (void)state;
  const report_call_time call = {"read", 1, 900 * MS};
  assert_string_equal(words(&(stall_times){100 * MS, 300 * MS, 300 * MS, 300 * MS}, &call, 1),
                      "stopped 100 stopped");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_largest_comes_first),           cmocka_unit_test(calls_of_one_api_are_one_part),
      cmocka_unit_test(a_wait_for_a_cpu_is_not_the_calls), cmocka_unit_test(a_call_that_computes_is_the_call),
      cmocka_unit_test(who_is_stopped_is_not_in_the_call), cmocka_unit_test(what_nothing_explains_is_left),
      cmocka_unit_test(less_than_half_is_mixed),           cmocka_unit_test(measures_that_contradict_add_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
