/* What the two loops without a library share: timers that are due together, and dispatch through a pointer. The program that includes
 * this has a wait of its own kind, and run_inner(), a loop for a callback. */
#ifndef ACCURACY_OWN_H
#define ACCURACY_OWN_H

#include "plan.h"

#include <stddef.h>

static const step *armed;
static uint64_t due;

static void arm(void) {
  armed = plan_next();
  if (!armed) return;
  if (armed->by_pipe) plan_poke();
  due = plan_clock() + armed->delay_ms * UINT64_C(1000000);
}

#define CALLBACK(name, index) \
  static void name(void) { \
    if (plan_run(index)) arm(); \
  }
#define X(ms) CALLBACK(callback_##ms, CALLBACK_##ms)
DURATIONS(X)
#undef X
CALLBACK(callback_ordinary, CALLBACK_ORDINARY)
CALLBACK(callback_twenty, CALLBACK_TWENTY)
CALLBACK(callback_ten, CALLBACK_TEN)
CALLBACK(callback_mixed, CALLBACK_MIXED)

static void run_inner(void);
static void callback_nested(void) {
  if (plan_run(CALLBACK_NESTED)) arm();
  run_inner();
}

static void callback_pipe(void) {
  plan_take();
  if (plan_run(CALLBACK_ORDINARY)) arm();
}

static void (*const callbacks[CALLBACKS])(void) = {
#define X(ms) callback_##ms,
    DURATIONS(X)
#undef X
        callback_ordinary,
    callback_twenty,
    callback_ten,
    callback_mixed,
    callback_nested,
};

/* Milliseconds to wait, -1 without end. */
static int own_timeout(void) {
  if (armed->by_pipe) return -1;
  uint64_t now = plan_clock();
  return due > now ? (int)((due - now + 999999) / 1000000) : 0;
}

static void own_dispatch(int readable) {
  if (readable) {
    callback_pipe();
    return;
  }
  if (armed->by_pipe || plan_clock() < due) return;
  void (*callback)(void) = callbacks[armed->callback];
  for (unsigned i = armed->times; i > 0; i--) callback();
}

#endif
