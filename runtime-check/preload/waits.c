/* Iterations: what lies between two waits of a loop.
 *
 * The loop's wait is known by its place, which is the return address and the depth of the stack. A wait that
 * is deeper than it, from elsewhere, is made by a callback: a blocking call within the iteration. A loop may
 * end and another begin deeper in the stack; without unwinding that cannot be told from a callback that
 * waits, so the deeper one becomes the loop when it has waited often and long without the outer one.
 */
#include "runtime-check/preload/calls.h"

enum {
  LOOP_AFTER = 2,           /* waits in one place make a loop */
  MOVED = 256, /* bytes: the same wait a little deeper is the same loop, entered by another function */
  LEFT_AFTER = 4, /* waits within a wait: more than a signal handler makes */
  TAKE_OVER = 16, /* waits of a deeper place without the outer one */
  CPU_BASE_NS = 1000000, /* how old the base of an iteration's CPU time may be */
};
enum { PUBLISHED = 8192, PUBLISH_EACH = 16 }; /* all of the first waits; then one in so many */
#define ALWAYS_INLINE \
  static inline __attribute__((always_inline)) /* the path of every iteration is one piece of code */
static const uint64_t TAKE_OVER_NS = UINT64_C(5000000000);

enum wait_mode { WAIT_FORWARD, WAIT_LOOP, WAIT_CALL };

ALWAYS_INLINE bool at(const wait_site *site, uintptr_t sp, uintptr_t pc) {
  return site->pc == pc && site->sp == sp;
}

/* The deeper wait has shown that the loop which was known is over. */
static bool takes_over(thread_self *self, uint32_t kind, uintptr_t sp, uintptr_t pc) {
  wait_site *nested = &self->nested;
  if (nested->sp != sp)
    *nested = (wait_site){.pc = pc, .sp = sp}; /* compilers unroll loops: the function counts */
  nested->count++;
  /* A poll that came once was hardly a loop's when a set of descriptors is waited for now. */
  uint32_t before = atomic_load_explicit(&self->slot->wait_kind, memory_order_relaxed);
  bool was_poll = before != LAYOUT_WAIT_EPOLL;
  if (self->loop.count < LOOP_AFTER)
    return nested->count >= LOOP_AFTER || (was_poll && kind == LAYOUT_WAIT_EPOLL);
  uint64_t busy = busy_since(self);
  return nested->count >= TAKE_OVER && busy && now_ns() - busy >= TAKE_OVER_NS;
}

/* Is this wait the loop's? Then it is remembered as such. */
static bool is_loop(thread_self *self, uint32_t kind, uintptr_t sp, uintptr_t pc, bool empty) {
  wait_site *loop = &self->loop;
  if (likely(at(loop, sp, pc))) return true;
  if (empty) return false;
  bool deeper = sp < loop->sp && !(loop->pc == pc && loop->sp - sp < MOVED);
  if (loop->pc && deeper && !takes_over(self, kind, sp, pc)) return false;
  /* Another loop: what lay between the two was no iteration. */
  if (loop->pc && loop->pc != pc && loop->sp != sp) {
    set(&self->slot->busy_since, 0);
    if (loop->count < LOOP_AFTER) loop->count = deeper && loop->pc ? 1 : 0;
  }
  loop->pc = pc;
  loop->sp = sp;
  return true;
}

/* `run`: the run function that showed it, or RUN_NONE. */
static void become_loop(thread_self *self, uint32_t run, uint32_t kind, uint64_t now) {
  layout_slot *slot = self->slot;
  if (atomic_load_explicit(&slot->state, memory_order_relaxed) != LAYOUT_THREAD) return;
  atomic_store_explicit(&slot->state, LAYOUT_LOOP, memory_order_release);
  push_event(slot, &(layout_event){.kind = LAYOUT_EVENT_LOOP,
                                   .hook = run,
                                   .start = now,
                                   .end = now,
                                   .cpu_ns = NO_TIME,
                                   .value = (int64_t)kind});
}

/* CPU time of the iteration that ends now. The clock of the thread is read once in a millisecond at most, at
 * an iteration's begin: what the iterations since then took is subtracted. */
static uint64_t iteration_cpu(const thread_self *self, uint64_t took) {
  uint64_t cpu = thread_cpu_ns();
  if (cpu == NO_TIME || self->cpu_base == NO_TIME) return NO_TIME;
  uint64_t spent = cpu - self->cpu_base;
  spent = spent > self->cpu_others ? spent - self->cpu_others : 0;
  return spent < took ? spent : took;
}

