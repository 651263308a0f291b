/* The grid's program for a loop of its own around poll. */
#include "own.h"

#include <poll.h>

static void run_loop(void) {
  while (armed) {
    struct pollfd watched = {.fd = plan_pipe(), .events = POLLIN};
    int ready = poll(&watched, 1, own_timeout());
    own_dispatch(ready > 0);
  }
}

static void run_inner(void) {}

int main(int argc, char **argv) {
  plan_init(argc, argv);
  arm();
  run_loop();
  return plan_finish();
}
