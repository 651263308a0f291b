/* Work behind an own loop: what tests/cli/record-after.sh watches. 40 quick ticks, then 200 ms of work.
 *
 *   after caller    by the function that called the loop's
 *   after function  by the loop's function, behind its loop
 *   after main      in main, which has the loop itself
 *   after parts     the loop waits in one function and dispatches in another; behind it main works
 *   after exit      by a handler of exit
 *   after last      none: the last tick takes as long, and the loop ends with it
 *   after quick     in main, which has the loop itself; its waits are over at once, so that nobody sees one
 *   after quicklast the last tick of such a loop
 *   after stuck     the same where waiting and dispatching are two functions; the tick ends by exit
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { TICKS = 40 };
static const char *kind;
static int events, timer, ticks;

__attribute__((noinline)) static void clean_up(void) {
  usleep(200000);
  __asm__("");
}

__attribute__((noinline)) static void on_tick(void) {
  uint64_t expired;
  if (read(timer, &expired, sizeof expired) != sizeof expired) return;
  if (++ticks == TICKS && (!strcmp(kind, "last") || !strcmp(kind, "stuck"))) clean_up();
  if (ticks == TICKS && !strcmp(kind, "stuck")) _exit(0);
  __asm__("");
}

__attribute__((noinline)) static int wait_for_one(void) {
  struct epoll_event e;
  return epoll_wait(events, &e, 1, -1);
}

__attribute__((noinline)) static void run_loop(void) {
  struct epoll_event e;
  while (ticks < TICKS)
    if (epoll_wait(events, &e, 1, -1) == 1) on_tick();
  if (!strcmp(kind, "function")) clean_up();
  __asm__("");
}

__attribute__((noinline)) static void run_parts(void) {
  while (ticks < TICKS)
    if (wait_for_one() == 1) on_tick();
  if (!strcmp(kind, "parts")) clean_up();
  __asm__("");
}

int main(int count, char **arguments) {
  const struct itimerspec each = {{0, 5000000}, {0, 5000000}};
  struct epoll_event e = {.events = EPOLLIN};
  kind = arguments[count - 1];
  events = epoll_create1(0);
  timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  timerfd_settime(timer, 0, &each, NULL);
  epoll_ctl(events, EPOLL_CTL_ADD, timer, &e);
  if (!strcmp(kind, "exit")) atexit(clean_up);
  if (!strcmp(kind, "quick") || !strcmp(kind, "quicklast")) {
    events = epoll_create1(0);
    e.data.fd = 0;
    epoll_ctl(events, EPOLL_CTL_ADD, eventfd(1, EFD_NONBLOCK), &e);
    while (ticks < TICKS)
      if (epoll_wait(events, &e, 1, -1) == 1 && ++ticks == TICKS && kind[5]) clean_up();
    if (!kind[5]) clean_up();
  } else if (!strcmp(kind, "main")) {
    while (ticks < TICKS)
      if (epoll_wait(events, &e, 1, -1) == 1) on_tick();
    clean_up();
  } else if (!strcmp(kind, "parts") || !strcmp(kind, "stuck")) {
    run_parts();
  } else {
    run_loop();
  }
  if (!strcmp(kind, "caller")) clean_up();
  return 0;
}
