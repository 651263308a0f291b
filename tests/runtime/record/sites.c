/* A program whose event loop makes fast calls from known places: what tests/cli/record-sites.sh counts.
 *
 *   sites main|thread ITERATIONS [PLACES]
 *
 * In each iteration, on the first thread or another one: one pread in `shallow`, two in the same line by way of `deep`, and, from
 * the function `many` at PLACES depths of the stack, one for each. Before the loop and after it there is one in `outside`. The file is a
 * regular one, so that each call could block and none does. */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

static int file, iterations, places;
static volatile unsigned long sink;

__attribute__((noinline)) static void read_byte(void) {
  char byte;
  sink += (unsigned long)pread(file, &byte, 1, 0);
}

__attribute__((noinline)) static void shallow(void) {
  read_byte();
  sink++;
}

__attribute__((noinline)) static void deep(int depth) {
  if (depth)
    deep(depth - 1);
  else
    for (int i = 0; i < 2; i++) read_byte();
  sink++;
}

__attribute__((noinline)) static void many(int depth) {
  char byte;
  if (!depth) return;
  sink += (unsigned long)pread(file, &byte, 1, 0);
  many(depth - 1);
  sink++;
}

__attribute__((noinline)) static void outside(void) {
  char byte;
  sink += (unsigned long)pread(file, &byte, 1, 0);
}

__attribute__((noinline)) static void on_tick(void) {
  shallow();
  deep(3);
  many(places);
  sink++;
}

__attribute__((noinline)) static void *run_loop(void *unused) {
  struct itimerspec each = {{0, 2000000}, {0, 2000000}};
  struct pollfd polled = {.fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), .events = POLLIN};
  timerfd_settime(polled.fd, 0, &each, NULL);
  for (int i = 0; i < iterations; i++) {
    unsigned long long ticks;
    poll(&polled, 1, -1);
    if (read(polled.fd, &ticks, sizeof ticks) < 0) abort();
    on_tick();
  }
  poll(&polled, 1, -1);
  return unused;
}

int main(int argc, char **argv) {
  FILE *stream = tmpfile();
  if (argc < 3 || !stream || fputs("x", stream) < 0 || fflush(stream) != 0) return 2;
  file = fileno(stream);
  iterations = atoi(argv[2]);
  places = argc > 3 ? atoi(argv[3]) : 0;
  outside();
  if (!strcmp(argv[1], "thread")) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_loop, NULL) != 0 || pthread_join(thread, NULL) != 0) return 2;
  } else {
    run_loop(NULL);
  }
  outside();
  return 0;
}
