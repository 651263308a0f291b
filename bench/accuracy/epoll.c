/* The grid's program for a loop of its own around epoll_wait. */
#include "own.h"

#include <sys/epoll.h>

static void run_loop(int set) {
  while (armed) {
    struct epoll_event event;
    int ready = epoll_wait(set, &event, 1, own_timeout());
    own_dispatch(ready > 0);
  }
}

int main(int argc, char **argv) {
  plan_init(argc, argv);
  int set = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  epoll_ctl(set, EPOLL_CTL_ADD, plan_pipe(), &event);
  arm();
  run_loop(set);
  return plan_finish();
}
