/* A callback may leave by longjmp, as a test does that fails; what was open in functions that are left this way is forgotten. */
#include "api.h"

#include <setjmp.h>

static jmp_buf out;
static void leave(const bs_stall *stall, void *data) {
  remember(stall, data);
  longjmp(out, 1);
}

__attribute__((noinline)) static void failing(void) {
  BS_NO_STALLS_CALL("outer", THRESHOLD, leave, NULL) {
    BS_NO_STALLS_CALL("inner", THRESHOLD, leave, NULL) held();
    abort();
  }
}

__attribute__((noinline)) static void failing_in_loop(void) {
  BS_NO_STALLS("never closed", THRESHOLD, BS_DEFAULT) longjmp(out, 1);
}

int main(void) {
  const bs_runtime_options options = {.threshold_ns = THRESHOLD, .action = BS_CALLBACK, .callback = leave};
  CHECK(bs_runtime_start(&options) == 0);
  if (!setjmp(out)) failing();
  CHECK(told.calls == 1 && !strcmp(told.scope, "inner"));
  if (!setjmp(out)) run_loop(LOOPS, 3, failing_in_loop);
  if (!setjmp(out)) run_loop(LOOPS, 3, held);
  CHECK(told.calls == 2 && !*told.scope && told.count == 1);
  /* All is as it was. */
  BS_NO_STALLS("quick", THRESHOLD, BS_DEFAULT) quick();
  run_loop(LOOPS, 3, quick);
  CHECK(told.calls == 2);
  if (!setjmp(out)) {
    BS_NO_STALLS("held", THRESHOLD, BS_DEFAULT) held();
    CHECK(0);
  }
  CHECK(told.calls == 3 && !strcmp(told.scope, "held") && tells("> held"));
  return stop();
}
