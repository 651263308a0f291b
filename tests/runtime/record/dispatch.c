/* A loop of its own that dispatches through a function: what tests/cli/record-callbacks.sh records.
 *
 *   dispatch SCENE MS
 *
 * handlers   run_loop calls dispatch, which calls on_read and on_write through a pointer; each is held for MS once.
 * methods    run_loop itself calls on_read and on_write through a pointer; on_read is held for MS by two functions that it calls through one.
 * parts      on_read is held for MS in a part of its own, then for 6 × MS in another.
 * once       on_read is held for MS.
 * deep       the same in a loop that waits deep down in functions that the compiler puts into each other. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

typedef void handler(int tick);

static const char *scene;
static long ms;
static int pipe_ends[2];

NOINLINE static void rest(long for_ms) {
  struct timespec t = {for_ms / 1000, for_ms % 1000 * 1000000};
  if (nanosleep(&t, NULL) != 0) abort();
}

NOINLINE static void method_sync(void) {
  rest(ms);
  __asm__ volatile("");
}

NOINLINE static void method_save(void) {
  rest(ms);
  __asm__ volatile("");
}

static void (*const volatile methods[])(void) = {method_sync, method_save};

NOINLINE static void short_part(void) {
  rest(ms);
  __asm__ volatile("");
}

NOINLINE static void long_part(void) {
  rest(6 * ms);
  __asm__ volatile("");
}

NOINLINE static void on_read(int tick) {
  if (strcmp(scene, "methods") == 0 && (tick == 4 || tick == 8)) methods[tick / 8]();
  if (strcmp(scene, "handlers") == 0 && tick == 4) rest(ms);
  if ((strcmp(scene, "once") == 0 || strcmp(scene, "deep") == 0) && tick == 4) rest(ms);
  if (strcmp(scene, "parts") == 0 && tick == 4) {
    short_part();
    long_part();
  }
  __asm__ volatile("");
}

NOINLINE static void on_write(int tick) {
  if (strcmp(scene, "handlers") == 0 && tick == 7) rest(ms);
  if (strcmp(scene, "methods") == 0 && tick == 11) rest(ms);
  __asm__ volatile("");
}

static handler *const volatile handlers[] = {on_read, on_write};

NOINLINE static void dispatch(int tick) {
  handlers[tick % 2](tick);
  __asm__ volatile("");
}

#define INLINE __attribute__((always_inline)) inline static
INLINE void wait_innermost(void) { poll(&(struct pollfd){.fd = pipe_ends[0], .events = POLLIN}, 1, 5); }
INLINE void wait_third(void) { wait_innermost(); }
INLINE void wait_second(void) { wait_third(); }
INLINE void wait_first(void) { wait_second(); }
NOINLINE static void wait_deep(void) {
  wait_first();
  __asm__ volatile("");
}

NOINLINE static void run_deep(void) {
  for (int tick = 0; tick < 16; tick++) {
    wait_deep();
    dispatch(tick);
  }
}

NOINLINE static void run_loop(void) {
  for (int tick = 0; tick < 16; tick++) {
    poll(&(struct pollfd){.fd = pipe_ends[0], .events = POLLIN}, 1, 5);
    if (strcmp(scene, "methods") == 0)
      handlers[tick % 2](tick);
    else
      dispatch(tick);
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  scene = argv[1];
  ms = atol(argv[2]);
  if (pipe(pipe_ends) != 0) return 1;
  if (strcmp(scene, "deep") == 0)
    run_deep();
  else
    run_loop();
  return 0;
}
