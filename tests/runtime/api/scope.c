/* A scope stalls when its thread stays in it for the threshold without the loop's wait; how long the loop waits does not count. */
#include "api.h"

#include <poll.h>

__attribute__((noinline)) static void wait_long(void) {
  struct epoll_event event;
  int file = epoll_create1(EPOLL_CLOEXEC);
  epoll_wait(file, &event, 1, HELD_MS);
  close(file);
}

__attribute__((noinline)) static void poll_once(void) {
  struct pollfd none = {.fd = -1};
  poll(&none, 1, HELD_MS);
}

int main(void) {
  start(BS_COUNT);
  BS_NO_STALLS_CALL("poll in a handler", THRESHOLD, remember, NULL) poll_once();
  CHECK(told.calls == 1 && tells("in poll") && tells("poll_once"));
  BS_NO_STALLS_CALL("quick", THRESHOLD, remember, NULL) quick();
  CHECK(told.calls == 1);
  BS_NO_STALLS_CALL("held", THRESHOLD, remember, NULL) held();
  CHECK(told.calls == 2 && told.count == 1 && !strcmp(told.scope, "held"));
  CHECK(told.duration_ns >= HELD_MS * BS_MILLISECOND);
  CHECK(tells("Scope 'held' stalled") && tells("in nanosleep") && tells("> held") && tells("main"));
  CHECK(!strstr(told.text, "__libc_start"));

  BS_NO_STALLS_CALL("a loop that waits", THRESHOLD, remember, NULL) wait_long();
  BS_NO_STALLS_CALL("many iterations", THRESHOLD, remember, NULL) run_loop(200, 3, quick);
  CHECK(told.calls == 2);
  BS_NO_STALLS_CALL("a loop that is held", THRESHOLD, remember, NULL) run_loop(LOOPS, 3, held);
  CHECK(told.calls == 3 && told.count == 1 && tells("> held"));

  bs_scope scope = {.name = "counted", .threshold_ns = THRESHOLD, .action = BS_COUNT};
  bs_scope_open(&scope);
  run_loop(LOOPS, 3, held);
  held();
  CHECK(bs_scope_end(&scope) == 2 && told.calls == 3);
  bs_scope_begin(&scope, "the process' action", THRESHOLD);
  quick();
  CHECK(bs_scope_end(&scope) == 0 && bs_scope_end(&scope) == 0);
  bs_counts counts;
  bs_runtime_counts(&counts);
  CHECK(counts.scopes == 5 && counts.expected == 0 && counts.missed == 0);
  CHECK(counts.longest_ns >= HELD_MS * BS_MILLISECOND);
  return stop();
}
