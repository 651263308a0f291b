/* The memory that a watched process and the collector share, and who writes what.
 *
 * Each process makes a memory of its own (a memfd, close-on-exec, sealed so that its size stays) and gives
 * the collector its descriptor over a socket, which the collector hands down through the environment
 * (attach.h). Nobody else has it: what a process starts inherits the socket and no memory, and a child of
 * fork makes another one in its place.
 *
 * The memory is a head, then LAYOUT_SLOTS slots, then LAYOUT_COPIES copies of stacks. A thread that waits for
 * events, or opens a scope, takes a free slot with one compare-and-swap and keeps it until it ends; other
 * threads are not watched. The taker raises `generation` last, when the slot is its own in all fields: until
 * then a reader leaves the slot alone. The collector sets pid and tid to 0 as it frees one. A slot is written
 * by its thread only and read by the collector only (but for the fields that say otherwise), so there are no
 * locks: a single-producer ring, counters, and a sequence number around what the collector may read while it
 * is written (a seqlock). Nothing here allocates, and no pointer crosses.
 *
 * The collector believes nothing of it: a program may write over its own memory. What is read is read once,
 * and an index, a length or a text is checked before it is used.
 *
 * Times are CLOCK_MONOTONIC nanoseconds. All fields that both sides touch are C11 atomics of 4 or 8 bytes,
 * lock-free on every platform that is supported; the same header serves both sides and both are of one build
 * (LAYOUT_VERSION).
 */
#ifndef BLOCKSCAN_SHARED_LAYOUT_H
#define BLOCKSCAN_SHARED_LAYOUT_H

#include <stdatomic.h>
#include <stdint.h>

#define LAYOUT_MAGIC UINT64_C(0x52434453434b4c42) /* "BLKCSDCR" */
enum {
  LAYOUT_VERSION = 7,
  LAYOUT_SLOTS = 1024,       /* threads of a process that are watched at once */
  LAYOUT_RING = 1024,        /* events in a slot's ring; a power of two */
  LAYOUT_BUCKETS =
      440, /* of the iteration histogram: 8 for each power of two, from 1,024 ns (layout_bucket) */
  LAYOUT_NAMES = 64, /* of scopes that a slot has room for; a power of two */
  LAYOUT_TEXT = 8192, /* bytes of an answer */
  LAYOUT_HOOKS = 1024, /* most hooks there may be */
  LAYOUT_WAIT_HOOK = LAYOUT_HOOKS - 1, /* of a site that is the wait of the thread's loop */
  LAYOUT_SITES = 256, /* places of watched calls in a slot's table; a power of two */
  LAYOUT_CALL_BUCKETS = 116, /* of a site's histogram: layout_call_bucket */
  LAYOUT_COPIES = 64, /* copied stacks that the collector has not yet read, of all slots */
  LAYOUT_COPY = 64 * 1024, /* bytes of one, at most */
  LAYOUT_CALL_EVENT_NS = 100000, /* shorter calls are only counted, whoever made the memory */
};

/* What a slot's thread is doing. */
enum layout_state {
  LAYOUT_FREE, /* nobody's */
  LAYOUT_THREAD, /* a thread that is not (yet) known to run a loop */
  LAYOUT_LOOP, /* it waited repeatedly, or entered a known run function */
  LAYOUT_ENDED, /* the thread or process is gone; the collector frees the slot when it has read the ring */
};

enum layout_event_kind {
  LAYOUT_EVENT_NONE,
  LAYOUT_EVENT_CALL, /* a watched call in an iteration or a scope that took `threshold_call_ns` or longer */
  LAYOUT_EVENT_ITERATION, /* an iteration that took `threshold_ns` or longer */
  /* A stretch of a named scope of the linkable API that took its threshold or longer, without a wait of the
   * loop; hook: enum layout_scope; caller: the threshold. Or one that was expected and did not come. */
  LAYOUT_EVENT_SCOPE,
  /* The thread became a loop thread, or another loop began in it. value: enum layout_wait; hook: the run
   * function, as in hooks.h; start: of what was taken for an iteration and is none, 0 without; iteration: 1
   * when it is the loop that it was */
  LAYOUT_EVENT_LOOP,
};

/* Which call the loop waits in; tells the library together with the symbols of the stack. */
enum layout_wait {
  LAYOUT_WAIT_EPOLL,
  LAYOUT_WAIT_POLL,
  LAYOUT_WAIT_SELECT,
  LAYOUT_WAIT_URING,
  LAYOUT_WAIT_SIGNAL,
  LAYOUT_WAIT_MESSAGE,
  LAYOUT_WAIT_READ, /* of a descriptor that tells of events: an eventfd, a signalfd */
};

