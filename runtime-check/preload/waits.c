/* Iterations: what lies between two waits of a loop. Which waits are the loop's is decided in loops.c; the
 * same wait as the last time is asked for here, for that is what all but a few are. */
#include "runtime-check/preload/calls.h"

enum {
  LEFT_AFTER = 4, /* waits within a wait: more than a signal handler makes */
  MANY = 1 << 16, /* things that are waited for: not counted */
};
enum { WAITS_PLACED = 16 }; /* tries to hand over the stack of a loop's wait */
enum { PUBLISHED = 8192, PUBLISH_EACH = 16 }; /* all of the first waits; then one in so many */
#define ALWAYS_INLINE \
  static inline __attribute__((always_inline)) /* the path of every iteration is one piece of code */

static void loop_event(thread_self *self, uint32_t kind, uint64_t start, uint64_t now, bool same) {
  push_event(self->slot, &(layout_event){.kind = LAYOUT_EVENT_LOOP,
                                         .hook = self->loop.run,
                                         .start = start,
                                         .end = now,
                                         .cpu_ns = NO_TIME,
                                         .iteration = same,
                                         .value = (int64_t)kind});
  self->told_run = self->loop.run;
}

static void become_loop(thread_self *self, uint32_t kind, uint64_t now) {
  layout_slot *slot = self->slot;
  if (atomic_load_explicit(&slot->state, memory_order_relaxed) != LAYOUT_THREAD) return;
  atomic_store_explicit(&slot->state, LAYOUT_LOOP, memory_order_release);
  loop_event(self, kind, 0, now, false);
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

/* How often the thread waited in the iteration that ends now, and for something else than a CPU. The waits of
 * loops between the base and its begin cannot be told from its own. */
static int64_t iteration_switches(const thread_self *self) {
  int64_t switches = self->switches_base < 0 ? -1 : thread_switches();
  if (switches < self->switches_base) return -1;
  switches -= self->switches_base;
  return self->cpu_others && switches ? -1 : switches;
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
                                     .iteration = get(&slot->iterations) + 1,
                                     .value = iteration_switches(self)});
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
    end = marks_wait_begins(self, now, self->loop.wait.count >= LOOP_AFTER, place->sp);
    self->publish_in = 1;
  }
  if (likely(busy)) end_iteration(self, slot, busy, end);
  self->loop.other.count = self->loop.other.within = 0;
  set(&slot->idle_since, over ? 0 : now);
  atomic_store_explicit(&slot->busy_since, 0, memory_order_release);
  self->inside = place->sp;
  if (unlikely(--self->publish_in == 0)) publish_wait(self, hook, place->sp, place->pc);
}

ALWAYS_INLINE void loop_begin(thread_self *self, uint32_t hook) {
  loop_stops(self, hook, &self->loop.wait, false);
}

/* Hands over the stack of the loop's wait, which is published: the collector may be late, and the loop over
 * when it looks. It compares the stacks of stalls with this one. False: it is worth another try. */
static bool place_wait(thread_self *self) {
  layout_slot *slot = self->slot;
  const wait_site *wait = &self->loop.wait;
  if (self->depth || self->waits_placed >= WAITS_PLACED || get(&slot->sites_used) > LAYOUT_SITES / 2)
    return true;
  self->waits_placed++;
  const layout_site *site = find_site(self, wait->pc, layout_site_key(wait->sp, LAYOUT_WAIT_HOOK));
  if (!site || get(&site->pc) != wait->pc) return false;
  set(&slot->wait_site, (uint64_t)(site - slot->sites) + 1);
  return true;
}

/* A wait of a loop that is not yet known, or is another one. Its second in one place makes it known. */
static void new_loop_begin(thread_self *self, uint32_t hook, uint32_t kind) {
  wait_site *wait = &self->loop.wait;
  bool again = self->last_wait == wait->sp;
  self->last_wait = wait->sp;
  if (wait->count < LOOP_AFTER && ++wait->count == LOOP_AFTER) become_loop(self, kind, now_ns());
  bool known = again && wait->count >= LOOP_AFTER;
  if (known) self->publish_in = 1;
  if (!known) set(&self->slot->wait_site, 0);
  atomic_store_explicit(&self->slot->wait_kind, kind, memory_order_relaxed);
  loop_begin(self, hook);
  self->known = known && place_wait(self) ? wait->sp : 0;
}

