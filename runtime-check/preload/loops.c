/* Which waits are a loop's: the others, made by its callbacks, are blocking calls.
 *
 * What a loop is says the function that runs it, where that is one of a library's that is wrapped (RUN rows
 * of hooks.def): its loop begins and ends with it, and its wait is one that its own module makes. A run
 * function in a callback begins a loop within the loop. If it serves the same events, its iterations are
 * iterations; if not, it is one long blocking call.
 *
 * Elsewhere a loop is guessed from its waits. A place is a return address and a depth of the stack. The depth
 * alone says little: a wait deeper than the loop's is made by a callback or by a loop that came after, one
 * less deep may be either, too (the loop's own wait has a large array on the stack). So each kind of wait has
 * a strength: sets of descriptors wait for a loop, a poll of one descriptor seldom does, and least a read of
 * an eventfd, which is done behind most waits. A stronger wait takes over soon, an equal one when it comes
 * again without the loop's, a weaker one late. When the loop's wait comes again after all, the one that took
 * over was a callback's, and is known as such from then on.
 */
#include "runtime-check/preload/calls.h"

#include <dlfcn.h>

enum {
  MOVED = 256, /* bytes: the same wait a little deeper is the same loop, entered by another function */
  TAKE_OVER = 16, /* waits of another place without the loop's: enough after TAKE_OVER_NS */
  SETTLED = 16, /* iterations of a loop that is more than a few waits at the start */
  FOREIGN = 3, /* waits of another module, and none of the run function's own: the program's poll function */
  SURE_STACK = 256 << 10, /* bytes below a thread's descriptor that are its stack */
  NEVER = UINT32_MAX,
};
static const uint64_t TAKE_OVER_NS = UINT64_C(5000000000);

static bool at(const wait_site *site, const wait_call *w) { return site->pc == w->pc && site->sp == w->sp; }

static void take(wait_site *site, const wait_call *w, uint32_t count) {
  *site = (wait_site){.pc = w->pc,
                      .sp = w->sp,
                      .count = count,
                      .strength = w->strength,
                      .object = w->object,
                      .things = w->things};
}

/* Coroutines have stacks of their own: how two depths compare says nothing then. */
static bool share_stack(const thread_self *self, uintptr_t a, uintptr_t b) {
  uintptr_t end = stack_end(self, a), top = (uintptr_t)pthread_self();
  if (end) return end == stack_end(self, b);
  return a < top && top - a < SURE_STACK && b < top && top - b < SURE_STACK; /* nobody has said more yet */
}

/* glibc finds the module of an address without a lock since 2.35. */
extern __typeof__(_dl_find_object) _dl_find_object __attribute__((weak));

static bool share_module(uintptr_t a, uintptr_t b) {
  struct dl_find_object of;
  Dl_info x, y;
  if (&_dl_find_object && _dl_find_object((void *)b, &of) == 0)
    return (uintptr_t)of.dlfo_map_start <= a && a < (uintptr_t)of.dlfo_map_end;
  return dladdr((void *)a, &x) && dladdr((void *)b, &y) && x.dli_fbase == y.dli_fbase;
}

/* One more of this place since the loop's last wait. Compilers unroll loops: the function counts. */
static uint32_t count_other(thread_loop *loop, const wait_call *w) {
  uint32_t within = loop->other.within;
  if (loop->other.sp != w->sp) take(&loop->other, w, 0);
  loop->other.within = within;
  return ++loop->other.count;
}

/* The same wait as the loop's, reached by another way. */
static bool is_moved(const thread_self *self, const wait_call *w) {
  const wait_site *wait = &self->loop.wait;
  if (wait->pc != w->pc) return false;
  return w->sp >= wait->sp || wait->sp - w->sp < MOVED || !share_stack(self, w->sp, wait->sp);
}

/* Under a run function: the loop's wait is its module's, and of those the one that is nearest to it. */
static bool run_waits(thread_self *self, const wait_call *w) {
  thread_loop *loop = &self->loop;
  wait_site *wait = &loop->wait;
  bool is_set = wait->strength == STRENGTH_SET, stronger = w->strength > wait->strength;
  if (w->strength == STRENGTH_READ) return false;
  if (!share_module(w->pc, loop->code)) {
    if (wait->pc || count_other(loop, w) < FOREIGN) return false;
  } else if (wait->pc && !is_moved(self, w)) {
    if (is_set != (w->strength == STRENGTH_SET) ? !stronger : w->sp < wait->sp) return false;
  }
  take(wait, w, LOOP_AFTER);
  return true;
}

static bool is_callbacks(const thread_loop *loop, const wait_call *w) {
  for (uint32_t i = 0; i < LOOP_CALLS; i++)
    if (at(&loop->calls[i], w)) return true;
  return false;
}

/* A loop that waits by reading, or may become one; a poll of one descriptor in it is a callback's, as a rule.
 */