enum layout_scope { LAYOUT_SCOPE_STALLED, LAYOUT_SCOPE_EXPECTED, LAYOUT_SCOPE_MISSED };

/* A name of a scope: copied, so that it outlives the process. */
typedef struct layout_name {
  _Atomic uint64_t address; /* in the process; 0 free */
  char text[56]; /* ends with a zero */
} layout_name;

/* What a thread asks the collector, one at a time: the text of a stall, which needs its stack. */
enum layout_ask_state {
  LAYOUT_ASK_FREE,
  LAYOUT_ASK_TAKEN, /* by a thread that writes its question */
  LAYOUT_ASK_ASKED, /* the thread waits for this futex to change */
  LAYOUT_ASK_ANSWERED, /* the thread reads, then frees it */
  LAYOUT_ASK_LEFT, /* the thread gave up waiting: the collector frees it */
};
enum layout_ask_kind { LAYOUT_ASK_ITERATION, LAYOUT_ASK_SCOPE, LAYOUT_ASK_LATEST };
typedef struct layout_ask {
  _Atomic uint32_t state;
  uint32_t kind, slot;
  uint64_t start; /* of the iteration or the scope's stretch, as in its event */
  uint32_t length;
  char text[LAYOUT_TEXT];
} layout_ask;

typedef struct layout_event {
  uint32_t kind; /* layout_event_kind */
  uint32_t hook; /* CALL: index (hooks.h); see above for SCOPE and LOOP; else 0 */
  uint64_t start, end;
  uint64_t cpu_ns; /* ITERATION: CPU time of the thread in it (CLOCK_THREAD_CPUTIME_ID), UINT64_MAX unknown */
  uint64_t iteration; /* number of the iteration that it belongs to, from 1; 0 outside a loop */
  uint64_t caller; /* CALL: return address in the caller of the hook */
  uint64_t site; /* CALL: row of the slot's table that counted it, LAYOUT_SITES without one */
  int64_t value; /* CALL: descriptor or first integer argument, -1 without; SCOPE: index of its name in the
                    slot; ITERATION: how often the thread gave up the CPU in it to wait, -1 unknown */
} layout_event;

/* Registers of a thread that is parked in a watched call: enough for unwinding from its caller's frame. */
typedef struct layout_registers {
  /* The caller's as they are right after the hook returned to it: sp is the address just above the return
   * address (the hook's CFA), pc the return address, fp the frame pointer (rbp). */
  _Atomic uint64_t sp, pc, fp;
  _Atomic uint64_t
      saved[4]; /* x86-64: rbx, r12, r13, r14 … of the caller as they were at entry; r15 in `r15` */
  _Atomic uint64_t r15;
} layout_registers;

#define LAYOUT_UNCOPIED (UINT64_C(1) << 63)

/* A place that made watched calls: told apart from others by the function, the return address, and how deep
 * the stack was, which differs on most of the paths that lead to one place. */
typedef struct layout_site {
  _Atomic uint64_t pc; /* return address in the caller, LAYOUT_UNCOPIED until its stack was handed over; 0: a
                          free row. Written last */
  _Atomic uint64_t key; /* layout_site_key */
  _Atomic uint64_t count, total_ns, max_ns;
  _Atomic uint64_t iteration; /* number of that of its first call */
  _Atomic uint32_t histogram[LAYOUT_CALL_BUCKETS];
} layout_site;

/* Why one slot a thread, and a seqlock: the thread that is watched must never wait for the collector, not
 * even for the time of a lock that the collector holds while it is stopped or killed. So nothing is shared
 * between writers, and the only writer never asks whether somebody reads. It stores two words an iteration,
 * to its own cache lines. The reader pays instead: it reads the sequence, copies, and reads the sequence
 * again; when it is odd or has changed, the copy is thrown away and the next look, a few milliseconds later,
 * tries again. Counters need no such care, since each is one atomic word and a reader wants no two of them
 * from the same moment. A ring of events lies beside them for what must not be overwritten unseen; when it is
 * full, the new event is dropped and counted, for the program must go on. The alternative, a queue for all
 * threads, costs each writer an atomic exchange on a line that all of them write. */
