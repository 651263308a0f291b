/* What the library's files share: a thread's own state, and the few steps that every wrapper takes.
 *
 * The rules of this folder: nothing allocates, locks, prints, unwinds or handles a signal; errno stays what
 * the wrapped function left. A thread touches its own state and its own slot only, so that a signal handler
 * that comes in between finds, at worst, a call already under way, and is not recorded.
 */
#ifndef BLOCKSCAN_PRELOAD_PRELOAD_H
#define BLOCKSCAN_PRELOAD_PRELOAD_H

#include "runtime-check/shared/hooks.h"
#include "runtime-check/shared/layout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define NO_TIME UINT64_MAX
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* The caller's registers as the exported stub saw them; the stubs (stubs.c) know the order. */
typedef struct entry_registers {
  uint64_t sp; /* at entry: points at the return address */
  uint64_t rbp, rbx, r12, r13, r14, r15;
} entry_registers;

/* How much a wait is one that loops are made of (loops.c). */
enum wait_strength {
  STRENGTH_READ, /* a read of a descriptor that brings events */
  STRENGTH_ONE,  /* one descriptor, a signal, a message */
  STRENGTH_SOME, /* several descriptors */
  STRENGTH_SET,  /* an epoll set, a ring */
};

/* A wait's place: where it is called from and how deep. */
typedef struct wait_site {
  uintptr_t pc, sp;
  uint32_t count;
  uint32_t within; /* of `other`: waits while a loop's wait is published */
  enum wait_strength strength;
  uintptr_t object, things; /* as in wait_call */
} wait_site;

enum { LOOP_CALLS = 4, LOOP_LEVELS = 4 };

/* A loop that the thread is in, and what tells its wait from those of its callbacks. */
typedef struct thread_loop {
  wait_site wait;   /* the loop's own */
  wait_site other;  /* the last other wait since it; its count is reset at each of the loop's */
  wait_site before; /* the wait that was taken for the loop's before this one */
  wait_site calls[LOOP_CALLS]; /* waits that were taken for the loop's and proved to be of callbacks */
  uint32_t ncalls;
  uint32_t run;  /* the run function that showed it, or RUN_NONE */
  bool running;  /* the run function is on the stack */
  bool settled;  /* no turn of a library's loop is this thread's loop: it is one of this loop's callbacks */
  uint64_t inner_began, inner_ended; /* a wait of a callback for the same events: the first, if more follow */
  uintptr_t turn_pc; /* where it calls another one of its library; 0 unknown */
  uintptr_t run_sp, code,
      context; /* of the run function: its caller's stack pointer, its own code, its loop */
} thread_loop;

/* A loop whose callback runs another one. */
typedef struct outer_loop {
  thread_loop loop;
  uint64_t began; /* when the inner one did */
  layout_site *site; /* of the inner one's run function, or of its first wait; or NULL */
} outer_loop;

/* A thread's own state. */
typedef struct thread_self {
  entry_registers entry;
  layout_slot *slot; /* NULL: not watched */
  uint32_t epoch; /* of the process that took the slot; another one: this is a fork's child */
  bool active; /* in an iteration or a scope: calls count */
  bool ended; /* no slot to be had: the thread is ending, or all are taken */
  bool marked; /* scopes.c has something to do at the next wait */
  uintptr_t inside; /* stack pointer of the call or wait that is published; 0 none */
  uintptr_t known; /* loop.wait.sp when enough waits have shown that it is a loop, else 0 */
  uintptr_t last_wait; /* stack pointer of the last wait that was not at `known` */
  uint32_t waits_placed; /* tries to hand over the stack of a loop's wait */
  uint32_t publish_in; /* waits until the next one that is published */
  uint32_t told_run; /* loop.run when the collector was told of the loop */
  uint64_t notable; /* an iteration that took so long is past the threshold, or the longest so far */
  uint64_t cpu_base; /* the thread's CPU time at cpu_base_at */
  uint64_t cpu_base_at;
  uint64_t cpu_others; /* time of the iterations since then, but for the current one */
  int64_t switches_base; /* times that it had given up the CPU by then; -1 unknown */
  thread_loop loop; /* the innermost */
  uint32_t depth; /* of `outer` */
  outer_loop outer[LOOP_LEVELS];
} thread_self;