/* An iteration that is the longest so far, or past the threshold. */
static __attribute__((noinline, cold)) void notable_iteration(thread_self *self, uint64_t busy,
                                                              uint64_t now) {
  layout_slot *slot = self->slot;
  uint64_t took = now - busy, threshold = get(&preload_view.head->threshold_ns);
  if (took > get(&slot->max_ns)) set(&slot->max_ns, took);
  if (took >= threshold) {
    marks_stalled(self, took);
    self->publish_in = 1; /* leads to marks_tell() */
    push_event(slot, &(layout_event){.kind = LAYOUT_EVENT_ITERATION,
                                     .start = busy,
                                     .end = now,
                                     .cpu_ns = iteration_cpu(self, took),
                                     .iteration = get(&slot->iterations) + 1});
  }
  uint64_t longest = get(&slot->max_ns);
  self->notable = longest < threshold ? longest : threshold;
}

ALWAYS_INLINE void end_iteration(thread_self *self, layout_slot *slot, uint64_t busy, uint64_t now) {
  uint64_t took = now - busy;
  counter_add(&slot->busy_ns, took);
  counter_add(&slot->histogram[layout_bucket(took)], 1);
  if (unlikely(took >= self->notable)) notable_iteration(self, busy, now);
  self->cpu_others += took;
  counter_add(&slot->iterations, 1);
}

/* A wait's stack tells which library's loop it is: that is of interest in the beginning, and now and then.
 * Also what else a wait does only now and then. */
static __attribute__((noinline)) void publish_wait(thread_self *self, uint32_t hook, uintptr_t sp,
                                                   uintptr_t pc) {
  self->publish_in = get(&self->slot->iterations) < PUBLISHED ? 1 : PUBLISH_EACH;
  if (self->marked) marks_tell(self);
  publish(self, hook, 0, sp, pc);
}

/* `over`: the loop ends here, and no wait follows. `place`: of the wait, as a rule the loop's. */
ALWAYS_INLINE void loop_stops(thread_self *self, uint32_t hook, const wait_site *place, bool over) {
  layout_slot *slot = self->slot;
  uint64_t now = now_ns(), busy = get(&slot->busy_since), end = now;
  self->active = false;
  if (unlikely(self->marked)) {
    end = marks_wait_begins(self, now, self->loop.count >= LOOP_AFTER, place->sp);
    self->publish_in = 1;
  }
  if (likely(busy)) end_iteration(self, slot, busy, end);
  self->nested.count = self->nested.within = 0;
  set(&slot->idle_since, over ? 0 : now);
  atomic_store_explicit(&slot->busy_since, 0, memory_order_release);
  self->inside = place->sp;
  if (unlikely(--self->publish_in == 0)) publish_wait(self, hook, place->sp, place->pc);
}

ALWAYS_INLINE void loop_begin(thread_self *self, uint32_t hook) {
  loop_stops(self, hook, &self->loop, false);
}

/* A wait of a loop that is not yet known, or is another one. */
static void new_loop_begin(thread_self *self, uint32_t hook, uint32_t kind) {
  if (self->loop.count < LOOP_AFTER && ++self->loop.count == LOOP_AFTER)
    become_loop(self, RUN_NONE, kind, now_ns());
  self->known = self->loop.count >= LOOP_AFTER ? self->loop.sp : 0;
  atomic_store_explicit(&self->slot->wait_kind, kind, memory_order_relaxed);
  loop_begin(self, hook);
}

static __attribute__((noinline)) void read_cpu_base(thread_self *self, uint64_t now) {
  self->cpu_base = thread_cpu_ns();
  self->cpu_base_at = now;
  self->cpu_others = 0;
}

ALWAYS_INLINE void loop_end(thread_self *self) {
  if (unlikely(self->epoch != current_epoch())) return;
  layout_slot *slot = self->slot;
  uint64_t now = now_ns();
  unpublish(self, slot);
  counter_add(&slot->idle_ns, now - get(&slot->idle_since));
  if (unlikely(now - self->cpu_base_at >= CPU_BASE_NS)) read_cpu_base(self, now);
  atomic_store_explicit(&slot->busy_since, now, memory_order_release);
  self->active = true;
  if (unlikely(self->marked)) marks_wait_ends(self, now);
}

/* A loop's wait that is still published while others follow deeper in the stack was left by longjmp. */
static bool was_left(thread_self *self) { return !self->active && ++self->nested.within >= LEFT_AFTER; }

