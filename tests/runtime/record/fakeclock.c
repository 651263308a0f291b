/* A library that replaces the clock, as libfaketime does: FAKE_SECONDS are added, or it runs FAKE_SPEED times as fast. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
  static struct timespec began[2];
  const char *seconds = getenv("FAKE_SECONDS"), *speed = getenv("FAKE_SPEED");
  long result = syscall(SYS_clock_gettime, clock, now);
  if (result != 0 || clock > CLOCK_MONOTONIC) return (int)result;
  if (!began[clock].tv_sec) began[clock] = *now;
  if (speed) {
    double since = (double)(now->tv_sec - began[clock].tv_sec) + (double)(now->tv_nsec - began[clock].tv_nsec) / 1e9;
    since *= atof(speed);
    now->tv_sec = began[clock].tv_sec + (time_t)since;
    now->tv_nsec = began[clock].tv_nsec;
  }
  if (seconds) now->tv_sec += atol(seconds);
  return 0;
}

__attribute__((constructor)) static void begin(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  clock_gettime(CLOCK_MONOTONIC, &now);
}
