/* Iterations: what lies between two waits of a loop.
 *
 * The loop's wait is known by its place, which is the return address and the depth of the stack. A wait that is deeper than it, from
 * elsewhere, is made by a callback: a blocking call within the iteration. A loop may end and another begin deeper in
 * the stack; without unwinding that cannot be told from a callback that waits, so the deeper one becomes the loop when it has
 * waited often and long without the outer one.
 */
#include "calls.h"

enum {
  LOOP_AFTER = 2,           /* waits in one place make a loop */
  MOVED = 256, /* bytes: the same wait a little deeper is the same loop, entered by another function */
  LEFT_AFTER = 4, /* waits within a wait: more than a signal handler makes */
  TAKE_OVER = 16, /* waits of a deeper place without the outer one */
  CPU_BASE_NS = 1000000, /* how old the base of an iteration's CPU time may be */
};
enum { PUBLISHED = 8192, PUBLISH_EACH = 16 }; /* all of the first waits; then one in so many */
static const uint64_t TAKE_OVER_NS = UINT64_C(5000000000);

enum wait_mode { WAIT_FORWARD, WAIT_LOOP, WAIT_CALL };

static bool at(const wait_site *site, uintptr_t sp, uintptr_t pc) { return site->pc == pc && site->sp == sp; }

/* The deeper wait has shown that the loop which was known is over. */
static bool takes_over(thread_self *self, uintptr_t sp, uintptr_t pc) {
  wait_site *nested = &self->nested;
  if (nested->sp != sp)
    *nested = (wait_site){.pc = pc, .sp = sp}; /* compilers unroll loops: the function counts */
  nested->count++;
  if (self->loop.count < LOOP_AFTER) return nested->count >= LOOP_AFTER;
  return nested->count >= TAKE_OVER && self->busy_since && now_ns() - self->busy_since >= TAKE_OVER_NS;
}

/* Is this wait the loop's? Then it is remembered as such. */
static bool is_loop(thread_self *self, uintptr_t sp, uintptr_t pc, bool empty) {
  wait_site *loop = &self->loop;
  if (likely(at(loop, sp, pc))) return true;
  if (empty) return false;
  bool deeper = sp < loop->sp && !(loop->pc == pc && loop->sp - sp < MOVED);
  if (loop->pc && deeper && !takes_over(self, sp, pc)) return false;
  /* Another loop: what lay between the two was no iteration. */
  if (loop->pc != pc && loop->sp != sp) {
    self->busy_since = 0;
    if (loop->count < LOOP_AFTER) loop->count = deeper && loop->pc ? 1 : 0;
  }
  loop->pc = pc;
  loop->sp = sp;
  return true;
}

static void become_loop(thread_self *self, uint32_t kind, uint64_t now) {
  layout_slot *slot = self->slot;
  if (atomic_load_explicit(&slot->state, memory_order_relaxed) != LAYOUT_THREAD) return;
  atomic_store_explicit(&slot->state, LAYOUT_LOOP, memory_order_release);
  push_event(
      slot,
      &(layout_event){
          .kind = LAYOUT_EVENT_LOOP, .start = now, .end = now, .cpu_ns = NO_TIME, .value = (int64_t)kind});
}

/* CPU time of the iteration that ends now. The clock of the thread is read once in a millisecond at most, at an iteration's begin:
 * what the iterations since then took is subtracted. */
static uint64_t iteration_cpu(const thread_self *self, uint64_t took) {
  uint64_t cpu = thread_cpu_ns();
  if (cpu == NO_TIME || self->cpu_base == NO_TIME) return NO_TIME;
  uint64_t spent = cpu - self->cpu_base;
  spent = spent > self->cpu_others ? spent - self->cpu_others : 0;
  return spent < took ? spent : took;
}

static void end_iteration(thread_self *self, uint64_t now) {
  layout_slot *slot = self->slot;
  uint64_t took = now - self->busy_since;
  uint64_t number = atomic_load_explicit(&slot->iterations, memory_order_relaxed) + 1;
  counter_add(&slot->busy_ns, took);
  counter_add(&slot->histogram[layout_bucket(took)], 1);
  if (took > atomic_load_explicit(&slot->max_ns, memory_order_relaxed))
    atomic_store_explicit(&slot->max_ns, took, memory_order_relaxed);
  if (unlikely(took >= atomic_load_explicit(&preload_view.head->threshold_ns, memory_order_relaxed))) {
    marks_stalled(self, took);
    push_event(slot, &(layout_event){.kind = LAYOUT_EVENT_ITERATION,
                                     .start = self->busy_since,
                                     .end = now,
                                     .cpu_ns = iteration_cpu(self, took),
                                     .iteration = number});
  }
  self->cpu_others += took;
  atomic_store_explicit(&slot->iterations, number, memory_order_relaxed);
}

