/* watched LIBRARY PROGRAM: what the library writes down about the modes of program.c.
 *
 * Lengths of time are only bounded from below: a busy machine makes everything longer. */
#include "host.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MS = 1000000 };
static const char *library, *program;
static int bad;

#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      printf("%s:%d: %s\n", __func__, __LINE__, #condition); \
      bad++; \
    } \
  } while (0)

static pid_t start(host *h, const char *mode) {
  char *command[] = {(char *)program, (char *)mode, NULL};
  return host_start(h, library, command, -1);
}

/* Runs a mode to its end; the slot of its main thread. */
static layout_slot *watch(host *h, const char *mode) {
  host_init(h, 50 * MS);
  pid_t pid = start(h, mode);
  int code = host_wait(pid);
  layout_slot *slot = host_slot(h, pid, LAYOUT_LOOP);
  if (code == 0 && slot) return slot;
  printf("%s: code %d, %s\n", mode, code, slot ? "watched" : "no loop");
  exit(1);
}

/* The n-th event of a kind, or NULL. */
static const layout_event *event(const layout_slot *slot, uint32_t kind, unsigned n) {
  uint64_t head = atomic_load(&slot->head);
  for (uint64_t i = 0; i < head && i < LAYOUT_RING; i++)
    if (slot->events[i].kind == kind && n-- == 0) return &slot->events[i];
  return NULL;
}

static uint64_t counted(const layout_slot *slot) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < LAYOUT_BUCKETS; i++) sum += slot->histogram[i];
  return sum;
}

static void test_iterations(void) {
  host h;
  const layout_slot *slot = watch(&h, "naps");
  CHECK(slot->iterations == 10 && counted(slot) == 10);
  CHECK(slot->busy_ns >= 120 * MS && slot->max_ns >= 60 * MS && slot->idle_ns >= 8 * MS);
  CHECK(slot->wait_kind == LAYOUT_WAIT_EPOLL && slot->generation == 1 && slot->dropped == 0);
  CHECK(slot->calls[HOOK_usleep] == 2 && slot->call_ns[HOOK_usleep] >= 120 * MS);
  CHECK(h.count == 1 && !h.refused && h.regions[0]->slots_refused == 0);
  const layout_event *loop = event(slot, LAYOUT_EVENT_LOOP, 0),
                     *stall = event(slot, LAYOUT_EVENT_ITERATION, 0);
  const layout_event *call = event(slot, LAYOUT_EVENT_CALL, 0);
  CHECK(loop && loop->value == LAYOUT_WAIT_EPOLL);
  CHECK(stall && stall->iteration == 5 && stall->end - stall->start >= 60 * MS);
  CHECK(stall && stall->cpu_ns <= stall->end - stall->start);
  CHECK(call && call->hook == HOOK_usleep && call->iteration == 5 && call->value == 60000 && call->caller);
  CHECK(call && stall && call->start >= stall->start && call->end <= stall->end);
  CHECK(event(slot, LAYOUT_EVENT_ITERATION, 1) && event(slot, LAYOUT_EVENT_CALL, 1));
}

/* A wait in a callback is a call, and one that does not wait is nothing. */
static void test_nested_waits(void) {
  host h;
  const layout_slot *slot = watch(&h, "nested");
  CHECK(slot->iterations == 10 && slot->calls[HOOK_poll] == 1 && slot->calls[HOOK_select] == 1);
  const layout_event *first = event(slot, LAYOUT_EVENT_CALL, 0), *second = event(slot, LAYOUT_EVENT_CALL, 1);
  CHECK(first && first->hook == HOOK_poll && first->iteration == 4);
  CHECK(second && second->hook == HOOK_select && second->iteration == 6);
}

static void test_descriptors(void) {
  host h;
  const layout_slot *slot = watch(&h, "nonblocking");
  CHECK(slot->calls[HOOK_read] == 0 && slot->calls[HOOK_read_file] == 0 &&
        !event(slot, LAYOUT_EVENT_CALL, 0));
  slot = watch(&h, "blocking");
  CHECK(slot->calls[HOOK_read] == 10 && slot->calls[HOOK_write] == 10 && slot->calls[HOOK_read_file] == 0);
  slot = watch(&h, "locks");
  CHECK(slot->calls[HOOK_pthread_mutex_lock] == 0);
}

