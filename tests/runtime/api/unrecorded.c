/* Without a recorder no mark does anything; built a second time without the library. */
#include "api.h"

int main(void) {
  bs_scope scope;
  CHECK(!bs_recorded());
  bs_scope_begin(&scope, "held", THRESHOLD);
  BS_NO_STALLS("held", 1, BS_ABORT) run_loop(LOOPS, 3, quick);
  BS_EXPECT_STALL("quick", THRESHOLD, BS_ABORT) quick();
  BS_ALLOW quick();
  CHECK(bs_scope_end(&scope) == 0);
  return bad != 0;
}