/* A wait's stack tells which library's loop it is: that is of interest in the beginning, and now and then. */
static bool publishes(const layout_slot *slot) {
  uint64_t number = atomic_load_explicit(&slot->iterations, memory_order_relaxed);
  return number < PUBLISHED || number % PUBLISH_EACH == 0;
}

static void loop_begin(thread_self *self, uint32_t hook, uint32_t kind, uintptr_t sp, uintptr_t pc) {
  layout_slot *slot = self->slot;
  uint64_t now = now_ns(), end = now;
  self->active = false;
  if (unlikely(self->marked)) end = marks_wait_begins(self, now, self->loop.count + 1 >= LOOP_AFTER, sp);
  if (likely(self->busy_since)) end_iteration(self, end);
  self->busy_since = 0;
  self->idle_since = now;
  self->nested.count = 0;
  self->inner_waits = 0;
  if (unlikely(self->loop.count < LOOP_AFTER) && ++self->loop.count == LOOP_AFTER)
    become_loop(self, kind, now);
  atomic_store_explicit(&slot->wait_kind, kind, memory_order_relaxed);
  atomic_store_explicit(&slot->idle_since, now, memory_order_relaxed);
  atomic_store_explicit(&slot->busy_since, 0, memory_order_release);
  if (unlikely(self->marked)) marks_tell(self);
  if (publishes(slot))
    publish(self, hook, 0, sp, pc);
  else
    self->inside = sp;
}

static void loop_end(thread_self *self) {
  if (unlikely(self->epoch != atomic_load_explicit(preload_view.epoch, memory_order_relaxed))) return;
  layout_slot *slot = self->slot;
  uint64_t now = now_ns();
  unpublish(self);
  counter_add(&slot->idle_ns, now - self->idle_since);
  if (now - self->cpu_base_at >= CPU_BASE_NS) {
    self->cpu_base = thread_cpu_ns();
    self->cpu_base_at = now;
    self->cpu_others = 0;
  }
  self->busy_since = now;
  atomic_store_explicit(&slot->idle_since, 0, memory_order_relaxed);
  atomic_store_explicit(&slot->busy_since, now, memory_order_release);
  self->active = true;
  if (unlikely(self->marked)) marks_wait_ends(self, now);
}

/* A loop's wait that is still published while others follow deeper in the stack was left by longjmp. */
static bool was_left(thread_self *self) { return !self->active && ++self->inner_waits >= LEFT_AFTER; }

/* `c->hook` is set; what the wait is for this thread, and its begin. */
static enum wait_mode wait_begin(call *c, uint32_t kind, bool zero, bool empty, uintptr_t sp, uintptr_t pc) {
  thread_self *self = watched_thread();
  if (likely(!self)) return WAIT_FORWARD;
  /* Within a wrapped call, or in a signal handler that came during one. */
  if (unlikely(self->inside && sp < self->inside) && !was_left(self)) return WAIT_FORWARD;
  if (likely(is_loop(self, sp, pc, empty))) {
    loop_begin(self, c->hook, kind, sp, pc);
    return WAIT_LOOP;
  }
  if (!self->active || zero) return WAIT_FORWARD;
  c->start = now_ns();
  call_begin(self, c, sp, pc);
  return WAIT_CALL;
}

static void wait_end(const call *c, enum wait_mode mode) {
  if (likely(mode == WAIT_LOOP))
    loop_end(&preload_self);
  else
    call_end(&preload_self, c);
}

#define WAIT(name, rule, kind, params, args, zero, empty) \
  int hook_##name params { \
    int(*next) params = (int(*) params)next_of(NEXT_##name); \
    if (likely(!preload_view.head)) return next args; \
    call c = {.hook = HOOK_##name, .value = -1}; \
    enum wait_mode mode = wait_begin(&c, kind, zero, empty, CALLER_SP, CALLER_PC); \
    if (mode == WAIT_FORWARD) return next args; \
    int outcome = next args; \
    wait_end(&c, mode); \
    return outcome; \
  }
#include "shared/hooks.def"