extern __attribute__((visibility("hidden"))) _Thread_local thread_self preload_self;

/* The process' view of the recording. `epoch` lies in a page that a fork's child finds zeroed; 0 there means
 * that the memory is the parent's: it is not mapped here, and nothing may touch it before the epoch is
 * looked at. */
typedef struct recording_view {
  layout_head *head; /* NULL: nothing is recorded */
  layout_slot *slots;
  _Atomic uint32_t *epoch;
  bool passive; /* no system call may be made: the program filters them */
  uint32_t tid_at; /* offset of a thread's id from pthread_self(); 0 unknown */
  /* clock_gettime of the vdso, or of the C library where there is none: what the collector's clock says, even
   * in a program whose own clock is replaced. */
  int (*clock)(clockid_t clock, struct timespec *now);
} recording_view;
extern __attribute__((visibility("hidden"))) recording_view preload_view;

/* attach.c */
/* By the constructor: what waits before it is not watched. */
void preload_attach(void);
/* The thread's state with a slot of its own, or NULL. Takes the slot when there is none yet. */
thread_self *preload_watch(void);

/* bell.c */
/* Wakes the collector, which sleeps since no loop ran. */
void bell_ring(void);
/* Nobody may ring from now on; or may again. */
void bell_silence(bool passive);

/* kernel.c */
/* A system call, as by syscall(2), and past whoever stands in front of that. */
long own_call(long number, ...);

/* region.c: the memory that this process shares with the collector. errno says why not. */
/* New memory, which no child inherits; *fd is its descriptor, close-on-exec. `at`: where it should be, NULL
 * anywhere. */
layout_head *region_make(uint64_t threshold_ns, void *at, int *fd);
/* Offers go through the socket `fd`, as long as it has that inode; false when it has not. */
bool region_offers_through(int fd, uint64_t inode, uint64_t threshold_ns);
/* New memory that is offered to the collector; NULL when that cannot be reached. */
layout_head *region_offer(void *at);
/* In a child of fork that will have none: what its thread was about to write is written to nowhere. */
void region_forget(void *at);

/* calls.c */
typedef struct call {
  uint64_t start;
  uint32_t hook;
  int64_t value;
  uint64_t caller;
  uint64_t sp; /* the caller's */
} call;
/* `start` and the rest of the call are set by the caller. */
void call_begin(thread_self *self, call *c, uintptr_t sp, uintptr_t pc);
void call_end(thread_self *self, const call *c);
void publish(thread_self *self, uint32_t hook, uint64_t start, uintptr_t sp, uintptr_t pc);
/* Counts one call at its place, if that is known. */
void count_at(layout_site *site, uint64_t took);
void push_event(layout_slot *slot, const layout_event *event);
uint64_t thread_cpu_ns(void);
/* How often the thread has given up the CPU to wait for something; -1 unknown. */
int64_t thread_switches(void);

/* waits.c */
enum wait_mode { WAIT_FORWARD, WAIT_LOOP, WAIT_CALL };
/* Around a read of a descriptor that brings events; `c->hook` and `c->value` are set. `zero`: it does not
 * wait. */
enum wait_mode reading_begins(call *c, bool zero, uintptr_t sp, uintptr_t pc);
void reading_ends(const call *c, enum wait_mode mode);

