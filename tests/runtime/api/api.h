/* What the tests of the linkable API share: each is a program that is linked to libblockscan.so, starts a recorder itself, and shows one
 * behaviour with its silent twin. A busy machine makes everything longer: what is held is held for twice the threshold,
 * what is not takes next to nothing. */
#ifndef BLOCKSCAN_TESTS_API_H
#define BLOCKSCAN_TESTS_API_H

#include "blockscan/runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define THRESHOLD (250 * BS_MILLISECOND)
enum { HELD_MS = 500, LOOPS = 8 };

static int bad;
#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      bad++; \
    } \
  } while (0)

/* What the last callback was told; `calls` of them. */
static struct {
  unsigned calls, count;
  uint64_t duration_ns;
  char scope[64], text[8192];
} told;

static inline void remember(const bs_stall *stall, void *unused) {
  (void)unused;
  told.calls++;
  told.count = stall->count;
  told.duration_ns = stall->duration_ns;
  snprintf(told.scope, sizeof told.scope, "%s", stall->scope ? stall->scope : "");
  snprintf(told.text, sizeof told.text, "%s", stall->text);
}

/* Whether the text of the last callback has a word. */
static inline int tells(const char *word) {
  if (strstr(told.text, word)) return 1;
  fprintf(stderr, "no '%s' in: %s\n", word, told.text);
  return 0;
}

static inline void start(enum bs_action action) {
  const bs_runtime_options options = {.threshold_ns = THRESHOLD, .action = action, .callback = remember};
  if (bs_runtime_start(&options) == 0) return;
  fprintf(stderr, "bs_runtime_start: %s\n", bs_runtime_error());
  exit(2);
}

static inline int stop(void) {
  if (bs_runtime_stop() == 0) return bad != 0;
  fprintf(stderr, "bs_runtime_stop: %s\n", bs_runtime_error());
  return 2;
}

__attribute__((noinline, unused)) static void held(void) {
  struct timespec t = {HELD_MS / 1000, HELD_MS % 1000 * 1000000L};
  nanosleep(&t, NULL);
  __asm__ volatile(""); /* no tail call: it is on the stack */
}

__attribute__((noinline, unused)) static void quick(void) { __asm__ volatile(""); }

/* An event loop: waits 2 ms each time, and calls `callback` in the iteration `at`. */
__attribute__((noinline, unused)) static void run_loop(int iterations, int at, void (*callback)(void)) {
  struct epoll_event event;
  __asm__("" : "+r"(callback)); /* one loop for all callbacks, not a copy of it for each */
  int file = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < iterations; i++) {
    epoll_wait(file, &event, 1, 2);
    if (i == at) callback();
  }
  epoll_wait(file, &event, 1, 0);
  close(file);
}

#endif
