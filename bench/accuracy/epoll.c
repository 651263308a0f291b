/* The grid's program for a loop of its own around epoll_wait. */
#include "own.h"

#include <sys/epoll.h>

static int set;

static void run_loop(void) {
  while (armed) {
    struct epoll_event event;
    int ready = epoll_wait(set, &event, 1, own_timeout());
    own_dispatch(ready > 0);
  }
}

__attribute__((noinline)) static void run_inner(void) {
  while (armed && plan_is_nested()) {
    struct epoll_event event;
    int ready = epoll_wait(set, &event, 1, own_timeout());
    own_dispatch(ready > 0);
  }
}

int main(int argc, char **argv) {
  plan_can_nest();
  plan_init(argc, argv);
  set = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  epoll_ctl(set, EPOLL_CTL_ADD, plan_pipe(), &event);
  arm();
  run_loop();
  return plan_finish();
}