typedef struct layout_slot {
  _Atomic uint32_t state; /* layout_state; the thread takes FREE -> THREAD; the collector ENDED -> FREE */
  _Atomic uint32_t pid, tid;
  _Atomic uint64_t pid_namespace; /* that these are of: the inode of /proc/self/ns/pid; 0 unknown */
  _Atomic uint32_t generation; /* counts takers of this slot: tells two threads in one slot apart */
  _Atomic uint32_t wait_kind; /* layout_wait of the last wait */

  /* The heartbeat: two stores an iteration. busy_since != 0 while the thread is between waits. */
  _Atomic uint64_t busy_since;
  _Atomic uint64_t iterations; /* finished ones */
  _Atomic uint64_t idle_since; /* when it last began to wait; 0: its loop is over, or has not waited yet */

  /* Parked in a watched call. `call_sequence` is odd while the thread is inside; it is raised at entry (after
   * the registers are written) and at exit (first). hook and call_start hold for the call of the odd number;
   * Many of a loop's waits are published in the same way, with the index of their function: busy_since is 0
   * then, and call_start. Calls that cannot block are not published. */
  _Atomic uint64_t call_sequence;
  _Atomic uint32_t hook;
  _Atomic uint32_t allowed; /* depth of bs_allow(): stalls here are expected */
  _Atomic uint64_t call_start;
  /* Scopes: the innermost one's name, its index plus 1, 0 none; when the first open one passes its threshold,
   * 0 never. */
  _Atomic uint64_t scope, scope_due;
  _Atomic uint64_t excused_ns; /* of the iteration: time that was allowed */
  _Atomic uint64_t inner; /* it waits in a loop of the program's own that a callback of such a one runs */
  layout_registers registers;

  /* Counters, all of the thread's own: read at any time, torn reads of single counters do not happen. */
  _Atomic uint64_t busy_ns, idle_ns, max_ns; /* over finished iterations */
  _Atomic uint64_t histogram[LAYOUT_BUCKETS]; /* durations of finished iterations */
  _Atomic uint64_t
      calls[LAYOUT_HOOKS]; /* watched calls in iterations and scopes that could have blocked, fast ones too */
  _Atomic uint64_t call_ns[LAYOUT_HOOKS]; /* total of those that were timed */
  _Atomic uint64_t sites_used; /* rows of `sites` */
  _Atomic uint64_t unplaced; /* watched calls that found no row */
  _Atomic uint64_t wait_site; /* the row of the loop's wait, whose stack was copied, plus 1; 0 none */
  /* The mapping that the thread's stack lies in, by the collector, who writes the end last; 0 unknown. */
  _Atomic uint64_t stack_start, stack_end;

  layout_name names[LAYOUT_NAMES]; /* by a hash of the address; a full table names the others like the last */

  /* The ring: the thread writes events[head % LAYOUT_RING] and then raises head; the collector reads up to
   * head and raises tail. A full ring drops the new event and counts it. */
  _Atomic uint64_t head, tail, dropped;
  layout_event events[LAYOUT_RING];

  layout_site sites[LAYOUT_SITES]; /* open addressing, from layout_site_index on */
} layout_slot;

/* What a copy's state says; in the higher bits is whose it is: 1 + the slot's index. */
enum layout_copy_state { LAYOUT_COPY_FREE, LAYOUT_COPY_TAKEN, LAYOUT_COPY_READY, LAYOUT_COPY_STATES = 4 };

/* The stack of a call whose site was new, from the caller's frame on: the thread copies it, the collector
 * unwinds it later. */
typedef struct layout_copy {
  uint32_t generation; /* of the slot */
  uint32_t site; /* row of its table */
  uint64_t length; /* bytes of `words`, which lay at registers.sp */
  layout_registers registers;
  _Atomic uint64_t words[LAYOUT_COPY / 8];
} layout_copy;

/* For so long after it rang a thread looks at the bell in each iteration: the collector, which hangs it anew,
 * need not look twice then. */
#define LAYOUT_RUNG_NS UINT64_C(3000000)
/* How old the base of an iteration's CPU time may be: who has waited for that long reads it anew, and looks
 * at the bell. */
#define LAYOUT_CPU_BASE_NS UINT64_C(1000000)
/* Whether the collector looks at the threads by itself, or wants to be woken by the first that runs. */
enum layout_bell {
  LAYOUT_BELL_LOOKS,
  LAYOUT_BELL_HUNG, /* by the collector; who rings makes it LOOKS and wakes the futex */
  LAYOUT_BELL_NONE, /* the process makes no system calls: nobody will ring */
};

