/* Coroutines on stacks of their own: what tests/cli/record-fibers.sh watches.
 *
 *   fibers migrate   the loop's wait is made by whichever coroutine has nothing to do
 *   fibers call      the loop waits on the thread's stack, and its callbacks are coroutines: one polls 80 ms,
 * one sleeps 60 ms
 */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <ucontext.h>
#include <unistd.h>

enum { FIBERS = 4, STACK = 64 << 10, TICKS = 40 };
static ucontext_t fibers[FIBERS], back;
static int set, clock_fd, ticks, current;

__attribute__((noinline)) static void wait_for_answer(void) {
  struct pollfd none = {.fd = -1};
  poll(&none, 1, 80);
  __asm__("");
}
__attribute__((noinline)) static void save(void) {
  usleep(60000);
  __asm__("");
}
__attribute__((noinline)) static void work(void) {
  uint64_t times;
  if (read(clock_fd, &times, sizeof times) != sizeof times) return;
  if (++ticks == 15) wait_for_answer();
  if (ticks == 25) save();
  __asm__("");
}
__attribute__((noinline)) static void wait_for_events(void) {
  struct epoll_event event;
  epoll_wait(set, &event, 1, 50);
  __asm__("");
}
static void callback_fiber(void) {
  for (;;) {
    work();
    swapcontext(&fibers[current], &back);
  }
}
static void migrating_fiber(void) {
  while (ticks < TICKS) {
    int self = current;
    wait_for_events();
    work();
    current = (self + 1) % FIBERS;
    swapcontext(&fibers[self], &fibers[current]);
  }
  setcontext(&back);
}

int main(int count, char **arguments) {
  const struct itimerspec each = {{0, 4000000}, {0, 4000000}};
  int is_migrating = !strcmp(arguments[count - 1], "migrate");
  set = epoll_create1(0);
  clock_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  timerfd_settime(clock_fd, 0, &each, NULL);
  epoll_ctl(set, EPOLL_CTL_ADD, clock_fd, &(struct epoll_event){.events = EPOLLIN});
  for (int i = 0; i < FIBERS; i++) {
    getcontext(&fibers[i]);
    fibers[i].uc_stack.ss_sp = malloc(STACK);
    fibers[i].uc_stack.ss_size = STACK;
    makecontext(&fibers[i], is_migrating ? migrating_fiber : callback_fiber, 0);
  }
  if (is_migrating) {
    swapcontext(&back, &fibers[0]);
  } else {
    for (; ticks < TICKS; current = (current + 1) % FIBERS) {
      wait_for_events();
      swapcontext(&back, &fibers[current]);
    }
  }
  return 0;
}