static void test_scopes(void) {
  host h;
  const layout_slot *slot = watch(&h, "scopes");
  const layout_event *scope = event(slot, LAYOUT_EVENT_SCOPE, 0);
  CHECK(scope && scope->value >= 0 && scope->value < LAYOUT_NAMES && scope->iteration == 3 &&
        scope->end - scope->start >= 60 * MS);
  CHECK(slot->scope == 0 && slot->allowed == 0);
}

/* The child writes into memory of its own. */
static void test_fork(void) {
  host h;
  const layout_slot *slot = watch(&h, "forks"), *child = NULL;
  CHECK(h.count == 2 && !h.refused);
  for (uint32_t i = 0; h.count == 2 && i < LAYOUT_SLOTS; i++) {
    const layout_slot *other = &layout_slots(h.regions[1])[i];
    CHECK(other->state == LAYOUT_FREE || other->pid != slot->pid);
    if (other->state == LAYOUT_LOOP) child = other;
  }
  CHECK(slot->iterations == 10 && slot->calls[HOOK_fork] == 1 && slot->calls[HOOK_waitpid] == 1);
  CHECK(slot->calls[HOOK_usleep] == 0);
  CHECK(child && child->iterations == 10 && child->calls[HOOK_usleep] == 2 &&
        child->calls[HOOK_waitpid] == 0);
}

/* A call that is left by siglongjmp is over at the next one. */
static void test_jump(void) {
  host h;
  const layout_slot *slot = watch(&h, "jumps");
  CHECK(slot->iterations == 10 && slot->calls[HOOK_read] == 0 && (slot->call_sequence & 1) == 0);
}

static void test_deeper_loop(void) {
  host h;
  const layout_slot *slot = watch(&h, "deeper");
  CHECK(slot->iterations >= 8 && slot->calls[HOOK_usleep] == 2 && event(slot, LAYOUT_EVENT_ITERATION, 1));
}

static void pass(unsigned ms) {
  nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * MS}, NULL);
}

/* In the call the registers are there for all to see, and a SIGKILL leaves them. */
static void test_parked(void) {
  host h;
  host_init(&h, 50 * MS);
  pid_t pid = start(&h, "parks");
  const layout_slot *slot = NULL;
  for (int i = 0; i < 1000 && !(slot && slot->hook == HOOK_sleep && slot->call_sequence & 1); i++) {
    slot = host_slot(&h, pid, LAYOUT_LOOP);
    pass(10);
  }
  CHECK(slot && slot->hook == HOOK_sleep && slot->call_sequence & 1 && slot->busy_since && slot->call_start);
  CHECK(slot && slot->registers.sp && slot->registers.pc && slot->iterations == 5);
  kill(pid, SIGKILL);
  CHECK(host_wait(pid) == 128 + SIGKILL);
  CHECK(slot && slot->iterations == 5 && slot->call_sequence & 1);
}

/* Each thread's end shows; when all slots are taken, the others are counted. */
static void test_threads(void) {
  host h;
  uint32_t ended = 0, refused;
  host_init(&h, 50 * MS);
  CHECK(host_wait(start(&h, "threads")) == 0);
  host_receive(&h);
  for (uint32_t i = 0; h.count && i < LAYOUT_SLOTS; i++) {
    const layout_slot *slot = &layout_slots(h.regions[0])[i];
    ended += slot->state == LAYOUT_ENDED && slot->iterations == 10 && !slot->busy_since;
  }
  CHECK(ended == 20);
  CHECK(host_wait(start(&h, "many-threads")) == 0);
  host_receive(&h);
  refused = h.count == 2 ? h.regions[1]->slots_refused : 0;
  CHECK(refused == 1600 - LAYOUT_SLOTS);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  library = argv[1];
  program = argv[2];
  test_iterations();
  test_nested_waits();
  test_descriptors();
  test_scopes();
  test_fork();
  test_jump();
  test_deeper_loop();
  test_parked();
  test_threads();
  return bad != 0;
}
