/* What the tests share: a recorder for the whole group, and a check that fails the test with the stack of what held the loop. */
#ifndef LOOP_TEST_H
#define LOOP_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <blockscan/runtime.h>

static int start_recorder(void **state) {
  (void)state;
  if (bs_runtime_start(NULL) == 0) return 0;
  print_error("%s\n", bs_runtime_error());
  return -1;
}

static int stop_recorder(void **state) {
  (void)state;
  return bs_runtime_stop();
}

static void fail_test(const bs_stall *stall, void *name_of_test) {
  print_error("%s: %s", (const char *)name_of_test, stall->text);
  fail();
}

/* BLOCK must not hold the loop for `ms` milliseconds or longer, however long the loop waits. */
#define assert_loop_is_free(name, ms) \
  BS_NO_STALLS_CALL(name, (ms) * BS_MILLISECOND, fail_test, (void *)__func__)

#endif
