// Of the events that came a condition picks one: one read of that descriptor gets what is there. A read of another one waits, and
// so does one that every event repeats.
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

static int wake, clock_fd, other, each;
static uint64_t count;

static void watch(int epoll, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int main(void) {
  int epoll = epoll_create1(0);
  struct epoll_event events[8];
  wake = eventfd(0, 0);
  clock_fd = timerfd_create(CLOCK_MONOTONIC, 0);
  other = eventfd(0, 0);
  each = eventfd(0, 0);
  watch(epoll, wake);
  watch(epoll, clock_fd);
  watch(epoll, each);
  for (;;) {
    int ready = epoll_wait(epoll, events, 8, -1);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd == wake) {
        read(wake, &count, sizeof count); // expect: error network.read possible
      } else if (events[i].data.fd == clock_fd) {
        read(clock_fd, &count, sizeof count); // expect: error network.read possible
        read(other, &count, sizeof count); // expect: error network.read
      }
      read(each, &count, sizeof count); // expect: error network.read
    }
  }
}
