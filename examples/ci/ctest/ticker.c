/* An event loop that watches a timer, and ends after five ticks. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/timerfd.h>
#include <unistd.h>

typedef struct watcher {
  int fd;
  void (*ready)(struct watcher *watcher);
  unsigned ticks;
} watcher;

static void on_tick(watcher *timer) {
  uint64_t expired;
#ifdef TICKER_SLOW
  usleep(200000);
#endif
  if (read(timer->fd, &expired, sizeof expired) == (ssize_t)sizeof expired) timer->ticks++;
}

static void run(watcher *watchers, nfds_t count) {
  struct pollfd fds[8];
  while (watchers[0].ticks < 5) {
    for (nfds_t i = 0; i < count; i++) fds[i] = (struct pollfd){.fd = watchers[i].fd, .events = POLLIN};
    if (poll(fds, count, -1) < 0) return;
    for (nfds_t i = 0; i < count; i++)
      if (fds[i].revents) watchers[i].ready(&watchers[i]);
  }
}

int main(void) {
  const struct itimerspec often = {{0, 5000000}, {0, 5000000}};
  watcher timer = {.fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), .ready = on_tick};
  if (timer.fd < 0 || timerfd_settime(timer.fd, 0, &often, NULL) != 0) return 1;
  run(&timer, 1);
  puts("done");
}
