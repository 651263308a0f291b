#include "ticks.h"

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

static void save(int ms) { usleep((useconds_t)ms * 1000); }

static void on_tick(int number, int ms) {
  if (number == 2) save(ms);
}

int run_ticks(int ms) {
  struct epoll_event e = {.events = EPOLLIN};
  const struct itimerspec each = {{0, 5000000}, {0, 5000000}};
  int events = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), ticks = 0;
  uint64_t expired;
  timerfd_settime(timer, 0, &each, NULL);
  epoll_ctl(events, EPOLL_CTL_ADD, timer, &e);
  while (ticks < 3 && epoll_wait(events, &e, 1, -1) == 1)
    if (read(timer, &expired, sizeof expired) == sizeof expired) on_tick(++ticks, ms);
  epoll_wait(events, &e, 1, 0);
  close(timer);
  close(events);
  return ticks;
}
