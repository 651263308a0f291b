/* The kernel is asked without the C library, between two readings of the library's clock: one that lies
 * outside of the two is another clock. So is one that in a millisecond of the kernel's goes another way. */
#include "runtime-check/collect/clock.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

enum { TOLERANCE_NS = 100000, TRIES = 3 };

static int64_t in_ns(const struct timespec *t) { return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec; }

/* False where this is not known for the machine. */
static bool read_kernel(clockid_t clock, struct timespec *now) {
#if defined(__x86_64__) && defined(__LP64__)
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"((long)SYS_clock_gettime), "D"((long)clock), "S"(now)
                   : "rcx", "r11", "memory");
  return result == 0;
#elif defined(__aarch64__)
  register long number __asm__("x8") = SYS_clock_gettime;
  register long first __asm__("x0") = clock;
  register struct timespec *second __asm__("x1") = now;
  __asm__ volatile("svc #0" : "+r"(first) : "r"(number), "r"(second) : "memory");
  return first == 0;
#else
  (void)clock, (void)now;
  return false;
#endif
}

/* How far the library's clock is from the kernel's, at least. */
static int64_t distance(clockid_t clock) {
  struct timespec before, kernel, after;
  clock_gettime(clock, &before);
  if (!read_kernel(clock, &kernel)) return 0;
  clock_gettime(clock, &after);
  if (in_ns(&kernel) < in_ns(&before)) return in_ns(&before) - in_ns(&kernel);
  return in_ns(&kernel) > in_ns(&after) ? in_ns(&kernel) - in_ns(&after) : 0;
}

/* By how much a millisecond of the kernel's is another time for the library. */
static int64_t drift(clockid_t clock) {
  struct timespec first, last, begin, now;
  clock_gettime(clock, &first);
  if (!read_kernel(clock, &begin)) return 0;
  do {
    if (!read_kernel(clock, &now)) return 0;
  } while (in_ns(&now) >= in_ns(&begin) && in_ns(&now) - in_ns(&begin) < 1000000);
  clock_gettime(clock, &last);
  int64_t off = (in_ns(&last) - in_ns(&first)) - (in_ns(&now) - in_ns(&begin));
  return off < 0 ? -off : off;
}

static bool is_kernels(clockid_t clock) {
  for (int i = 0; i < TRIES; i++) /* the wall clock may be set between two readings, the thread be held up */
    if (distance(clock) <= TOLERANCE_NS && drift(clock) <= TOLERANCE_NS) return true;
  return false;
}

bool clock_check(bs_error *error) {
  static const clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_REALTIME};
  for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
    if (!is_kernels(clocks[i]))
      return bs_error_set(
          error, "the clock is not the kernel's: a preloaded library has replaced it, as faketime does; "
                 "run faketime inside, as in `blockscan record -- faketime … PROGRAM`");
  const char *preload = getenv("LD_PRELOAD");
  if (!preload || !strstr(preload, "libfaketime")) return true;
  return bs_error_set(error, "the recorder runs under faketime (LD_PRELOAD); run faketime inside, as in "
                             "`blockscan record -- faketime … PROGRAM`");
}
