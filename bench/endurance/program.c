/* What bench/endurance/run records: a loop that goes on for long, or whose stacks are all different.
 *
 *   program steady SECONDS RATE   so many iterations a second; one in 50 ms is held for 12 ms, by one of 64 callbacks
 *   program stacks COUNT          so many iterations that are held for a little longer than a millisecond, each by another way
 *                                 through the program
 *   program threads COUNT         so many threads, eight at once, each with a short loop of its own
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { BATCH_NS = 1000000, HOLD_EACH_NS = 50000000, HOLD_US = 12000, WAYS = 17 };

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Two functions that call each other by the bits of a number: as many stacks as numbers. */
static __attribute__((noinline)) void left(uint32_t bits, int depth, unsigned us);
static __attribute__((noinline)) void right(uint32_t bits, int depth, unsigned us);
static void go(uint32_t bits, int depth, unsigned us) {
  if (!depth)
    usleep(us);
  else if (bits & 1)
    right(bits >> 1, depth - 1, us);
  else
    left(bits >> 1, depth - 1, us);
}
static void left(uint32_t bits, int depth, unsigned us) {
  go(bits, depth, us);
  __asm__ volatile("");
}
static void right(uint32_t bits, int depth, unsigned us) {
  go(bits, depth, us);
  __asm__ volatile("" ::: "memory");
}

/* A wait that is over at once: the descriptor is always ready. */
static int ready;
static int make_set(void) {
  struct epoll_event event = {.events = EPOLLIN};
  int set = epoll_create1(EPOLL_CLOEXEC);
  if (set < 0 || epoll_ctl(set, EPOLL_CTL_ADD, ready, &event) != 0) exit(2);
  return set;
}

static void sleep_until(uint64_t ns) {
  const struct timespec t = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void steady(double seconds, double rate) {
  struct epoll_event event;
  int set = make_set(), pause = epoll_create1(EPOLL_CLOEXEC);
  const uint64_t began = now_ns(), end = began + (uint64_t)(seconds * 1e9);
  uint64_t next_hold = began + HOLD_EACH_NS, done = 0, held = 0;
  for (uint64_t now; (now = now_ns()) < end;) {
    uint64_t due = (uint64_t)((double)(now - began) * rate / 1e9);
    int wait = done < due ? set : pause;
    if (epoll_wait(wait, &event, 1, wait == set ? -1 : 1) < 0) exit(2);
    done++;
    if (now < next_hold) continue;
    next_hold += HOLD_EACH_NS;
    left((uint32_t)(held++ % 64), 6, HOLD_US);
  }
  printf("%.0f iterations a second, %llu held\n", (double)done / seconds, (unsigned long long)held);
}

static void stacks(uint32_t count) {
  struct epoll_event event;
  int set = make_set();
  for (uint32_t i = 0; i < count; i++) {
    if (epoll_wait(set, &event, 1, -1) < 0) exit(2);
    left(i, WAYS, 1300);
  }
  if (epoll_wait(set, &event, 1, -1) < 0) exit(2);
}

static void *short_loop(void *unused) {
  struct epoll_event event;
  int set = make_set();
  for (int i = 0; i < 20; i++)
    if (epoll_wait(set, &event, 1, -1) < 0) exit(2);
  close(set);
  return unused;
}

static void many_threads(uint32_t count) {
  enum { AT_ONCE = 8 };
  pthread_t threads[AT_ONCE];
  for (uint32_t i = 0; i < count; i += AT_ONCE) {
    for (int k = 0; k < AT_ONCE; k++)
      if (pthread_create(&threads[k], NULL, short_loop, NULL) != 0) exit(2);
    for (int k = 0; k < AT_ONCE; k++) pthread_join(threads[k], NULL);
    sleep_until(now_ns() + BATCH_NS);
  }
}

int main(int argc, char **argv) {
  ready = eventfd(1, EFD_CLOEXEC);
  if (argc == 4 && !strcmp(argv[1], "steady")) steady(atof(argv[2]), atof(argv[3]));
  else if (argc == 3 && !strcmp(argv[1], "stacks")) stacks((uint32_t)atoi(argv[2]));
  else if (argc == 3 && !strcmp(argv[1], "threads")) many_threads((uint32_t)atoi(argv[2]));
  else return 2;
  return 0;
}
