/* Allowed time counts neither for the iteration nor for the scopes around it; the rest does. */
#include "api.h"

static void held_allowed(void) { BS_ALLOW held(); }

static void held_twice(void) {
  held_allowed();
  held();
}

static void nested(void) {
  bs_allow_begin();
  bs_allow_begin();
  bs_allow_end();
  held();
  bs_allow_end();
  bs_allow_end(); /* one too many */
}

int main(void) {
  bs_counts counts;
  start(BS_CALLBACK);
  run_loop(LOOPS, 3, held_allowed);
  run_loop(LOOPS, 3, nested);
  BS_ALLOW run_loop(LOOPS, 3, held);
  BS_NO_STALLS("around", THRESHOLD, BS_DEFAULT) held_allowed();
  bs_runtime_counts(&counts);
  CHECK(told.calls == 0 && counts.iterations == 0 && counts.scopes == 0);
  run_loop(LOOPS, 3, held_twice);
  bs_runtime_counts(&counts);
  CHECK(told.calls == 1 && counts.iterations == 1);
  CHECK(told.duration_ns >= HELD_MS * BS_MILLISECOND && counts.longest_ns < 2 * HELD_MS * BS_MILLISECOND);
  run_loop(LOOPS, 3, held);
  BS_NO_STALLS("around", THRESHOLD, BS_DEFAULT) held();
  CHECK(told.calls == 3);
  return stop();
}
