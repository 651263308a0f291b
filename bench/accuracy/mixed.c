/* Twelve ways to hold a thread that have several parts. What each part took is measured where it is made: CPU time by
 * the thread's own clock, a call by the wall's less the time that the thread waited for a CPU in it (schedstat), as
 * the recorder means it. */
#include "mixed.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

static struct {
  double cpu, poll, nanosleep;
} parts;
static volatile uint64_t sink;
static int nothing[2];

static double ms_of(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Milliseconds that the thread could run and did not. */
static double waited_ms(void) {
  static int file = -1;
  char text[96] = "";
  unsigned long long ran = 0, waited = 0;
  if (file < 0) file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  if (pread(file, text, sizeof text - 1, 0) <= 0 || sscanf(text, "%llu %llu", &ran, &waited) != 2) return 0;
  return (double)waited / 1e6;
}

/* By the thread's clock, so that a busy machine does not shorten it. Where it is inlined it is a function still:
 * the innermost of the program's own. */
static inline __attribute__((always_inline)) void burn(double ms) {
  double begin = ms_of(CLOCK_THREAD_CPUTIME_ID);
  while (ms_of(CLOCK_THREAD_CPUTIME_ID) < begin + ms)
    for (int i = 0; i < 1000000; i++) sink += (uint64_t)i * 7;
  parts.cpu += ms_of(CLOCK_THREAD_CPUTIME_ID) - begin;
}

#define TIMED(part, call) \
  do { \
    double waited = waited_ms(), begin = ms_of(CLOCK_MONOTONIC); \
    call; \
    double took = ms_of(CLOCK_MONOTONIC) - begin; \
    parts.part += took - (waited_ms() - waited); \
    __asm__(""); \
  } while (0)

NOINLINE static void encode(double ms) {
  burn(ms);
  __asm__("");
}

NOINLINE static void upload(int ms) {
  struct pollfd none = {.fd = nothing[0], .events = POLLIN};
  TIMED(poll, poll(&none, 1, ms));
}

NOINLINE static void rest(int ms) {
  const struct timespec t = {0, ms * 1000000L};
  TIMED(nanosleep, nanosleep(&t, NULL));
}

#define NAP(name, ms) \
  NOINLINE static void name(void) { \
    const struct timespec t = {0, (ms) * 1000000L}; \
    TIMED(nanosleep, nanosleep(&t, NULL)); \
  }
NAP(nap_a, 40)
NAP(nap_b, 60)
NAP(nap_c, 80)

#define SMALL(n) \
  NOINLINE static void small_##n(void) { \
    burn(5); \
    __asm__("# " #n); /* or compilers make one function of all */ \
  }
#define TEN(X, d) X(d##0) X(d##1) X(d##2) X(d##3) X(d##4) X(d##5) X(d##6) X(d##7) X(d##8) X(d##9)
TEN(SMALL, 0) TEN(SMALL, 1) TEN(SMALL, 2) TEN(SMALL, 3)
#define CALL(n) small_##n();

NOINLINE static void many_small(void) {
  TEN(CALL, 0) TEN(CALL, 1) TEN(CALL, 2) TEN(CALL, 3)
  __asm__("");
}

static void poll_cpu(void) { upload(150), encode(470); }
static void cpu_poll(void) { encode(470), upload(150); }
static void by_turns(void) {
  for (int i = 0; i < 4; i++) encode(100), upload(40);
}
static void more_poll(void) { upload(200), encode(160); }
static void more_cpu(void) { upload(160), encode(200); }
static void small(void) { many_small(); }
static void small_and_poll(void) { upload(60), many_small(); }
NOINLINE static void three_naps(void) {
  nap_a(), nap_b(), nap_c();
  __asm__("");
}
static void many_naps(void) {
  for (int i = 0; i < 30; i++) rest(9);
}
static void three_kinds(void) { rest(120), upload(60), encode(40); }
static void poll_naps(void) { upload(120), nap_a(), encode(20); }
static void little_cpu(void) { encode(3), upload(15); }

static const struct mixture {
  void (*hold)(void);
  const char *function;
} mixtures[MIXTURES] = {
    {poll_cpu, "burn"},
    {cpu_poll, "burn"},
    {by_turns, "burn"},
    {more_poll, "upload"},
    {more_cpu, "burn"},
    {small, "many_small"},
    {small_and_poll, "many_small"},
    {three_naps, "three_naps"},
    {many_naps, "rest"},
    {three_kinds, "rest"},
    {poll_naps, "upload"},
    {little_cpu, "upload"},
};
const char *const mixture_names[MIXTURES] = {"poll-cpu",   "cpu-poll",    "by-turns",      "more-poll",
                                             "more-cpu",   "forty-small", "small-poll",    "three-naps",
                                             "thirty-naps", "three-kinds", "poll-nap-cpu", "little-cpu"};

void mixed_hold(unsigned mixture, char *truth, size_t size) {
  if (!nothing[1] && pipe(nothing) != 0) return;
  memset(&parts, 0, sizeof parts);
  double begin = ms_of(CLOCK_MONOTONIC);
  mixtures[mixture].hold();
  double left = ms_of(CLOCK_MONOTONIC) - begin - parts.cpu - parts.poll - parts.nanosleep;
  snprintf(truth, size, "%s %s cpu:%.3f,poll:%.3f,nanosleep:%.3f,waiting-for-cpu:%.3f", mixture_names[mixture],
           mixtures[mixture].function, parts.cpu, parts.poll, parts.nanosleep, left > 0 ? left : 0);
}
