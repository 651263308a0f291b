/* The process' action is taken for each iteration that was too long, on the loop's thread before its next wait; once, when a scope tells
 * of the same stall. */
#include "api.h"

#include <pthread.h>

static pthread_t teller;
static void remember_thread(const bs_stall *stall, void *data) {
  teller = pthread_self();
  remember(stall, data);
}

static unsigned calls_after;
static void look(void) { calls_after = told.calls; }

static void in_scope(void) { BS_NO_STALLS_CALL("in a callback", THRESHOLD, remember, NULL) held(); }

int main(void) {
  const bs_runtime_options options = {
      .threshold_ns = THRESHOLD, .action = BS_CALLBACK, .callback = remember_thread};
  CHECK(bs_runtime_start(&options) == 0);
  run_loop(LOOPS, 3, quick);
  CHECK(told.calls == 0);
  run_loop(LOOPS, 3, held);
  CHECK(told.calls == 1 && !*told.scope && told.count == 1 && pthread_equal(teller, pthread_self()));
  CHECK(tells("Event loop stall") && tells("in nanosleep") && tells("> held"));
  run_loop(LOOPS, 4, look);
  CHECK(calls_after == 1);

  run_loop(LOOPS, 3, in_scope);
  CHECK(told.calls == 2 && !strcmp(told.scope, "in a callback"));
  BS_NO_STALLS_CALL("around the loop", THRESHOLD, remember, NULL) run_loop(LOOPS, 3, held);
  CHECK(told.calls == 3 && !strcmp(told.scope, "around the loop"));
  bs_counts counts;
  bs_runtime_counts(&counts);
  CHECK(counts.iterations == 3 && counts.scopes == 2);

  char text[4096];
  CHECK(bs_runtime_text(text, sizeof text) == strlen(text) && strstr(text, "Event loop stall"));
  CHECK(strstr(text, "around the loop") && strstr(text, "> held"));
  CHECK(bs_runtime_text(text, 10) == strlen(text) && strlen(text) == 9);
  return stop();
}
