/* The recorder's own watchdog over threads of its own process, for ThreadSanitizer: it drains the slots while
 * the threads write them, reads their tables of places, samples their stalls and stores what it found, and
 * nothing is lost or counted twice.
 *
 * Collector and library are both instrumented. The wrappers are called by their inner names
 * (BLOCKSCAN_DIRECT), as in preload/stress.c. A thread of one's own process cannot be stopped by ptrace:
 * stacks are those of parked threads. */
#include "runtime-check/collect/watch.h"
#include "runtime-check/preload/calls.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 3, WAITS = 300, STALL_EACH = 30, STALL_US = 3000 };

static recording r;
static int signals;

static void begin(const char *file) {
  const recording_options options = {.file = file, .threshold_ns = STALL_US * 1000 / 2, .follow = true};
  const char *const command[] = {"drain", NULL};
  bs_error error = BS_ERROR_INIT;
  struct stat st;
  char text[64];
  if (!recording_init(&r, &options, &error) || fstat(r.handed_down, &st) != 0) exit(2);
  r.store = store_create(file, &error);
  if (!r.store) exit(2);
  r.session = store_session(r.store, command, 0, options.threshold_ns);
  snprintf(text, sizeof text, "%d:%llu:%llu", r.handed_down, (unsigned long long)st.st_ino,
           (unsigned long long)options.threshold_ns);
  setenv("BLOCKSCAN_RECORD", text, 1);
  preload_attach();
  if (!preload_view.head) exit(2);
  bool more;
  region *g = regions_accept(&r, &more);
  if (!g || g->pid != getpid()) exit(2);
  /* ThreadSanitizer tells memory by address: the library's view must be the recorder's. */
  guard_remove(&g->guard);
  munmap(g->head, layout_size());
  g->head = preload_view.head;
  g->slots = preload_view.slots;
  guard_add(&g->guard, g->head, layout_size());
  r.attached = true;
  r.program = getpid();
  r.control = eventfd(0, EFD_CLOEXEC);
  signals = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (r.control < 0 || signals < 0) exit(2);
  recording_process(&r, r.program);
}

static void *loop(void *unused) {
  struct epoll_event event;
  int file = epoll_create1(EPOLL_CLOEXEC), ends[2];
  char byte;
  if (file < 0 || pipe(ends) != 0) exit(2);
  for (volatile int i = 0; i < WAITS; i++) {
    hook_epoll_wait(file, &event, 1, i % 50 ? 0 : 1);
    hook_write(ends[1], "x", 1);
    hook_read(ends[0], &byte, 1);
    if (i % STALL_EACH == STALL_EACH / 2) hook_usleep(STALL_US);
  }
  hook_epoll_wait(file, &event, 1, 0);
  close(file);
  close(ends[0]);
  close(ends[1]);
  return unused;
}

static void *collect(void *status) {
  *(int *)status = watch(&r, signals);
  return NULL;
}

/* Each iteration once, and each one that was held. */
static bool counts_are_right(void) {
  uint64_t iterations = 0, held = 0, dropped = 0;
  for (uint32_t i = 0; i < r.loops.count; i++) {
    iterations += r.loops.items[i].iterations;
    dropped += r.loops.items[i].dropped;
  }
  for (uint32_t i = 0; i < r.stalls.count; i++) {
    const recorded_stall *stall = &r.stalls.items[i];
    held += stall->ended && stall->duration >= (uint64_t)STALL_US * 1000;
  }
  printf("%u loops, %llu iterations, %llu stalls, %llu dropped, %llu rows lost\n", r.loops.count,
         (unsigned long long)iterations, (unsigned long long)held, (unsigned long long)dropped,
         (unsigned long long)store_lost(r.store));
  return r.loops.count == THREADS * ROUNDS && iterations == (uint64_t)THREADS * ROUNDS * WAITS &&
         held + dropped >= THREADS * ROUNDS * (WAITS / STALL_EACH) && !store_lost(r.store);
}

int main(int argc, char **argv) {
  pthread_t threads[THREADS], collector;
  int status = 0;
  uint64_t one = 1;
  if (argc != 2) return 2;
  begin(argv[1]);
  pthread_create(&collector, NULL, collect, &status);
  for (int round = 0; round < ROUNDS; round++) {
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, loop, NULL);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  }
  if (write(r.control, &one, sizeof one) != sizeof one) return 2;
  pthread_join(collector, NULL);
  recording_flush(&r);
  bool right = counts_are_right() && status == 0;
  store_close(r.store);
  preload_view.head = NULL; /* what follows is not to be watched */
  recording_fini(&r);
  close(signals);
  return right ? 0 : 1;
}
