/* Where a stall is expected, its coming is silent and its absence is told. */
#include "api.h"

int main(void) {
  start(BS_CALLBACK);
  BS_EXPECT_STALL("comes", THRESHOLD, BS_DEFAULT) held();
  BS_EXPECT_STALL("comes in a loop", THRESHOLD, BS_DEFAULT) run_loop(LOOPS, 3, held);
  CHECK(told.calls == 0);
  BS_EXPECT_STALL("does not come", THRESHOLD, BS_DEFAULT) quick();
  CHECK(told.calls == 1 && told.count == 0 && !strcmp(told.scope, "does not come"));
  CHECK(tells("although one was expected") && told.duration_ns < THRESHOLD);
  BS_EXPECT_STALL_CALL("nor in a loop", THRESHOLD, remember, NULL) run_loop(LOOPS, 3, quick);
  CHECK(told.calls == 2 && told.count == 0);
  /* What is expected inside does not count outside. */
  BS_NO_STALLS("around", THRESHOLD, BS_DEFAULT) { BS_EXPECT_STALL("inside", THRESHOLD, BS_DEFAULT) held(); }
  CHECK(told.calls == 2);
  bs_counts counts;
  bs_runtime_counts(&counts);
  CHECK(counts.iterations == 0 && counts.scopes == 0 && counts.expected == 3 && counts.missed == 2);
  return stop();
}