void iteration_void(thread_self *self) {
  uint64_t busy = busy_since(self);
  bool is_loop = atomic_load_explicit(&self->slot->state, memory_order_relaxed) == LAYOUT_LOOP;
  if (is_loop && self->loop.wait.count >= LOOP_AFTER) loop_event(self, 0, busy, now_ns(), false);
  set(&self->slot->busy_since, 0);
}

void iteration_split(thread_self *self, uint64_t ended, uint64_t began) {
  layout_slot *slot = self->slot;
  uint64_t busy = busy_since(self);
  if (ended - busy < get(&preload_view.head->threshold_ns)) loop_event(self, 0, busy, ended, true);
  end_iteration(self, slot, busy, ended);
  counter_add(&slot->idle_ns, began - ended);
  set(&slot->busy_since, began);
}

/* The thread is seen to be busy before it looks at the bell, and the collector looks for busy threads after
 * it has hung it: one of them sees the other. */
static __attribute__((noinline)) void read_cpu_base(thread_self *self, uint64_t now) {
  self->cpu_base = thread_cpu_ns();
  self->cpu_base_at = now;
  self->cpu_others = 0;
  self->switches_base = thread_switches();
  atomic_store(&self->slot->busy_since, now);
  bell_look();
  if (bell_looks_on(now)) self->cpu_base_at = 0;
}

ALWAYS_INLINE void loop_end(thread_self *self) {
  if (unlikely(self->epoch != current_epoch())) return;
  layout_slot *slot = self->slot;
  uint64_t now = now_ns();
  unpublish(self, slot);
  counter_add(&slot->idle_ns, now - get(&slot->idle_since));
  if (unlikely(now - self->cpu_base_at >= LAYOUT_CPU_BASE_NS)) read_cpu_base(self, now);
  atomic_store_explicit(&slot->busy_since, now, memory_order_release);
  self->active = true;
  if (unlikely(self->marked)) marks_wait_ends(self, now);
}

/* A loop's wait that is still published while others follow deeper in the stack was left by longjmp. */
static bool was_left(thread_self *self) { return !self->active && ++self->loop.other.within >= LEFT_AFTER; }

/* The loop's own wait, as all but a few are. */
ALWAYS_INLINE bool is_known_loop(const thread_self *self, uintptr_t sp, uintptr_t pc) {
  return self->known == sp && self->loop.wait.pc == pc && self->epoch == current_epoch() &&
         self->inside <= sp;
}

static enum wait_strength strength_of(uint32_t kind, uint64_t things) {
  if (kind == LAYOUT_WAIT_EPOLL || kind == LAYOUT_WAIT_URING) return STRENGTH_SET;
  if (kind == LAYOUT_WAIT_READ) return STRENGTH_READ;
  return things > 1 ? STRENGTH_SOME : STRENGTH_ONE;
}

/* Any other; what it is for this thread. `c->hook` is set, `c->start` will be. */
static __attribute__((noinline)) enum wait_mode wait_begin(call *c, uint32_t kind, bool zero, uint64_t things,
                                                           uintptr_t object, uintptr_t sp, uintptr_t pc) {
  if (!preload_view.head) return WAIT_FORWARD;
  thread_self *self = watched_thread();
  if (!self) return WAIT_FORWARD;
  /* Within a wrapped call, or in a signal handler that came during one. */
  if (unlikely(self->inside && sp < self->inside) && !was_left(self)) return WAIT_FORWARD;
  const wait_call w = {.sp = sp,
                       .pc = pc,
                       .strength = strength_of(kind, things),
                       .object = object,
                       .things = things,
                       .hook = c->hook,
                       .zero = zero};
  if (loop_waits(self, &w)) {
    new_loop_begin(self, c->hook, kind);
    return WAIT_LOOP;
  }
  if (!self->active || zero) return WAIT_FORWARD;
  c->start = now_ns();
  call_begin(self, c, sp, pc);
  return WAIT_CALL;
}

