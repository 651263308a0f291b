/* Threads, a fork and a reader at once, over the library's own sources, for ThreadSanitizer.
 *
 * The wrappers are called by their inner names (BLOCKSCAN_DIRECT: no symbol of libc is replaced), so that the
 * sanitizer's own stay in place below them. The reader does what the collector does: it follows heartbeats,
 * takes published registers under their sequence number, drains the rings, reads the tables of places and
 * takes the copied stacks. */
#include "blockscan/runtime.h"
#include "runtime-check/preload/calls.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { THREADS = 8, ROUNDS = 3, WAITS = 400 };

static layout_head *head;
static layout_slot *slots;
static _Atomic bool done;
static unsigned copies; /* that the reader has seen */
static pthread_mutex_t contended = PTHREAD_MUTEX_INITIALIZER;

/* ThreadSanitizer tells memory by address: the library's view is the reader's, and what it offers is left. */
static void make_memory(void) {
  int ends[2];
  struct stat st;
  char text[64];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0 || fstat(ends[1], &st) != 0) exit(2);
  snprintf(text, sizeof text, "%d:%llu:0", ends[1], (unsigned long long)st.st_ino);
  setenv("BLOCKSCAN_RECORD", text, 1);
  preload_attach();
  if (!preload_view.head) exit(2);
  head = preload_view.head;
  slots = preload_view.slots;
}

static void callback(int ends[2], int i) {
  char byte;
  bs_scope scope;
  bs_scope_begin(&scope, "callback", 0);
  hook_write(ends[1], "x", 1);
  hook_read(ends[0], &byte, 1);
  hook_pthread_mutex_lock(&contended);
  if (i % 16 == 0) hook_usleep(100);
  pthread_mutex_unlock(&contended);
  if (i % 32 == 0) hook_close(hook_open("/dev/null", O_RDONLY, 0));
  bs_scope_end(&scope);
  bs_runtime_allow_begin();
  bs_runtime_allow_end();
}

/* The collector tells a thread where its stack lies. */
static void tell_stack(void) {
  pthread_attr_t attributes;
  void *start;
  size_t size;
  thread_self *self = preload_watch();
  if (!self || pthread_getattr_np(pthread_self(), &attributes) != 0) exit(2);
  pthread_attr_getstack(&attributes, &start, &size);
  pthread_attr_destroy(&attributes);
  atomic_store(&self->slot->stack_start, (uintptr_t)start);
  atomic_store(&self->slot->stack_end, (uintptr_t)start + size);
}

static void *loop(void *unused) {
  struct epoll_event event;
  int file = epoll_create1(EPOLL_CLOEXEC), ends[2];
  if (pipe(ends) != 0) exit(2);
  tell_stack();
  for (volatile int i = 0; i < WAITS; i++) {
    hook_epoll_wait(file, &event, 1, i % 50 ? 0 : 1);
    callback(ends, i);
  }
  close(file);
  close(ends[0]);
  close(ends[1]);
  return unused;
}

/* One look at a slot; counts torn reads that the sequence number did not tell. */
static unsigned look(layout_slot *slot) {
  unsigned torn = 0;
  uint64_t before = atomic_load_explicit(&slot->call_sequence, memory_order_acquire);
  if (before & 1) {
    uint64_t sp = atomic_load(&slot->registers.sp), pc = atomic_load(&slot->registers.pc);
    uint32_t hook = atomic_load(&slot->hook);
    bool same = atomic_load(&slot->call_sequence) == before;
    torn += same && (!sp || !pc || hook >= HOOK_COUNT);
  }
  uint64_t tail = atomic_load(&slot->tail), end = atomic_load_explicit(&slot->head, memory_order_acquire);
  for (; tail < end; tail++) {
    layout_event event = slot->events[tail % LAYOUT_RING];
    torn += event.end < event.start || event.kind == LAYOUT_EVENT_NONE || event.hook >= HOOK_COUNT;
  }
  atomic_store_explicit(&slot->tail, tail, memory_order_release);
  return torn;
}

static unsigned look_at_sites(layout_slot *slot) {
  unsigned torn = 0;
  for (uint32_t i = 0; i < LAYOUT_SITES; i++) {
    const layout_site *site = &slot->sites[i];
    if (!atomic_load_explicit(&site->pc, memory_order_acquire)) continue;
    uint64_t key = atomic_load_explicit(&site->key, memory_order_relaxed);
    uint32_t hook = layout_site_hook(key);
    torn += (hook >= HOOK_COUNT && hook != LAYOUT_WAIT_HOOK) || !layout_site_sp(key);
  }
  return torn;
}

static unsigned look_at_copies(void) {
  unsigned torn = 0;
  for (uint32_t i = 0; i < LAYOUT_COPIES; i++) {
    uint32_t state = atomic_load_explicit(&head->copy_states[i], memory_order_acquire);
    if (state % LAYOUT_COPY_STATES != LAYOUT_COPY_READY) continue;
    const layout_copy *copy = &layout_copies(head)[i];
    const layout_registers *r = &copy->registers;
    uint64_t words = 0;
    for (uint64_t k = 0; k < copy->length / 8; k++) words |= atomic_load(&copy->words[k]);
    torn += copy->length < 64 || copy->length > LAYOUT_COPY || copy->site >= LAYOUT_SITES || !words ||
            !atomic_load(&r->sp) || !atomic_load(&r->pc);
    copies++;
    atomic_store_explicit(&head->copy_states[i], LAYOUT_COPY_FREE, memory_order_release);
  }
  return torn;
}

static void *reader(void *torn) {
  while (!atomic_load(&done)) {
    *(unsigned *)torn += look_at_copies();
    for (uint32_t i = 0; i < LAYOUT_SLOTS; i++) {
      layout_slot *slot = &slots[i];
      uint32_t state = atomic_load_explicit(&slot->state, memory_order_acquire);
      if (state == LAYOUT_FREE || !atomic_load(&slot->tid)) continue;
      *(unsigned *)torn += look(slot) + look_at_sites(slot);
      if (state != LAYOUT_ENDED) continue;
      *(unsigned *)torn += look(slot);
      atomic_store(&slot->pid, 0);
      atomic_store(&slot->tid, 0);
      atomic_store_explicit(&slot->state, LAYOUT_FREE, memory_order_release);
    }
  }
  return NULL;
}

/* The child of a threaded program has a slot in memory of its own, and leaves its parent's alone. */
static bool fork_works(void) {
  struct epoll_event event;
  int file = epoll_create1(EPOLL_CLOEXEC), status = 0;
  for (int i = 0; i < 3; i++) hook_epoll_wait(file, &event, 1, 0);
  layout_slot *mine = preload_self.slot;
  uint32_t pid = mine->pid;
  pid_t child = hook_fork();
  if (child == 0) {
    hook_epoll_wait(file, &event, 1, 0);
    _exit(preload_self.slot && preload_self.slot->pid == (uint32_t)getpid() && mine->pid != pid ? 0 : 1);
  }
  hook_waitpid(child, &status, 0);
  close(file);
  return child > 0 && status == 0 && preload_self.slot == mine;
}

int main(void) {
  pthread_t threads[THREADS], reading;
  unsigned torn = 0;
  make_memory();
  bool forked = fork_works();
  pthread_create(&reading, NULL, reader, &torn);
  for (int round = 0; round < ROUNDS; round++) {
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, loop, NULL);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  }
  atomic_store(&done, true);
  pthread_join(reading, NULL);
  printf("%u torn, %u copies, %s\n", torn, copies, forked ? "forked" : "the child's slot is wrong");
  return torn || !copies || !forked;
}