static bool is_reading(const thread_loop *loop, const wait_call *w) {
  if (!loop->wait.pc || loop->wait.strength != STRENGTH_READ) return false;
  return loop->wait.count >= LOOP_AFTER || w->strength <= STRENGTH_ONE;
}

/* How many waits of another place, without one of the loop's in between, show that the loop is over. */
static uint32_t waits_needed(const thread_self *self, const wait_call *w) {
  const thread_loop *loop = &self->loop;
  bool deeper = w->sp < loop->wait.sp || !share_stack(self, w->sp, loop->wait.sp);
  bool settled = loop->wait.count >= LOOP_AFTER && get(&self->slot->iterations) >= SETTLED;
  bool stronger = w->strength > loop->wait.strength && (w->strength == STRENGTH_SET || !settled);
  bool weaker = w->strength < loop->wait.strength;
  if (is_callbacks(loop, w)) return NEVER;
  if (w->strength == STRENGTH_READ && weaker) /* what wakes a loop is read once in an iteration */
    return settled || loop->wait.strength > STRENGTH_ONE ? NEVER : LOOP_AFTER;
  if (is_reading(loop, w)) return deeper && w->strength < STRENGTH_SET ? NEVER : LOOP_AFTER;
  if (loop->wait.count < LOOP_AFTER || stronger) return settled || (deeper && !stronger) ? LOOP_AFTER : 1;
  return deeper || weaker ? NEVER : LOOP_AFTER;
}

static bool has_taken_over(thread_self *self, const wait_call *w) {
  uint32_t count = count_other(&self->loop, w);
  if (count >= waits_needed(self, w)) return true;
  uint64_t busy = busy_since(self);
  return count >= TAKE_OVER && busy && now_ns() - busy >= TAKE_OVER_NS;
}

/* Another loop than before. */
static void change_loop(thread_self *self, const wait_call *w) {
  thread_loop *loop = &self->loop;
  bool known = loop->wait.count >= LOOP_AFTER;
  iteration_void(self);
  loop->before = known ? loop->wait : (wait_site){0};
  loop->run = RUN_NONE;
  self->depth = 0;
  set(&self->slot->inner, 0);
  take(&loop->wait, w, known ? LOOP_AFTER : w->sp < loop->wait.sp);
}

/* The loop's wait is back, and what had taken over was a callback's. */
static void restore_loop(thread_self *self) {
  thread_loop *loop = &self->loop;
  iteration_void(self);
  if (loop->wait.pc) loop->calls[loop->ncalls++ % LOOP_CALLS] = loop->wait;
  loop->settled |= loop->run != RUN_NONE;
  loop->run = RUN_NONE;
  loop->wait = loop->before;
  loop->before = (wait_site){0};
}

/* Whether it waits for the same events as the loop does: the same epoll descriptor or array, or the loop's
 * own function once more, for as many. */
static bool serves_same(const wait_site *wait, const wait_call *w) {
  if (w->strength <= STRENGTH_ONE || w->strength != wait->strength) return false;
  if (w->object == wait->object) return true;
  return w->strength == STRENGTH_SOME && w->pc == wait->pc && w->things >= wait->things;
}

/* A loop that the program wrote itself, in a callback of such a one. */
static bool is_inner(const thread_self *self, const wait_call *w) {
  const thread_loop *loop = &self->loop;
  return loop->wait.count >= LOOP_AFTER && w->sp < loop->wait.sp && self->depth < LOOP_LEVELS &&
         busy_since(self) && serves_same(&loop->wait, w) && share_stack(self, w->sp, loop->wait.sp);
}

/* Turns make a loop: the first wait is a blocking call until another one follows. */
static bool begin_inner(thread_self *self, const wait_call *w) {
  if (count_other(&self->loop, w) < LOOP_AFTER) {
    self->loop.inner_began = self->loop.inner_ended = now_ns();
    return false;
  }
  outer_loop *outer = &self->outer[self->depth++];
  uint64_t began = self->loop.inner_began;
  *outer = (outer_loop){.loop = self->loop, .began = began};
  outer->site = place_nested(self, w->hook, w->sp, w->pc, began);
  iteration_split(self, began, self->loop.inner_ended);
  self->loop = (thread_loop){.run = self->loop.run, .settled = self->loop.settled};
  take(&self->loop.wait, w, LOOP_AFTER);
  set(&self->slot->inner, self->depth);
  return true;
}

/* The wait, further up, is the outer one's. */
static void end_inner(thread_self *self) {
  const outer_loop *outer = &self->outer[--self->depth];
  uint64_t until = busy_since(self);
  if (until > outer->began) count_at(outer->site, until - outer->began);
  self->loop = outer->loop;
  self->known = self->loop.wait.count >= LOOP_AFTER ? self->loop.wait.sp : 0;
  set(&self->slot->inner, self->depth);
}

static void leave_inner(thread_self *self, const wait_call *w) {
  while (self->depth && !self->loop.running && !self->outer[self->depth - 1].loop.running &&
         w->sp >= self->outer[self->depth - 1].loop.wait.sp &&
         share_stack(self, w->sp, self->outer[self->depth - 1].loop.wait.sp))
    end_inner(self);
}

