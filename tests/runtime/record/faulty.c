/* faulty overflow|leak|race|none: waits in a loop, is held once, and then does what a sanitizer is there to find. */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 5, HELD_MS = 80, STEPS = 100000 };

static volatile int shared;
static _Atomic int halfway;

/* Of a thread that has ended the sanitizer may no longer know what it did: so both meet halfway, which orders nothing. */
static void *count(void *unused) {
  for (int i = 0; i < STEPS; i++) {
    shared = shared + 1;
    if (i != STEPS / 2) continue;
    atomic_fetch_add_explicit(&halfway, 1, memory_order_relaxed);
    while (atomic_load_explicit(&halfway, memory_order_relaxed) < 2) sched_yield();
  }
  return unused;
}

static void race(void) {
  pthread_t other;
  if (pthread_create(&other, NULL, count, NULL) != 0) abort();
  count(NULL);
  pthread_join(other, NULL);
}

static void overflow(size_t past) {
  volatile char *bytes = malloc(8);
  if (!bytes) abort();
  bytes[7 + past] = 1;
  free((void *)bytes);
}

static __attribute__((noinline)) void leak(void) {
  volatile char *bytes = malloc(77);
  if (bytes) bytes[0] = 1;
}

static void run_loop(void) {
  const struct timespec held = {.tv_nsec = HELD_MS * 1000000};
  for (int i = 0; i < ROUNDS; i++) {
    struct pollfd none = {.fd = -1};
    poll(&none, 1, 2);
    if (i == ROUNDS - 2) nanosleep(&held, NULL);
  }
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  run_loop();
  if (strcmp(argv[1], "overflow") == 0) overflow((size_t)argc);
  if (strcmp(argv[1], "leak") == 0) leak();
  if (strcmp(argv[1], "race") == 0) race();
  return 0;
}