/* loops.c */
enum { LOOP_AFTER = 2 /* waits in one place make a loop */ };
/* A wait that is not at the place of the loop's. */
typedef struct wait_call {
  uintptr_t sp, pc;
  enum wait_strength strength;
  uintptr_t object; /* its first argument: the epoll descriptor, the array of descriptors */
  uint64_t things; /* how many it waits for; 0: for nothing */
  uint32_t hook;
  bool zero; /* it does not wait at all */
} wait_call;
/* Whether the wait is the loop's; then its place is the loop's from here on. */
bool loop_waits(thread_self *self, const wait_call *w);
/* A call of a run function. */
typedef struct run_call {
  uint32_t run, hook;
  uintptr_t sp, pc; /* of its caller */
  uintptr_t code, context;
  bool at_end; /* it returns when the loop is over */
} run_call;
/* What it is for the loop that the thread is in. */
enum run_mode {
  RUN_FORWARD, /* nothing */
  RUN_RESUMED, /* the next turn of that loop */
  RUN_BEGUN, /* a loop, in place of it */
  RUN_NESTED, /* a loop in a callback, which serves the same events */
  RUN_BLOCKING /* a loop in a callback, which serves others: a blocking call */
};
enum run_mode loop_run(thread_self *self, const run_call *r);
/* The stack above `sp` is all there is of the thread's: what ran below it has been left. */
void loop_leave(thread_self *self, uintptr_t sp);
/* waits.c: what lay between the loop's last wait and now was no iteration. A loop begins, or goes on. */
void iteration_void(thread_self *self);
/* waits.c: the wait that lasted from `ended` to `began` has split the iteration: it was a loop's, too. */
void iteration_split(thread_self *self, uint64_t ended, uint64_t began);
/* waits.c: the place of a loop that a callback runs, with its stack. The call is the one made now. */
layout_site *place_nested(thread_self *self, uint32_t hook, uintptr_t sp, uintptr_t pc, uint64_t now);

/* sites.c */
/* How far up the thread's own stack certainly reaches; 0 when `sp` is not on it, or that is not known. */
uintptr_t stack_end(const thread_self *self, uintptr_t sp);
/* The row of the site, a new one if need be; NULL when the table is full. Copies the stack of one that has
 * none yet, which only the call that is published now can do. */
layout_site *find_site(thread_self *self, uint64_t pc, uint64_t key);

/* descriptors.c */
enum descriptor_kind { DESCRIPTOR_UNKNOWN, DESCRIPTOR_NONBLOCKING, DESCRIPTOR_BLOCKING, DESCRIPTOR_FILE };
/* Asks when that is long ago. errno is kept. */
enum descriptor_kind descriptor_kind(int fd);
/* By number: 0 unknown; up to DESCRIPTOR_USES: non-blocking for so many more; above: may block. Threads may
 * overwrite each other's: any is true. */
enum {
  DESCRIPTOR_NUMBERS = 1 << 16,
  DESCRIPTOR_USES = 64,
  DESCRIPTOR_EVENTS = 255, /* what is read of it are events: a loop may wait by that */
};
extern __attribute__((visibility("hidden"))) _Atomic uint8_t descriptor_numbers[DESCRIPTOR_NUMBERS];
/* Asks. */
enum descriptor_kind descriptor_ask(int fd);
/* The number means something else from now on. Negative ones are ignored. */
void descriptor_forget(int fd);
/* The number is one of those, and reading it blocks. */
void descriptor_brings_events(int fd);

/* scopes.c: what a wait means for the thread's marks, for threads that are `marked`. */
/* Before the wait; whether it is `known` to be a loop's. Returns when the iteration ended, less what was
 * allowed in it. */
uint64_t marks_wait_begins(thread_self *self, uint64_t now, bool known, uintptr_t sp);
void marks_wait_ends(thread_self *self, uint64_t now);
/* A run function was entered: its first iteration began, and scopes around it go on. */
void marks_run_begins(thread_self *self);
/* The iteration that ends now was too long; and then, in its loop's wait, whatever is to be done about that.
 * May not return. */
void marks_stalled(thread_self *self, uint64_t took);
void marks_tell(thread_self *self);
/* A longjmp goes back to a frame whose stack pointer is `sp`. */
void marks_jump(thread_self *self, uintptr_t sp);

/* stubs.c: the next definition of a wrapped function. */
enum {
#define NEXT(name) NEXT_##name,
#include "runtime-check/preload/next.h"
  NEXT_COUNT
};
extern __attribute__((visibility("hidden"))) void *preload_next[NEXT_COUNT];
void *preload_resolve(unsigned index);
/* By the constructor. */
void preload_resolve_all(void);
/* The same of a library's function that is called from `pc`. What is not loaded at the start is looked up at
 * each call: it may go. */