typedef struct layout_head {
  uint64_t magic;
  uint32_t version, slot_size;
  _Atomic uint64_t threshold_ns; /* an iteration at least this long is an event */
  _Atomic uint64_t threshold_call_ns; /* a call at least this long is an event; shorter ones only count */
  _Atomic uint32_t slots_refused; /* threads that found no free slot: counted, not watched */
  _Atomic uint64_t shortest_ns; /* threshold of all scopes so far, 0 none: how often to look */
  _Atomic uint32_t bell; /* layout_bell */
  _Atomic uint64_t rung_at; /* when a thread last rang it */
  layout_ask ask;
  _Atomic uint64_t taken[LAYOUT_SLOTS / 64]; /* a bit for each slot: set by the thread once it took it,
                                              * cleared by the collector before it frees it */
  _Atomic uint32_t copies_made; /* counts copies that became ready */
  _Atomic uint32_t
      copy_states[LAYOUT_COPIES]; /* FREE -> TAKEN -> READY by a thread, READY -> FREE by the collector */
} layout_head;

/* Gives new memory its head, for iterations of at least `threshold_ns`; the magic comes last. */
static inline void layout_begin(layout_head *head, uint64_t threshold_ns) {
  uint64_t call_ns = LAYOUT_CALL_EVENT_NS;
  head->version = LAYOUT_VERSION;
  head->slot_size = sizeof(layout_slot);
  atomic_store(&head->threshold_ns, threshold_ns);
  atomic_store(&head->threshold_call_ns, threshold_ns < call_ns ? threshold_ns : call_ns);
  atomic_store(&head->ask.state, LAYOUT_ASK_FREE);
  head->magic = LAYOUT_MAGIC;
}
/* Whether memory has the head of this build. */
static inline int layout_is_ours(const layout_head *head) {
  return head->magic == LAYOUT_MAGIC && head->version == LAYOUT_VERSION &&
         head->slot_size == sizeof(layout_slot);
}

/* Bytes of the whole memory, and its parts. */
static inline uint64_t layout_size(void) {
  return sizeof(layout_head) + LAYOUT_SLOTS * sizeof(layout_slot) + LAYOUT_COPIES * sizeof(layout_copy);
}
static inline layout_slot *layout_slots(layout_head *head) { return (layout_slot *)(head + 1); }
/* What the memory is sealed with (fcntl(2), F_ADD_SEALS): its size stays. */
#define LAYOUT_SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

static inline layout_copy *layout_copies(layout_head *head) {
  return (layout_copy *)(layout_slots(head) + LAYOUT_SLOTS);
}

/* Function and depth of a site in one word: LAYOUT_HOOKS is 1 << 10, and no address of a user's stack has
 * more than 53 bits. */
static inline uint64_t layout_site_key(uint64_t sp, uint32_t hook) { return sp << 10 | hook; }
/* The same of a loop that a callback ran and that served the same events: a site whose calls are its runs. */
#define LAYOUT_SITE_NESTED (UINT64_C(1) << 63)
static inline uint64_t layout_site_sp(uint64_t key) { return (key & ~LAYOUT_SITE_NESTED) >> 10; }
static inline uint32_t layout_site_hook(uint64_t key) { return key & (LAYOUT_HOOKS - 1); }
/* The row where the search for a site begins. */
static inline uint32_t layout_site_index(uint64_t pc, uint64_t key) {
  return (uint32_t)(pc ^ key) * UINT32_C(0x9e3779b1) >> 24;
}

/* The bucket of a duration: eight of 128 ns, then 8 to each power of two from 1,024 ns on (relative error at
 * most 12.5%, as in HdrHistogram with one significant digit). */
static inline uint32_t layout_bucket(uint64_t ns) {
  uint32_t power = 63 ^ (uint32_t)__builtin_clzll(ns | 1024);
  return (power - 10) * 8 + (uint32_t)(ns >> (power - 3));
}

/* The lower end of a bucket, in nanoseconds. */
static inline uint64_t layout_bucket_ns(uint32_t bucket) {
  if (bucket < 8) return bucket * UINT64_C(128);
  return (UINT64_C(8) | (bucket & 7)) << (bucket / 8 + 6);
}

/* The bucket of a call's duration: 4 to each power of two above 1 µs, down to 256 ns each below; the last
 * one, from 8 minutes, holds the rest. */
static inline uint32_t layout_call_bucket(uint64_t ns) {
  uint64_t units = (ns >> 8) + 4;
  uint32_t shift = ((uint32_t)__builtin_clzll(units) ^ 63) - 2;
  uint64_t bucket = 4 * shift + (units >> shift) - 4;
  return bucket < LAYOUT_CALL_BUCKETS ? (uint32_t)bucket : LAYOUT_CALL_BUCKETS - 1;
}

/* The lower end of such a bucket, in nanoseconds. */
static inline uint64_t layout_call_bucket_ns(uint32_t bucket) {
  return (((UINT64_C(4) | (bucket & 3)) << (bucket / 4)) - 4) << 8;
}

#endif
