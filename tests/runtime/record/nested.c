/* Own loops within loops: what tests/cli/record-nested-own.sh watches. Each has ticks of 10 ms; the twentieth
 * opens a dialog for 400 ms, in which one tick sleeps 60 ms.
 *
 *   nested again    the dialog calls the loop's own function once more, and waits in the same place
 *   nested other    the dialog has a loop of its own over the same epoll descriptor
 *   nested poll     the same over the same array of descriptors
 *   nested private  the dialog waits in a loop for other events: nobody serves the outer one
 *   nested once     one wait for the same events in a callback: a blocking call
 */
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static const char *kind;
static int events, timer, other_timer = -1, ticks;
static struct pollfd polled[2];
static uint64_t dialog_until;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

__attribute__((noinline)) static void save(void) {
  usleep(60000);
  __asm__("");
}

static int make_timer(void) {
  const struct itimerspec each = {{0, 10000000}, {0, 10000000}};
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  timerfd_settime(fd, 0, &each, NULL);
  return fd;
}

static int make_events(int fd) {
  struct epoll_event e = {.events = EPOLLIN};
  int made = epoll_create1(0);
  epoll_ctl(made, EPOLL_CTL_ADD, fd, &e);
  return made;
}

static void show_dialog(void);

__attribute__((noinline)) static void on_tick(void) {
  uint64_t expired;
  if (read(timer, &expired, sizeof expired) != sizeof expired) return;
  ticks++;
  if (ticks == 20) show_dialog();
  if (ticks == 35) save();
  __asm__("");
}

__attribute__((noinline)) static void run_loop(int most) {
  struct epoll_event e;
  while (ticks < most && (!dialog_until || now() < dialog_until))
    if (epoll_wait(events, &e, 1, 100) == 1) on_tick();
}

__attribute__((noinline)) static void wait_for(int of) {
  struct epoll_event e;
  uint64_t expired;
  while (now() < dialog_until)
    if (epoll_wait(of, &e, 1, 100) == 1) {
      if (of == events)
        on_tick();
      else if (read(other_timer, &expired, sizeof expired) < 0)
        break;
    }
}

__attribute__((noinline)) static void poll_until(int most) {
  while (ticks < most && (!dialog_until || now() < dialog_until))
    if (poll(polled, 2, 100) > 0) on_tick();
}

__attribute__((noinline)) static void poll_dialog(void) {
  while (now() < dialog_until)
    if (poll(polled, 2, 100) > 0) on_tick();
}

__attribute__((noinline)) static void show_dialog(void) {
  struct epoll_event e;
  dialog_until = now() + 400;
  if (!strcmp(kind, "again")) run_loop(1000);
  if (!strcmp(kind, "other")) wait_for(events);
  if (!strcmp(kind, "poll")) poll_dialog();
  if (!strcmp(kind, "private")) {
    other_timer = make_timer();
    wait_for(make_events(other_timer));
  }
  if (!strcmp(kind, "once")) {
    int nothing = epoll_create1(0);
    dup2(nothing, events); /* the same number, and nobody comes */
    epoll_wait(events, &e, 1, 300);
    close(events);
    events = make_events(timer);
  }
  dialog_until = 0;
  __asm__("");
}

int main(int count, char **arguments) {
  kind = arguments[count - 1];
  timer = make_timer();
  events = make_events(timer);
  polled[0] = (struct pollfd){.fd = timer, .events = POLLIN};
  polled[1] = (struct pollfd){.fd = -1};
  if (!strcmp(kind, "poll"))
    poll_until(80);
  else
    run_loop(80);
  return 0;
}
