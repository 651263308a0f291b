/* Named scopes and allowed blocks of a thread: how long it stays in them without its loop's wait.
 *
 * A scope is measured in stretches: from its begin or a wait's end to the next wait or its own end. The
 * program's bs_scope is copied when it begins and not looked at again: a function that is left by longjmp
 * leaves its scopes open until the jump, which is watched for that, or a caller further up shows that they
 * are gone.
 */
#include "runtime-check/preload/marks.h"

#include <string.h>

enum {
  SCOPES = 16, /* open at once; deeper ones are not measured */
  FRAMES = 8 << 20, /* bytes: an address this close below the stack pointer is a frame that was left */
  STRANGERS = LAYOUT_NAMES - 1, /* the name of those that found no room */
};

typedef struct open_scope {
  uintptr_t address; /* of the program's own */
  bs_scope given;
  uint64_t since_ns, worst_ns, worst_since_ns;
  unsigned stalls;
  uint32_t place; /* of its name */
} open_scope;

/* A thread's marks. */
typedef struct thread_marks {
  open_scope open[SCOPES];
  uint32_t depth, expecting; /* of the open ones */
  uint32_t allowed; /* depth of bs_allow_begin() */
  uintptr_t allowed_sp; /* where the outermost was called */
  uint32_t epoch; /* as in thread_self */
  uint64_t excused_since; /* the time from here on is allowed; 0 none */
  uint64_t excused_ns; /* of this iteration */
  uint64_t wait_began, wait_ended; /* a wait of which it is not known whether it is a loop's; 0 none */
  bool covered; /* a scope tells of this iteration's stall */
  uint64_t stall_start, stall_ns; /* an iteration to tell of; 0 none */
} thread_marks;
static _Thread_local thread_marks mine;

static bool is_allowed(void) { return mine.allowed || mine.expecting; }

static uint64_t threshold_of(const open_scope *s) {
  if (s->given.threshold_ns) return s->given.threshold_ns;
  return atomic_load_explicit(&preload_view.head->threshold_ns, memory_order_relaxed);
}

/* The thread with its marks; those of a fork's parent are not its own. */
static thread_self *marked_thread(void) {
  thread_self *self = preload_watch();
  if (self && mine.epoch != self->epoch) mine = (thread_marks){.epoch = self->epoch};
  return self;
}

/* When the collector is to look: those that are allowed to stall have no due, but those that are expected to.
 */
static uint64_t earliest_due(void) {
  uint64_t due = 0;
  for (uint32_t i = 0; i < mine.depth; i++) {
    const open_scope *s = &mine.open[i];
    if (is_allowed() && !s->given.expects_stall) continue;
    uint64_t then = s->since_ns + threshold_of(s);
    if (!due || then < due) due = then;
  }
  return due;
}

/* After each change: what the collector and the wrappers see of it. `waiting`: in the loop's wait. */
static void show(thread_self *self, bool waiting) {
  layout_slot *slot = self->slot;
  uint64_t name = mine.depth ? mine.open[mine.depth - 1].place + UINT64_C(1) : 0;
  self->marked = mine.depth || is_allowed() || mine.excused_ns || mine.covered || mine.stall_start;
  self->active = !waiting && !is_allowed() && (busy_since(self) || mine.depth);
  atomic_store_explicit(&slot->allowed, mine.allowed + mine.expecting, memory_order_relaxed);
  atomic_store_explicit(&slot->scope, name, memory_order_relaxed);
  atomic_store_explicit(&slot->excused_ns, mine.excused_ns, memory_order_relaxed);
  atomic_store_explicit(&slot->scope_due, waiting ? 0 : earliest_due(), memory_order_relaxed);
}

static void close_at(uint32_t index) {
  mine.expecting -= mine.open[index].given.expects_stall != 0;
  mine.depth = index;
}

/* Drops scopes of functions that were left without their end. */
static void drop_left(uintptr_t sp) {
  uint32_t kept = 0;
  for (; kept < mine.depth; kept++) {
    uintptr_t address = mine.open[kept].address;
    if (address < sp && sp - address < FRAMES) break;
  }
  if (kept == mine.depth) return;
  mine.depth = kept;
  mine.expecting = 0;
  for (uint32_t i = 0; i < kept; i++) mine.expecting += mine.open[i].given.expects_stall != 0;
  if (!is_allowed()) mine.excused_since = 0;
}

void marks_excuse(thread_self *self, uint64_t from, uint64_t to) {
  if (to <= from) return;
  if (busy_since(self)) mine.excused_ns += to - (from > busy_since(self) ? from : busy_since(self));
  for (uint32_t i = 0; i < mine.depth; i++) {
    open_scope *s = &mine.open[i];
    if (!s->given.expects_stall && s->since_ns) s->since_ns += to - (from > s->since_ns ? from : s->since_ns);
  }
  self->marked |= mine.excused_ns != 0;
  atomic_store_explicit(&self->slot->excused_ns, mine.excused_ns, memory_order_relaxed);
}

