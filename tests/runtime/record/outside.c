/* Loops that somebody looks at from outside: a timer every 100 ms (or so long behind a block) whose callback
 * holds the loop, or a loop that has always something to do and is never held. It tells on stdout how long
 * each block took, and with an interrupted wait it ends by itself with 3: nobody may disturb it. The busy one
 * has some time for itself first.
 *
 * usage: outside held MILLISECONDS ROUNDS    epoll;
 *        outside poll MILLISECONDS ROUNDS    the same with poll;
 *        outside often MILLISECONDS ROUNDS   with a thousand short iterations a second beside it;
 *        outside crowd MILLISECONDS ROUNDS   with iterations of 200 microseconds all the time beside it;
 *        outside busy SECONDS                these alone
 */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

__attribute__((noinline)) static void compute(double seconds) {
  volatile unsigned n = 0;
  for (double end = now() + seconds; now() < end;) n++;
}

__attribute__((noinline)) static void rest(double seconds) {
  const struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
  nanosleep(&t, NULL);
}

__attribute__((noinline)) static void on_timer(int round, double seconds) {
  double before = now();
  if (round % 2)
    compute(seconds);
  else
    rest(seconds);
  printf("%s %.3f %.6f\n", round % 2 ? "compute" : "rest", (now() - before) * 1e3, before);
  fflush(stdout);
}

static int add_timer(int epoll, double seconds) {
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  long ns = seconds > 0.06 ? (long)(seconds * 1e9) + 100000000 : 100000000;
  const struct itimerspec every = {{0, ns}, {0, ns}};
  struct epoll_event e = {.events = EPOLLIN};
  timerfd_settime(timer, 0, &every, NULL);
  if (epoll >= 0) epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &e);
  return timer;
}

static void held(double seconds, int rounds, int with_poll) {
  int epoll = with_poll ? -1 : epoll_create1(0), timer = add_timer(epoll, seconds);
  uint64_t ticks;
  for (int i = 0; i < rounds; i++) {
    struct epoll_event e;
    struct pollfd p = {.fd = timer, .events = POLLIN};
    if ((with_poll ? poll(&p, 1, -1) : epoll_wait(epoll, &e, 1, -1)) < 0 && errno == EINTR) {
      printf("interrupted\n");
      exit(3);
    }
    if (read(timer, &ticks, sizeof ticks) < 0) continue;
    on_timer(i, seconds);
  }
}

/* The timer's blocks, and what comes between them: a second timer, or an event that is always there. */
static void beside(double seconds, int rounds, int always) {
  const struct itimerspec millisecond = {{0, 1000000}, {0, 1000000}};
  struct epoll_event e = {.events = EPOLLIN}, ready[2];
  int epoll = epoll_create1(0);
  uint64_t ticks;
  for (int i = 0; i < 50; i++)
    if (epoll_wait(epoll, ready, 1, 20) < 0) exit(3);
  int other = always ? eventfd(1, EFD_NONBLOCK) : timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  int timer = add_timer(epoll, seconds);
  if (!always) timerfd_settime(other, 0, &millisecond, NULL);
  epoll_ctl(epoll, EPOLL_CTL_ADD, other, &e);
  for (int i = 0; i < rounds;) {
    if (epoll_wait(epoll, ready, 2, -1) < 0 && errno == EINTR) {
      printf("interrupted\n");
      exit(3);
    }
    if (!always && read(other, &ticks, sizeof ticks) < 0) ticks = 0;
    compute(always ? 0.0002 : 0.00005);
    if (read(timer, &ticks, sizeof ticks) > 0) on_timer(i++, seconds);
  }
}

/* Iterations of 200 microseconds, one after the other: the wait never sleeps. */
static void busy(double seconds) {
  int epoll = epoll_create1(0), ready = eventfd(1, 0);
  struct epoll_event e = {.events = EPOLLIN};
  unsigned long n = 0;
  for (int i = 0; i < 50; i++)
    if (epoll_wait(epoll, &e, 1, 20) < 0) exit(3);
  epoll_ctl(epoll, EPOLL_CTL_ADD, ready, &e);
  for (double end = now() + seconds; now() < end; n++) {
    if (epoll_wait(epoll, &e, 1, -1) < 0 && errno == EINTR) {
      printf("interrupted\n");
      exit(3);
    }
    compute(0.0002);
  }
  printf("%lu\n", n);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  if (!strcmp(argv[1], "busy"))
    busy(atof(argv[2]));
  else if (!strcmp(argv[1], "often") || !strcmp(argv[1], "crowd"))
    beside(atof(argv[2]) / 1e3, argc > 3 ? atoi(argv[3]) : 10, !strcmp(argv[1], "crowd"));
  else
    held(atof(argv[2]) / 1e3, argc > 3 ? atoi(argv[3]) : 10, !strcmp(argv[1], "poll"));
  return 0;
}
