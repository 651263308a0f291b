/* What the watchdog's files share: watch.c decides when to look, watch_stall.c what is seen becomes, live.c
 * the status line. */
#ifndef BLOCKSCAN_COLLECT_WATCH_H
#define BLOCKSCAN_COLLECT_WATCH_H

#include "runtime-check/collect/bell.h"
#include "runtime-check/collect/metrics.h"

#include <poll.h>

#define STOP_GRACE_NS UINT64_C(5000000000) /* from SIGTERM to SIGKILL when --duration is over */

/* What is known of a row of a thread's table of places; NO_INDEX: nothing yet. */
typedef struct watched_site {
  uint32_t stack; /* index in the recording's */
  uint32_t site; /* the same */
} watched_site;

/* A copied stack that waits to be unwound. */
typedef struct watched_copy {
  const region *region;
  uint32_t slot, generation, site;
  size_t length;
  char *bytes;
  layout_registers registers;
} watched_copy;
/* A stack that is recorded when its iteration becomes a stall. */
typedef struct early_sample {
  uint64_t at; /* since the iteration's start */
  uint32_t hook; /* as in recorded_sample */
  char state;
  stack taken;
} early_sample;

/* A thread that has a slot. */
typedef struct watched {
  region *region;
  uint32_t slot, generation, process;
  pid_t tid;
  uint32_t loop; /* NO_INDEX until it runs one */
  bool refused; /* it runs one too many */
  uint32_t stall; /* the open one, or NO_INDEX */
  uint64_t stall_start; /* its busy_since */
  uint64_t closing; /* when it was first seen to be over without its event; 0 */
  uint64_t next_sample, interval;
  stall_looks looks; /* at schedstat, for the open stall or the next one */
  unsigned wait_tries; /* to take a stack of its loop's wait */
  uint64_t next_wait_try;
  uint64_t early_start; /* the iteration that a stack was taken of before it was a stall; 0 none */
  uint64_t iterations, busy_ns; /* at the last look */
  uint64_t took; /* one of its latest iterations, on the average */
  uint64_t settled_start; /* of the iteration that was told last: its heartbeat may still stand */
  bool has_early; /* and there was one to take */
  uint64_t stopped_start; /* of the iteration in which the thread was last stopped for a stack */
  uint64_t stopped_until; /* when that was over; a stop that comes late is in the iteration that follows */
  uint32_t stops; /* in that one */
  early_sample early;
  /* Scopes: the due that was last seen to pass and when to sample again; samples, whose `at` is a time of the
   * clock; the longest call lately; the last event's name and iteration. */
  uint64_t scope_due, next_scope_sample, scope_interval;
  BS_VEC(recorded_sample) scope_samples;
  layout_event longest_call;
  uint64_t longest_call_until, scope_iteration;
  const char *scope_name;
  uint64_t iteration; /* that `calls` belong to */
  BS_VEC(recorded_call) calls;
  watched_site *sites; /* LAYOUT_SITES of them; NULL until one is known */
} watched;

/* Its memory: the thread may write to it at any time, whatever it likes. */
#define watched_counter(counter) recorded_bounded(atomic_load_explicit((counter), memory_order_relaxed))

static inline layout_slot *watched_slot(const watched *x) { return &x->region->slots[x->slot]; }

typedef struct live live;

struct watcher {
  recording *r;
  live *live;
  metrics *metrics; /* the recording's; NULL: nobody asked for it */
  BS_VEC(watched) watched;
  BS_VEC(struct pollfd) polled;
  int status; /* of the program, when program_ended */
  bool program_ended, timed_out;
  bool let_go; /* by the program that the recorder was attached to */
  unsigned signals; /* that asked the recorder to end */
  uint64_t stopped_at;
  BS_VEC(watched_copy) copies;
  uint64_t next_look; /* for processes without the library */
  uint64_t last_new; /* when a thread was first seen */
  uint32_t ran; /* threads that did, between the last two looks */
  bell *bell; /* NULL: it looks all the time */
  uint64_t hung; /* since when all bells are hung; 0 they are not */
  uint64_t rests; /* since when it sleeps until one is rung; 0 it does not */
  bool rested; /* and that was long enough to do so again soon */
  bool is_sure; /* who rang looks at the bell anew in each iteration */
  uint32_t changes; /* of the bell, when the descriptors were last asked */
};

/* Reads the thread's ring: calls are counted, iterations that were too long become stalls. */
void watch_drain(watcher *w, watched *x);
/* Takes a stack of an iteration that is past the threshold; returns when to take the next. */
uint64_t watch_sample(watcher *w, watched *x, uint64_t busy, uint64_t now);
/* Takes one stack of an iteration that is no stall yet, or of a thread that is not known to run a loop: kept
 * in case that it becomes one. */
void watch_sample_early(watcher *w, watched *x, uint64_t busy, uint64_t now);
/* One stack of the thread as it is now, and the call that it is in. False when `still` is no longer `value`,
 * or nothing can be read. */
bool watch_stack(watcher *w, watched *x, const _Atomic uint64_t *still, uint64_t value, stack *out,
                 uint32_t *hook);
/* Samples a thread that is in a scope past its threshold; returns when to look again. */
uint64_t watch_scopes(watcher *w, watched *x, uint64_t now);
void watch_scope_event(watcher *w, watched *x, const layout_event *e);
/* A call in a scope, or in an iteration. */
void watch_scope_call(watched *x, const layout_event *e);
/* Name of the innermost scope that the thread is in, or NULL. Lives as long as the recording. */
const char *watch_scope_name(const watcher *w, const watched *x);
/* Answers the questions that threads have asked. */
void watch_answer(watcher *w);
/* Settles the open stall, if there is one, without an event. `ended`: a wait followed. */
void watch_close(watcher *w, watched *x, uint64_t now, bool ended);
/* Finds a stack of a loop's wait: it tells the library and who calls the callbacks. What the thread has
 * handed over is of the wait that it makes now; else one is taken, once. */
void watch_wait_stack(watcher *w, watched *x);
/* Only the one that was handed over, if there is one and it is unwound. */
void watch_use_wait_stack(watcher *w, watched *x);
/* The library that runs the loop, by the stack of its wait. */
void watch_name_loop(watcher *w, const watched *x, const stack *wait);
/* Copies the counters of a loop thread, and those of its places. */
void watch_totals(watcher *w, watched *x);
void watch_sites(watcher *w, watched *x);
/* Unwinds some of the stacks that were copied; true when there are more. */
bool watch_copies(watcher *w);
/* The same for all of a thread that ends; then its unfinished copies are free. */
void watch_copies_of(watcher *w, const watched *x);
void watch_free_copies(const watched *x);
/* What is left of memory that goes. */
void watch_drop_copies(watcher *w, const region *g);
/* The stack of a call from a place of the thread's table, or NO_INDEX: when the first call from there, whose
 * stack was copied, was made in this iteration. Later ones may have come by another way. */
uint32_t watch_site_stack(watcher *w, watched *x, uint32_t site, uint64_t iteration);
/* Tells a thread the mapping of its stack, once. */
void watch_stack_bounds(watcher *w, const watched *x);

/* namespaces.c */
/* From a thread's own number, of that PID namespace, to the one that the recorder sees. False: there is none.
 */
bool namespace_translate(uint64_t space, pid_t pid, pid_t *tid);

live *live_new(recording *r);
void live_draw(live *l, uint64_t now);
void live_free(live *l);

#endif