/* What was allowed until now is excused. */
static void excuse_until(thread_self *self, uint64_t now) {
  if (!mine.excused_since) return;
  marks_excuse(self, mine.excused_since, now);
  mine.excused_since = now;
}

static void scope_event(const thread_self *self, const open_scope *s, uint32_t how, uint64_t start,
                        uint64_t took) {
  uint64_t finished = atomic_load_explicit(&self->slot->iterations, memory_order_relaxed);
  push_event(self->slot, &(layout_event){.kind = LAYOUT_EVENT_SCOPE,
                                         .hook = how,
                                         .start = start,
                                         .end = start + took,
                                         .cpu_ns = NO_TIME,
                                         .iteration = busy_since(self) ? finished + 1 : 0,
                                         .caller = threshold_of(s),
                                         .value = s->place});
}

static void end_stretch(const thread_self *self, open_scope *s, uint64_t now) {
  uint64_t took = now > s->since_ns ? now - s->since_ns : 0;
  if (took > s->worst_ns || !s->worst_since_ns) {
    s->worst_ns = took;
    s->worst_since_ns = s->since_ns;
  }
  if (took < threshold_of(s)) return;
  s->stalls++;
  mine.covered |= !s->given.expects_stall;
  scope_event(self, s, s->given.expects_stall ? LAYOUT_SCOPE_EXPECTED : LAYOUT_SCOPE_STALLED, s->since_ns,
              took);
}

/* The wait before proved to be the loop's: it ended a stretch and began another. */
static void settle_wait(const thread_self *self) {
  for (uint32_t i = 0; mine.wait_began && i < mine.depth; i++) {
    open_scope *s = &mine.open[i];
    if (s->since_ns >= mine.wait_began) continue;
    end_stretch(self, s, mine.wait_began);
    s->since_ns = mine.wait_ended;
  }
  mine.wait_began = 0;
}

/* A first wait is a loop's where nothing else is made for waiting so; a poll may as well be a handler's for
 * its answer. */
static bool waits_as_loops_do(const thread_self *self) {
  uint32_t kind = atomic_load_explicit(&self->slot->wait_kind, memory_order_relaxed);
  return kind == LAYOUT_WAIT_EPOLL || kind == LAYOUT_WAIT_URING;
}

uint64_t marks_wait_begins(thread_self *self, uint64_t now, bool known, uintptr_t sp) {
  known = known || waits_as_loops_do(self);
  if (mine.epoch != self->epoch) mine = (thread_marks){.epoch = self->epoch};
  drop_left(sp);
  excuse_until(self, now);
  if (known) {
    mine.excused_since = 0;
    settle_wait(self);
  }
  for (uint32_t i = 0; known && i < mine.depth; i++) end_stretch(self, &mine.open[i], now);
  mine.wait_began = known ? 0 : now;
  uint64_t end = now - mine.excused_ns;
  mine.excused_ns = 0;
  show(self, known);
  self->active = false;
  return end;
}

void marks_run_begins(thread_self *self) {
  mine.excused_ns = 0;
  mine.wait_began = 0;
  show(self, false);
}

void marks_stalled(thread_self *self, uint64_t took) {
  if (mine.epoch != self->epoch) mine = (thread_marks){.epoch = self->epoch};
  mine.stall_start = busy_since(self);
  mine.stall_ns = took;
  self->marked = true;
}

/* In the wait's wrapper, before it waits. */
void marks_tell(thread_self *self) {
  told_stall t = {.kind = LAYOUT_ASK_ITERATION, .start = mine.stall_start, .stall.count = 1};
  t.stall.duration_ns = mine.stall_ns;
  bool is_loop = atomic_load_explicit(&self->slot->state, memory_order_relaxed) == LAYOUT_LOOP;
  if (!t.start || !is_loop) return;
  mine.stall_start = 0;
  self->marked = mine.depth || is_allowed() || mine.covered;
  t.stall.threshold_ns = atomic_load_explicit(&preload_view.head->threshold_ns, memory_order_relaxed);
  t.action = mine.covered ? BS_COUNT : BS_DEFAULT;
  tell(self, &t);
}

void marks_wait_ends(thread_self *self, uint64_t now) {
  if (mine.wait_began)
    mine.wait_ended = now;
  else
    for (uint32_t i = 0; i < mine.depth; i++) mine.open[i].since_ns = now;
  if (is_allowed() && !mine.excused_since) mine.excused_since = now;
  mine.covered = false;
  show(self, false);
}

/* The index of a name; the first 55 bytes of it are kept. */
static uint32_t place_of(layout_slot *slot, const char *name) {
  uint64_t address = (uintptr_t)name;
  if (!name) name = "";
  uint32_t i = (uint32_t)((address >> 3 ^ address >> 9) % STRANGERS), tries = 0;
  for (; tries < STRANGERS; tries++, i = (i + 1) % STRANGERS) {
    uint64_t there = atomic_load_explicit(&slot->names[i].address, memory_order_relaxed);
    if (there == (address ? address : 1)) return i;
    if (!there) break;
  }
  if (tries == STRANGERS) {
    i = STRANGERS;
    name = "(one of many scopes)";
  }
  layout_name *n = &slot->names[i];
  for (size_t k = 0; k + 1 < sizeof n->text && name[k]; k++) n->text[k] = name[k];
  atomic_store_explicit(&n->address, address ? address : 1, memory_order_release);
  return i;
}

