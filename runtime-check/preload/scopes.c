/* Named scopes and allowed blocks of a thread: how long it stays in them without its loop's wait.
 *
 * A scope is measured in stretches: from its begin or a wait's end to the next wait or its own end. Only pointers to the program's scopes
 * are kept, and those whose frame is gone, left by longjmp, are dropped by their address before one is looked at.
 */
#include "marks.h"

#include <string.h>

enum {
  SCOPES = 16, /* open at once; deeper ones are not measured */
  FRAMES = 8 << 20, /* bytes: an address this close below the stack pointer is a frame that was left */
  STRANGERS = LAYOUT_NAMES - 1, /* the name of those that found no room */
};

/* A thread's marks. */
typedef struct thread_marks {
  bs_scope *open[SCOPES];
  uint32_t depth, expecting; /* of the open ones */
  uint32_t allowed; /* depth of bs_allow_begin() */
  uint32_t epoch; /* as in thread_self */
  uint64_t excused_since; /* the time from here on is allowed; 0 none */
  uint64_t excused_ns; /* of this iteration */
  uint64_t wait_began, wait_ended; /* a wait of which it is not known whether it is a loop's; 0 none */
  bool covered; /* a scope tells of this iteration's stall */
  uint64_t stall_start, stall_ns; /* an iteration to tell of; 0 none */
} thread_marks;
static _Thread_local thread_marks mine;

static bool is_allowed(void) { return mine.allowed || mine.expecting; }

static uint64_t threshold_of(const bs_scope *s) {
  if (s->threshold_ns) return s->threshold_ns;
  return atomic_load_explicit(&preload_view.head->threshold_ns, memory_order_relaxed);
}

/* The thread with its marks; those of a fork's parent are not its own. */
static thread_self *marked_thread(void) {
  thread_self *self = preload_watch();
  if (self && mine.epoch != self->epoch) mine = (thread_marks){.epoch = self->epoch};
  return self;
}

/* When the collector is to look: those that are allowed to stall have no due, but those that are expected to. */
static uint64_t earliest_due(void) {
  uint64_t due = 0;
  for (uint32_t i = 0; i < mine.depth; i++) {
    const bs_scope *s = mine.open[i];
    if (is_allowed() && !s->expects_stall) continue;
    uint64_t then = s->since_ns + threshold_of(s);
    if (!due || then < due) due = then;
  }
  return due;
}

/* After each change: what the collector and the wrappers see of it. `waiting`: in the loop's wait. */
static void show(thread_self *self, bool waiting) {
  layout_slot *slot = self->slot;
  uint64_t name = mine.depth ? mine.open[mine.depth - 1]->place + UINT64_C(1) : 0;
  self->marked = mine.depth || is_allowed() || mine.excused_ns || mine.covered || mine.stall_start;
  self->active = !waiting && !is_allowed() && (busy_since(self) || mine.depth);
  atomic_store_explicit(&slot->allowed, mine.allowed + mine.expecting, memory_order_relaxed);
  atomic_store_explicit(&slot->scope, name, memory_order_relaxed);
  atomic_store_explicit(&slot->excused_ns, mine.excused_ns, memory_order_relaxed);
  atomic_store_explicit(&slot->scope_due, waiting ? 0 : earliest_due(), memory_order_relaxed);
}

static void close_at(uint32_t index) {
  mine.expecting -= mine.open[index]->expects_stall != 0;
  mine.depth = index;
}

/* Drops scopes of functions that were left without their end. Of those nothing may be read. */
static void drop_left(uintptr_t sp) {
  uint32_t kept = 0;
  for (; kept < mine.depth; kept++) {
    uintptr_t address = (uintptr_t)mine.open[kept];
    if (address < sp && sp - address < FRAMES) break;
  }
  if (kept == mine.depth) return;
  mine.depth = kept;
  mine.expecting = 0;
  for (uint32_t i = 0; i < kept; i++) mine.expecting += mine.open[i]->expects_stall != 0;
  if (!is_allowed()) mine.excused_since = 0;
}