/* The loop's own wait, as all but a few are. */
ALWAYS_INLINE bool is_known_loop(const thread_self *self, uintptr_t sp, uintptr_t pc) {
  return self->known == sp && self->loop.pc == pc && self->epoch == current_epoch() && self->inside <= sp;
}

/* Any other; what it is for this thread. `c->hook` is set, `c->start` will be. */
static __attribute__((noinline)) enum wait_mode wait_begin(call *c, uint32_t kind, bool zero, bool empty,
                                                           uintptr_t sp, uintptr_t pc) {
  if (!preload_view.head) return WAIT_FORWARD;
  thread_self *self = watched_thread();
  if (!self) return WAIT_FORWARD;
  /* Within a wrapped call, or in a signal handler that came during one. */
  if (unlikely(self->inside && sp < self->inside) && !was_left(self)) return WAIT_FORWARD;
  if (is_loop(self, kind, sp, pc, empty)) {
    new_loop_begin(self, c->hook, kind);
    return WAIT_LOOP;
  }
  if (!self->active || zero) return WAIT_FORWARD;
  c->start = now_ns();
  call_begin(self, c, sp, pc);
  return WAIT_CALL;
}

static __attribute__((noinline)) void wait_end(const call *c, enum wait_mode mode) {
  if (mode == WAIT_LOOP)
    loop_end(&preload_self);
  else
    call_end(&preload_self, c);
}

/* `NEXT_FUNCTION` is the function itself, written out where it is called. */
#define WAITING(NEXT_FUNCTION, name, kind, params, args, zero, empty) \
  int hook_##name params { \
    thread_self *self = &preload_self; \
    if (likely(is_known_loop(self, CALLER_SP, CALLER_PC))) { \
      loop_begin(self, HOOK_##name); \
      int outcome = ((int(*) params)(NEXT_FUNCTION))args; \
      loop_end(&preload_self); \
      return outcome; \
    } \
    call c = {.hook = HOOK_##name, .value = -1}; \
    enum wait_mode mode = wait_begin(&c, kind, zero, empty, CALLER_SP, CALLER_PC); \
    if (mode == WAIT_FORWARD) return ((int(*) params)(NEXT_FUNCTION))args; \
    int outcome = ((int(*) params)(NEXT_FUNCTION))args; \
    wait_end(&c, mode); \
    return outcome; \
  }
#define WAIT(name, rule, kind, params, args, zero, empty) \
  WAITING(next_of(NEXT_##name), name, kind, params, args, zero, empty)
#define WAIT_LIBRARY(name, rule, kind, params, args, zero, empty) \
  WAITING(preload_of_library(NEXT_##name, CALLER_PC), name, kind, params, args, zero, empty)

/* A run function: its first iteration begins here. NULL when the thread is in one already, as when a loop is
 * run step by step, or within another. */
static thread_self *run_begin(uint32_t run, uintptr_t sp) {
  thread_self *self = preload_view.head ? watched_thread() : NULL;
  if (!self || busy_since(self) || (self->inside && sp < self->inside)) return NULL;
  layout_slot *slot = self->slot;
  uint64_t now = now_ns();
  self->loop = (wait_site){.count = LOOP_AFTER}; /* the next wait is the loop's */
  self->known = 0;
  self->nested = (wait_site){0};
  unpublish(self, slot); /* what longjmp left */
  become_loop(self, run, 0, now);
  read_cpu_base(self, now);
  atomic_store_explicit(&slot->busy_since, now, memory_order_release);
  self->active = true;
  if (unlikely(self->marked)) marks_run_begins(self);
  return self;
}

/* The loop is over: what follows is no iteration. As a wait that ends at once. */
static void run_end(thread_self *self, uintptr_t sp, uintptr_t pc) {
  if (self->epoch != current_epoch() || !busy_since(self)) return;
  loop_stops(self, 0, &(wait_site){.pc = pc, .sp = sp}, true);
  unpublish(self, self->slot);
  if (unlikely(self->marked)) marks_wait_ends(self, now_ns());
}

#define RUN(name, at_end) \
  long hook_##name(long a0, long a1, long a2, long a3, long a4, long a5) { \
    run_function *next = (run_function *)preload_of_library(NEXT_##name, CALLER_PC); \
    thread_self *self = run_begin(RUN_##name, CALLER_SP); \
    long outcome = next(a0, a1, a2, a3, a4, a5); \
    if (self && (at_end)) run_end(self, CALLER_SP, CALLER_PC); \
    return outcome; \
  }
#include "runtime-check/shared/hooks.def"