/* The collector looks as often as the shortest threshold asks. */
static void note_threshold(uint64_t threshold) {
  _Atomic uint64_t *shortest = &preload_view.head->shortest_ns;
  uint64_t known = atomic_load_explicit(shortest, memory_order_relaxed);
  while (!known || threshold < known)
    if (atomic_compare_exchange_weak(shortest, &known, threshold)) {
      bell_look();
      return;
    }
}

/* The same block again, after it was left in a way that nobody saw. */
static void drop_again(uintptr_t address) {
  uint32_t index = 0;
  while (index < mine.depth && mine.open[index].address != address) index++;
  while (mine.depth > index) close_at(mine.depth - 1);
}

/* A function that lies further up than the loop's wait was not called by that loop: it is over, and what
 * comes is another one. */
static void leave_loop(thread_self *self, uintptr_t sp) {
  const thread_loop *loop = &self->loop;
  uintptr_t end = loop->running ? loop->run_sp - 1 : loop->wait.sp;
  if (!(loop->wait.pc || loop->running) || sp <= end || sp - end > FRAMES) return;
  self->loop = (thread_loop){0};
  self->depth = 0;
  self->known = 0;
  atomic_store_explicit(&self->slot->busy_since, 0, memory_order_relaxed);
}

EXPORTED void bs_runtime_scope_begin(bs_scope *scope) {
  thread_self *self = marked_thread();
  if (!self) return;
  drop_left(CALLER_SP);
  leave_loop(self, CALLER_SP);
  drop_again((uintptr_t)scope);
  if (mine.depth == SCOPES) return;
  open_scope *s = &mine.open[mine.depth];
  *s = (open_scope){.address = (uintptr_t)scope, .given = *scope, .place = place_of(self->slot, scope->name)};
  note_threshold(threshold_of(s));
  s->since_ns = now_ns();
  mine.depth++;
  if (scope->expects_stall && mine.expecting++ == 0 && !mine.excused_since) mine.excused_since = s->since_ns;
  show(self, false);
}

/* Counts the closed scope's stalls and takes its action. */
static unsigned conclude(thread_self *self, const open_scope *s) {
  const bs_scope *given = &s->given;
  uint64_t threshold = threshold_of(s);
  if (given->expects_stall && !s->stalls)
    scope_event(self, s, LAYOUT_SCOPE_MISSED, s->worst_since_ns, s->worst_ns);
  atomic_fetch_add(given->expects_stall ? &marks_of_process.expected : &marks_of_process.scopes, s->stalls);
  if (given->expects_stall) atomic_fetch_add(&marks_of_process.missed, !s->stalls);
  if (!s->stalls == !given->expects_stall) return s->stalls;
  told_stall t = {.kind = LAYOUT_ASK_SCOPE,
                  .start = s->worst_since_ns,
                  .action = given->action,
                  .callback = given->callback,
                  .data = given->data,
                  .stall = {given->name ? given->name : "", s->worst_ns, threshold, s->stalls, NULL}};
  tell(self, &t);
  return s->stalls;
}

/* One that is not open (it began without a recorder, or too deep) has no stalls. */
EXPORTED unsigned bs_runtime_scope_end(bs_scope *scope) {
  thread_self *self = marked_thread();
  if (!self) return 0;
  drop_left(CALLER_SP);
  uint32_t index = mine.depth;
  while (index > 0 && mine.open[index - 1].address != (uintptr_t)scope) index--;
  if (!index) return 0;
  uint64_t now = now_ns();
  excuse_until(self, now);
  end_stretch(self, &mine.open[index - 1], now);
  const open_scope ended = mine.open[index - 1];
  while (mine.depth >= index) close_at(mine.depth - 1);
  if (!mine.depth) mine.wait_began = 0;
  if (!is_allowed()) mine.excused_since = 0;
  show(self, false);
  return conclude(self, &ended);
}

void marks_jump(thread_self *self, uintptr_t sp) {
  if (mine.epoch != self->epoch) return;
  drop_left(sp);
  if (mine.allowed && mine.allowed_sp < sp) {
    excuse_until(self, now_ns());
    mine.allowed = 0;
    if (!is_allowed()) mine.excused_since = 0;
  }
  show(self, !self->active && self->inside);
}

EXPORTED void bs_runtime_allow_begin(void) {
  thread_self *self = marked_thread();
  if (!self) return;
  if (mine.allowed++ == 0) mine.allowed_sp = CALLER_SP;
  if (!mine.excused_since) mine.excused_since = now_ns();
  show(self, false);
}

/* One without its begin, as in a child of fork, changes nothing. */
EXPORTED void bs_runtime_allow_end(void) {
  thread_self *self = marked_thread();
  if (!self || !mine.allowed) return;
  excuse_until(self, now_ns());
  mine.allowed--;
  if (!is_allowed()) mine.excused_since = 0;
  show(self, false);
}