/* After a loop that ran to its end, one wait alone begins no iteration. */
static void forget_single(thread_self *self) {
  if (!self->slot || self->epoch != current_epoch() || self->loop.wait.count >= LOOP_AFTER) return;
  if (atomic_load_explicit(&self->slot->state, memory_order_relaxed) != LAYOUT_LOOP) return;
  set(&self->slot->busy_since, 0);
  self->active = false;
  if (self->marked) marks_run_begins(self);
}

static __attribute__((noinline)) void wait_end(const call *c, enum wait_mode mode) {
  if (mode == WAIT_LOOP) {
    loop_end(&preload_self);
    forget_single(&preload_self);
  } else {
    call_end(&preload_self, c);
    thread_loop *loop = &preload_self.loop;
    if (loop->inner_began == loop->inner_ended && loop->inner_began) loop->inner_ended = now_ns();
  }
}

enum wait_mode reading_begins(call *c, bool zero, uintptr_t sp, uintptr_t pc) {
  if (likely(!zero && is_known_loop(&preload_self, sp, pc))) {
    loop_begin(&preload_self, c->hook);
    return WAIT_LOOP;
  }
  return wait_begin(c, LAYOUT_WAIT_READ, zero, 1, (uintptr_t)c->value, sp, pc);
}

void reading_ends(const call *c, enum wait_mode mode) { wait_end(c, mode); }