/* Another wait of the loop's own function: it has several. */
static bool is_beside(const thread_loop *loop, const wait_call *w) {
  if (w->sp != loop->wait.sp || w->strength < loop->wait.strength) return false;
  return !is_reading(loop, w) || w->strength == STRENGTH_READ;
}

static bool guessed_waits(thread_self *self, const wait_call *w) {
  thread_loop *loop = &self->loop;
  if (!loop->wait.pc) {
    take(&loop->wait, w, loop->wait.count);
  } else if (is_inner(self, w)) {
    return begin_inner(self, w);
  } else if (is_moved(self, w) || is_beside(loop, w)) {
    take(&loop->wait, w, loop->wait.count);
  } else if (loop->before.pc && at(&loop->before, w)) {
    restore_loop(self);
  } else {
    if (!has_taken_over(self, w)) return false;
    change_loop(self, w);
  }
  return true;
}

bool loop_waits(thread_self *self, const wait_call *w) {
  loop_leave(self, w->sp);
  if (unlikely(self->depth)) leave_inner(self, w);
  if (at(&self->loop.wait, w)) {
    if (w->strength > self->loop.wait.strength) self->loop.wait.strength = w->strength;
    return true;
  }
  if (!w->things || (w->zero && is_reading(&self->loop, w))) return false;
  return self->loop.running ? run_waits(self, w) : guessed_waits(self, w);
}

void loop_leave(thread_self *self, uintptr_t sp) {
  thread_loop *loop = &self->loop;
  while (loop->running && sp >= loop->run_sp && share_stack(self, sp, loop->run_sp)) {
    iteration_void(self);
    *loop = self->depth ? self->outer[--self->depth].loop : (thread_loop){0};
    self->known = 0;
  }
}

/* The library that runs the loop calls another of its run functions, as wl_display_run does for each turn. */
static bool is_own_turn(thread_loop *loop, const run_call *r) {
  if (r->pc == loop->turn_pc) return true;
  if (!share_module(r->pc, loop->code)) return false;
  loop->turn_pc = r->pc;
  return true;
}

static bool share_context(const thread_loop *loop, const run_call *r) {
  return !loop->context || !r->context || loop->context == r->context;
}

/* A run function that another of its library ends with, by a jump: it returns into the other's wrapper, and
 * they are one call. */
static bool is_tail_call(const thread_loop *loop, const run_call *r) {
#ifndef BLOCKSCAN_DIRECT
  return loop->running && share_module(r->pc, (uintptr_t)loop_run);
#else
  return (void)loop, (void)r, false;
#endif
}

/* Before the thread waited as loops do, or further up than where it did: that was before this loop. */
static bool was_no_loop(const thread_self *self, const run_call *r) {
  const wait_site *wait = &self->loop.wait;
  return wait->count < LOOP_AFTER || wait->strength < STRENGTH_SET ||
         (r->sp >= wait->sp && share_stack(self, r->sp, wait->sp));
}

static thread_loop loop_of(const run_call *r) {
  return (thread_loop){.wait.count = LOOP_AFTER, /* the next wait is the loop's */
                       .run = r->run,
                       .running = true,
                       .run_sp = r->sp,
                       .code = r->code,
                       .context = r->context};
}

static enum run_mode begin_loop(thread_self *self, const run_call *r) {
  thread_loop *loop = &self->loop;
  wait_site before = loop->run == RUN_NONE && loop->wait.count >= LOOP_AFTER ? loop->wait : (wait_site){0};
  iteration_void(self);
  self->depth = 0;
  set(&self->slot->inner, 0);
  *loop = loop_of(r);
  loop->before = before;
  return RUN_BEGUN;
}

static enum run_mode nest_loop(thread_self *self, const run_call *r) {
  if (self->depth == LOOP_LEVELS) return RUN_FORWARD;
  self->outer[self->depth++] = (outer_loop){.loop = self->loop};
  self->loop = loop_of(r);
  return RUN_NESTED;
}

enum run_mode loop_run(thread_self *self, const run_call *r) {
  thread_loop *loop = &self->loop;
  loop_leave(self, r->sp);
  if (is_tail_call(loop, r)) return RUN_FORWARD;
  if (!busy_since(self)) return begin_loop(self, r);
  if (loop->running && is_own_turn(loop, r)) return RUN_FORWARD;
  if (loop->running) return share_context(loop, r) ? nest_loop(self, r) : RUN_BLOCKING;
  if (loop->run != RUN_NONE && loop->run == r->run) {
    loop->running = true;
    loop->run_sp = r->sp;
    loop->code = r->code;
    return RUN_RESUMED;
  }
  if (r->at_end)
    return loop->run != RUN_NONE || was_no_loop(self, r) ? begin_loop(self, r) : nest_loop(self, r);
  if (loop->run != RUN_NONE || loop->settled || !was_no_loop(self, r)) return RUN_FORWARD;
  return begin_loop(self, r);
}
