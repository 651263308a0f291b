/* Quantiles of durations in buckets: about right where there are many, exact where it is the longest. */
#include "reports/model/durations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_last_of_few_is_the_longest(void **state) {
  (void)state;
  durations d = {0};
  durations_add(&d, 150000000);
  durations_add(&d, 167000000);
  assert_int_equal(durations_quantile(&d, 0.99), 167000000);
  uint64_t median = durations_quantile(&d, 0.5);
  assert_true(median >= 141000000 && median <= 159000000);
  durations_fini(&d);
}

static void one_long_one_in_a_thousand_is_no_p99(void **state) {
  (void)state;
  durations d = {0};
  for (int i = 0; i < 999; i++) durations_add(&d, 1000);
  durations_add(&d, 1000000000);
  uint64_t p99 = durations_quantile(&d, 0.99);
  assert_true(p99 >= 940 && p99 <= 1060);
  assert_int_equal(durations_quantile(&d, 1), 1000000000);
  durations_fini(&d);
}

static void none_is_nought(void **state) {
  (void)state;
  durations d = {0};
  assert_int_equal(durations_quantile(&d, 0.99), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_last_of_few_is_the_longest),
      cmocka_unit_test(one_long_one_in_a_thousand_is_no_p99),
      cmocka_unit_test(none_is_nought),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