#define FIRST(first, ...) (uintptr_t)(first)
/* `NEXT_FUNCTION` is the function itself, written out where it is called. */
#define WAITING(type, NEXT_FUNCTION, name, kind, params, args, zero, things) \
  type hook_##name params { \
    thread_self *self = &preload_self; \
    if (likely(is_known_loop(self, CALLER_SP, CALLER_PC))) { \
      loop_begin(self, HOOK_##name); \
      type outcome = ((type(*) params)(NEXT_FUNCTION))args; \
      loop_end(&preload_self); \
      return outcome; \
    } \
    call c = {.hook = HOOK_##name, .value = -1}; \
    enum wait_mode mode = wait_begin(&c, kind, zero, things, FIRST args, CALLER_SP, CALLER_PC); \
    if (mode == WAIT_FORWARD) return ((type(*) params)(NEXT_FUNCTION))args; \
    type outcome = ((type(*) params)(NEXT_FUNCTION))args; \
    wait_end(&c, mode); \
    return outcome; \
  }
#define WAIT(name, rule, kind, params, args, zero, things) \
  WAITING(int, next_of(NEXT_##name), name, kind, params, args, zero, things)
#define WAIT_OTHER(type, name, rule, kind, params, args, zero, things) \
  WAITING(type, next_of(NEXT_##name), name, kind, params, args, zero, things)
#define WAIT_LIBRARY(name, rule, kind, params, args, zero, things) \
  WAITING(int, preload_of_library(NEXT_##name, CALLER_PC), name, kind, params, args, zero, things)

/* An iteration begins where no wait ended. */
static void start_iteration(thread_self *self, uint64_t now) {
  read_cpu_base(self, now);
  atomic_store_explicit(&self->slot->busy_since, now, memory_order_release);
  self->active = true;
  if (unlikely(self->marked)) marks_run_begins(self);
}

/* Ends the iteration as a wait does that is over at once. `over`: no other follows. */
static void stop_iteration(thread_self *self, uintptr_t sp, uintptr_t pc, bool over) {
  loop_stops(self, 0, &(wait_site){.pc = pc, .sp = sp}, over);
  unpublish(self, self->slot);
  if (unlikely(self->marked)) marks_wait_ends(self, now_ns());
}

/* A run function: its first iteration begins here. */
static void begin_run(thread_self *self, uint64_t now) {
  self->known = 0;
  set(&self->slot->wait_site, 0);
  unpublish(self, self->slot); /* what longjmp left */
  become_loop(self, 0, now);
  if (self->told_run != self->loop.run) loop_event(self, 0, 0, now, false);
  start_iteration(self, now);
}

/* Its stack is copied while its registers are those of the caller. */
layout_site *place_nested(thread_self *self, uint32_t hook, uintptr_t sp, uintptr_t pc, uint64_t now) {
  publish(self, hook, now, sp, pc);
  layout_site *site = find_site(self, pc, layout_site_key(sp, hook) | LAYOUT_SITE_NESTED);
  unpublish(self, self->slot);
  return site;
}

static void begin_nested(thread_self *self, const run_call *r, uint64_t now) {
  outer_loop *outer = &self->outer[self->depth - 1];
  outer->began = now;
  outer->site = place_nested(self, r->hook, r->sp, r->pc, now);
  stop_iteration(self, r->sp, r->pc, false);
  self->known = 0;
  start_iteration(self, now);
}

/* The inner loop's last iteration ends, and what is left of the outer one's callback is an iteration, too. */
static void end_nested(thread_self *self, const run_call *r) {
  const outer_loop *outer = &self->outer[self->depth - 1];
  uint64_t now = now_ns();
  if (busy_since(self)) stop_iteration(self, r->sp, r->pc, false);
  count_at(outer->site, now - outer->began);
  self->loop = outer->loop;
  self->depth--;
  self->known = self->loop.wait.count >= LOOP_AFTER ? self->loop.wait.sp : 0;
  start_iteration(self, now);
}

static enum run_mode run_begin(const run_call *r, call *c) {
  thread_self *self = preload_view.head ? watched_thread() : NULL;
  if (!self || (self->inside && r->sp < self->inside)) return RUN_FORWARD;
  enum run_mode mode = loop_run(self, r);
  if (mode == RUN_FORWARD || mode == RUN_RESUMED) return mode;
  uint64_t now = now_ns();
  if (mode == RUN_BEGUN) begin_run(self, now);
  if (mode == RUN_NESTED) begin_nested(self, r, now);
  if (mode == RUN_BLOCKING) {
    c->start = now;
    call_begin(self, c, r->sp, r->pc);
  }
  return mode;
}

static __attribute__((noinline)) void run_end(const run_call *r, const call *c, enum run_mode mode) {
  thread_self *self = &preload_self;
  if (mode == RUN_BLOCKING) call_end(self, c);
  if (mode == RUN_BLOCKING || self->epoch != current_epoch()) return;
  loop_leave(self, r->sp - 1); /* loops within this one that were left */
  if (self->loop.run_sp != r->sp || !self->loop.running) return;
  if (mode == RUN_NESTED && self->depth) {
    end_nested(self, r);
    return;
  }
  self->loop.running = false;
  if (!r->at_end) return;
  if (busy_since(self)) stop_iteration(self, r->sp, r->pc, true);
  set(&self->slot->busy_since, 0);
  self->active = false;
  self->loop = (thread_loop){0};
  self->known = 0;
}

#define RUN(name, returns_at_end, loop) \
  long hook_##name(long a0, long a1, long a2, long a3, long a4, long a5) { \
    run_function *next = (run_function *)preload_of_library(NEXT_##name, CALLER_PC); \
    const run_call r = {.run = RUN_##name, \
                        .hook = HOOK_##name, \
                        .sp = CALLER_SP, \
                        .pc = CALLER_PC, \
                        .code = (uintptr_t)next, \
                        .context = (uintptr_t)(loop), \
                        .at_end = (returns_at_end)}; \
    call c = {.hook = HOOK_##name, .value = -1}; \
    enum run_mode mode = run_begin(&r, &c); \
    long outcome = next(a0, a1, a2, a3, a4, a5); \
    if (mode != RUN_FORWARD) run_end(&r, &c, mode); \
    return outcome; \
  }
#include "runtime-check/shared/hooks.def"