void marks_excuse(thread_self *self, uint64_t from, uint64_t to) {
  if (to <= from) return;
  if (busy_since(self)) mine.excused_ns += to - (from > busy_since(self) ? from : busy_since(self));
  for (uint32_t i = 0; i < mine.depth; i++) {
    bs_scope *s = mine.open[i];
    if (!s->expects_stall && s->since_ns) s->since_ns += to - (from > s->since_ns ? from : s->since_ns);
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

static void scope_event(const thread_self *self, const bs_scope *s, uint32_t how, uint64_t start,
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

static void end_stretch(const thread_self *self, bs_scope *s, uint64_t now) {
  uint64_t took = now > s->since_ns ? now - s->since_ns : 0;
  if (took > s->worst_ns || !s->worst_since_ns) {
    s->worst_ns = took;
    s->worst_since_ns = s->since_ns;
  }
  if (took < threshold_of(s)) return;
  s->stalls++;
  mine.covered |= !s->expects_stall;
  scope_event(self, s, s->expects_stall ? LAYOUT_SCOPE_EXPECTED : LAYOUT_SCOPE_STALLED, s->since_ns, took);
}

/* The wait before proved to be the loop's: it ended a stretch and began another. */
static void settle_wait(const thread_self *self) {
  for (uint32_t i = 0; mine.wait_began && i < mine.depth; i++) {
    bs_scope *s = mine.open[i];
    if (s->since_ns >= mine.wait_began) continue;
    end_stretch(self, s, mine.wait_began);
    s->since_ns = mine.wait_ended;
  }
  mine.wait_began = 0;
}

uint64_t marks_wait_begins(thread_self *self, uint64_t now, bool known, uintptr_t sp) {
  if (mine.epoch != self->epoch) mine = (thread_marks){.epoch = self->epoch};
  drop_left(sp);
  excuse_until(self, now);
  if (known) {
    mine.excused_since = 0;
    settle_wait(self);
  }
  for (uint32_t i = 0; known && i < mine.depth; i++) end_stretch(self, mine.open[i], now);
  mine.wait_began = known ? 0 : now;
  uint64_t end = now - mine.excused_ns;
  mine.excused_ns = 0;
  show(self, known);
  self->active = false;
  return end;
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
    for (uint32_t i = 0; i < mine.depth; i++) mine.open[i]->since_ns = now;
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
    if (atomic_compare_exchange_weak(shortest, &known, threshold)) return;
}

EXPORTED void bs_runtime_scope_begin(bs_scope *scope) {
  scope->since_ns = 0;
  thread_self *self = marked_thread();
  if (!self) return;
  drop_left(CALLER_SP);
  if (mine.depth == SCOPES) return;
  scope->stalls = 0;
  scope->worst_ns = scope->worst_since_ns = 0;
  scope->place = place_of(self->slot, scope->name);
  note_threshold(threshold_of(scope));
  uint64_t now = now_ns();
  if (scope->expects_stall && mine.expecting++ == 0 && !mine.excused_since) mine.excused_since = now;
  mine.open[mine.depth++] = scope;
  scope->since_ns = now;
  show(self, false);
}

/* Counts the closed scope's stalls and takes its action. */
static unsigned conclude(thread_self *self, const bs_scope *s) {
  unsigned stalls = s->stalls;
  uint64_t threshold = threshold_of(s);
  if (s->expects_stall && !stalls) scope_event(self, s, LAYOUT_SCOPE_MISSED, s->worst_since_ns, s->worst_ns);
  atomic_fetch_add(s->expects_stall ? &marks_of_process.expected : &marks_of_process.scopes, stalls);
  if (s->expects_stall) atomic_fetch_add(&marks_of_process.missed, !stalls);
  if (!stalls == !s->expects_stall) return stalls;
  told_stall t = {.kind = LAYOUT_ASK_SCOPE,
                  .start = s->worst_since_ns,
                  .action = s->action,
                  .callback = s->callback,
                  .data = s->data,
                  .stall = {s->name ? s->name : "", s->worst_ns, threshold, stalls, NULL}};
  tell(self, &t);
  return stalls;
}

/* One that is not open (it began without a recorder, or too deep) has no stalls. */
EXPORTED unsigned bs_runtime_scope_end(bs_scope *scope) {
  thread_self *self = marked_thread();
  if (!self) return 0;
  drop_left(CALLER_SP);
  uint32_t index = mine.depth;
  while (index > 0 && mine.open[index - 1] != scope) index--;
  if (!index) return 0;
  uint64_t now = now_ns();
  excuse_until(self, now);
  end_stretch(self, scope, now);
  while (mine.depth >= index) close_at(mine.depth - 1);
  if (!mine.depth) mine.wait_began = 0;
  if (!is_allowed()) mine.excused_since = 0;
  show(self, false);
  return conclude(self, scope);
}

EXPORTED void bs_runtime_allow_begin(void) {
  thread_self *self = marked_thread();
  if (!self) return;
  mine.allowed++;
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