void *preload_of_library(unsigned index, uintptr_t pc);
static inline void *next_of(unsigned index) {
  void *f = __atomic_load_n(&preload_next[index], __ATOMIC_RELAXED);
  return likely(f) ? f : preload_resolve(index);
}

static inline uint64_t now_ns(void) {
  struct timespec t;
  preload_view.clock(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static inline uint64_t get(const _Atomic uint64_t *from) {
  return atomic_load_explicit(from, memory_order_relaxed);
}

static inline void set(_Atomic uint64_t *to, uint64_t value) {
  atomic_store_explicit(to, value, memory_order_relaxed);
}

/* Only the thread itself writes these: no locked instruction is needed, and on x86-64 one is enough. */
static inline void counter_add(_Atomic uint64_t *counter, uint64_t by) {
#if defined(__x86_64__) && !defined(BLOCKSCAN_DIRECT)
  __asm__("addq %1, %0" : "+m"(*(uint64_t *)counter) : "er"(by) : "cc");
#else
  set(counter, get(counter) + by);
#endif
}

/* The collector is to look: it may be asleep. */
static inline void bell_look(void) {
  uint32_t bell = atomic_load(&preload_view.head->bell);
  if (unlikely(bell == LAYOUT_BELL_HUNG)) bell_ring();
}

/* Whether to look at the bell again in the next iteration. */
static inline bool bell_looks_on(uint64_t now) {
  uint64_t rung = get(&preload_view.head->rung_at);
  return rung && (rung > now || now - rung < LAYOUT_RUNG_NS);
}

/* The epoch of the process; 0 in a fork's child that has not asked for one yet. */
static inline uint32_t current_epoch(void) {
  return atomic_load_explicit(preload_view.epoch, memory_order_relaxed);
}

/* Since when the thread is in an iteration, 0 when it is in none: as in its slot. */
static inline uint64_t busy_since(const thread_self *self) { return get(&self->slot->busy_since); }

/* The call or wait that was published is over. */
static inline void unpublish(thread_self *self, layout_slot *slot) {
  uint64_t now = get(&slot->call_sequence);
  self->inside = 0;
  if (now & 1) set(&slot->call_sequence, now + 1);
}

/* The thread's state when its calls count now, else NULL. `sp` is the caller's. A published call that is
 * still there although the stack is above it was left by longjmp or an exception. */
static inline thread_self *enter(uintptr_t sp) {
  thread_self *self = &preload_self;
  if (likely(!self->active)) return NULL;
  if (unlikely(self->epoch != current_epoch())) return NULL;
  if (unlikely(self->inside && sp < self->inside)) return NULL;
  return self;
}

/* preload_watch() for a thread that has its slot already. */
static inline thread_self *watched_thread(void) {
  thread_self *self = &preload_self;
  if (likely(self->slot && self->epoch == current_epoch())) return self;
  return preload_watch();
}

/* Is it remembered as non-blocking? Then a call on it is none of ours. */
static inline bool uses_nonblocking(int fd) {
  if (unlikely((unsigned)fd >= DESCRIPTOR_NUMBERS)) return false;
  unsigned uses = atomic_load_explicit(&descriptor_numbers[fd], memory_order_relaxed);
  if (unlikely(uses - 1 >= DESCRIPTOR_USES)) return false;
  atomic_store_explicit(&descriptor_numbers[fd], uses - 1, memory_order_relaxed);
  return true;
}

static inline bool brings_events(int fd) {
  return (unsigned)fd < DESCRIPTOR_NUMBERS &&
         atomic_load_explicit(&descriptor_numbers[fd], memory_order_relaxed) == DESCRIPTOR_EVENTS;
}

/* uses_nonblocking(), after asking where nothing is remembered. */
static inline bool is_nonblocking(int fd) {
  return uses_nonblocking(fd) || descriptor_kind(fd) == DESCRIPTOR_NONBLOCKING;
}

/* The stack pointer just above the return address, which is what the caller's will be. */
#define CALLER_SP ((uintptr_t)__builtin_dwarf_cfa())
#define CALLER_PC ((uintptr_t)__builtin_return_address(0))

#endif
