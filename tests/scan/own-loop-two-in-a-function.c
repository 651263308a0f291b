// A function with two loops, one after the other: the callbacks of both are looked at.
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

struct first {
  void (*greet)(void);
};
struct second {
  void (*serve)(void);
};
static struct first *before;
static struct second *after;

static void on_greet(void) {
  sleep(1); // expect: error sleep.sleep path: on_greet loop: own
}
static void on_serve(void) {
  sleep(2); // expect: error sleep.sleep path: on_serve loop: own
}

int main(void) {
  static struct first one = {on_greet};
  static struct second two = {on_serve};
  struct pollfd fds[2];
  struct epoll_event events[8];
  before = &one;
  after = &two;
  while (poll(fds, 2, -1) > 0) before->greet();
  sleep(3); // expect-none
  while (epoll_wait(3, events, 8, -1) > 0) after->serve();
}
