/* From what a thread's slot and ring say to stalls with their samples, calls and kind. */
#include "runtime-check/collect/watch.h"

#include "base/module.h"

#include <string.h>

enum {
  SAMPLES_MAX = 64,             /* of one stall */
  CALLS_MAX = 64,               /* places of calls kept for one stall */
  WAIT_TRIES = 5, /* at once; then some more, seldom */
  WAIT_TRIES_MAX = 100,
  WAIT_PAUSE_NS = 100000000,
  INTERVAL_MIN_NS = 5000000,
};
#define INTERVAL_MAX_NS UINT64_C(1000000000)

/* What was taken before the iteration was a stall. */
static void use_early(watcher *w, watched *x, recorded_stall *stall) {
  if (!x->has_early || x->early_start != stall->start) return;
  *bs_vec_push(&stall->samples) = (recorded_sample){
      x->early.at, recording_stack(w->r, x->process, &x->early.taken), x->early.hook, x->early.state};
  stall->task = recording_task(w->r, &x->early.taken);
}

static void open_stall(watcher *w, watched *x, uint64_t start) {
  recorded_stall *stall = bs_vec_push(&w->r->stalls);
  stall->loop = x->loop;
  stall->start = start;
  stall->cpu_ns = NO_TIME;
  stall->switches = -1;
  stall->hook = NO_INDEX;
  x->stall = w->r->stalls.count - 1;
  x->stall_start = start;
  x->closing = 0;
  x->looks.first.at = x->looks.latest.at = 0;
  use_early(w, x, stall);
}

static stall_look look(const watcher *w, const watched *x) {
  stall_look seen = {.at = clock_now()};
  if (!stack_schedstat(w->r->processes.items[x->process].pid, x->tid, &seen.cpu_ns, &seen.wait_ns))
    seen.at = 0;
  return seen;
}

/* A stall that was over before a stack could be taken has that of its longest call, if the thread copied it,
 * or the call's place. */
static void sample_call(watcher *w, watched *x, recorded_stall *stall) {
  const recorded_call *longest = NULL;
  for (uint32_t i = 0; i < stall->calls.count; i++)
    if (!longest || stall->calls.items[i].total_ns > longest->total_ns) longest = &stall->calls.items[i];
  if (!longest || longest->total_ns < stall->duration / 2) return;
  uint32_t whole = watch_site_stack(w, x, longest->site, x->iteration);
  if (whole != NO_INDEX) {
    *bs_vec_push(&stall->samples) = (recorded_sample){stall->duration, whole, longest->hook, 0};
    return;
  }
  if (!tracee_module(recording_tracee(w->r, x->process), longest->caller)) return; /* not to be named */
  stack place;
  place.pc[0] = longest->caller;
  place.count = 1;
  place.omitted = 0;
  place.cut = true;
  place.running = false;
  *place.task = 0;
  *bs_vec_push(&stall->samples) =
      (recorded_sample){stall->duration, recording_stack(w->r, x->process, &place), longest->hook, 0};
}

/* Whether the thread has slept in its wait for events since the stall's end: then it did not wait for a CPU.
 * One that was woken, and has yet to say that it is busy, may have waited for one since. */
static bool sleeps_since(const watcher *w, const watched *x, uint64_t end) {
  layout_slot *slot = watched_slot(x);
  char state = stack_state(w->r->processes.items[x->process].pid, x->tid);
  uint64_t idle = atomic_load(&slot->idle_since);
  return idle && idle <= end && !atomic_load(&slot->busy_since) && state == 'S';
}

static void settle(watcher *w, watched *x, uint64_t duration, uint64_t cpu_ns, bool ended) {
  recorded_stall *stall = &w->r->stalls.items[x->stall];
  x->looks.over = look(w, x);
  x->looks.slept = ended && sleeps_since(w, x, stall->start + duration);
  stall->duration = duration;
  stall->cpu_ns = cpu_ns;
  stall->ended = ended;
  /* What was taken when it was over tells nothing of it. */
  while (ended && stall->samples.count && stall->samples.items[stall->samples.count - 1].at > duration)
    stall->samples.count--;
  for (uint32_t i = 0; i < x->calls.count; i++) *bs_vec_push(&stall->calls) = x->calls.items[i];
  recorded_sum_up(stall, &x->looks);
  x->looks.before = x->looks.over;
  stall->settled = true;
  if (!stall->samples.count) sample_call(w, x, stall);
  x->calls.count = 0;
  x->stall = NO_INDEX;
  x->closing = 0;
}

void watch_close(watcher *w, watched *x, uint64_t now, bool ended) {
  if (x->stall == NO_INDEX) return;
  settle(w, x, now > x->stall_start ? now - x->stall_start : 0, NO_TIME, ended);
}

/* What the thread says of its waits, less those that were the recorder's stops. */
static int64_t own_switches(const watched *x, const layout_event *e) {
  int64_t stops = 0;
  if (x->stopped_start == e->start)
    stops = x->stops;
  else if (x->stopped_until > e->start)
    stops = 1;
  return e->value > stops ? e->value - stops : e->value < 0 ? -1 : 0;
}

static void on_iteration(watcher *w, watched *x, const layout_event *e) {
  if (x->loop == NO_INDEX) return;
  if (x->stall != NO_INDEX && x->stall_start != e->start) watch_close(w, x, e->start, true);
  if (x->stall == NO_INDEX) open_stall(w, x, e->start);
  if (x->iteration != e->iteration) x->calls.count = 0;
  recorded_stall *stall = &w->r->stalls.items[x->stall];
  if (!stall->scope && x->scope_iteration == e->iteration) stall->scope = x->scope_name;
  stall->switches = own_switches(x, e);
  settle(w, x, e->end - e->start, e->cpu_ns, true);
  x->settled_start = e->start;
}

static void on_call(watcher *w, watched *x, const layout_event *e) {
  watch_scope_call(x, e);
  if (x->loop == NO_INDEX || !e->iteration || e->hook >= HOOK_COUNT) return;
  if (e->site >= LAYOUT_SITES) {
    recording_call(w->r, x->loop, e);
    w->r->loops.items[x->loop].placed_late++;
  }
  if (x->iteration != e->iteration) x->calls.count = 0;
  x->iteration = e->iteration;
  for (uint32_t i = 0; i < x->calls.count; i++) {
    recorded_call *call = &x->calls.items[i];
    if (call->hook != e->hook || call->caller != e->caller) continue;
    call->count++;
    call->total_ns += e->end - e->start;
    return;
  }
  if (x->calls.count < CALLS_MAX)
    *bs_vec_push(&x->calls) = (recorded_call){e->hook, 1, e->site, e->caller, e->end - e->start};
}

static void become_loop(watcher *w, watched *x) {
  if (x->loop != NO_INDEX || w->r->processes.items[x->process].ignored) return;
  x->loop = recording_loop(w->r, x->process, x->tid);
  if (x->loop == NO_INDEX) {
    w->r->loops_refused += !x->refused;
    x->refused = true;
    return;
  }
  recording_tracee(w->r, x->process); /* while there is something to read its maps from */
  x->looks.before = look(w, x);
}

/* What was taken for an iteration is none. */
static void drop_stall(watcher *w, watched *x, uint64_t start) {
  x->calls.count = 0;
  x->settled_start = start;
  if (x->stall == NO_INDEX || x->stall_start != start) return;
  recorded_stall *stall = &w->r->stalls.items[x->stall];
  stall->samples.count = 0;
  stall->dropped = stall->settled = true;
  x->stall = NO_INDEX;
  x->closing = 0;
}

/* A run function tells the library before there is a stack of a wait; a stack of another loop's wait is of no
 * use any more. */
static void on_loop(watcher *w, watched *x, const layout_event *e) {
  const char *run = run_name_of(e->hook), *library = run ? loop_library_of_run(run) : NULL;
  become_loop(w, x);
  if (x->loop == NO_INDEX) return;
  recorded_loop *l = &w->r->loops.items[x->loop];
  if (!e->iteration) {
    l->wait_stack = NO_INDEX;
    x->wait_tries = 0;
  }
  if (library) l->library = library;
  if (e->start) drop_stall(w, x, e->start);
}

void watch_drain(watcher *w, watched *x) {
  layout_slot *slot = watched_slot(x);
  if (x->loop == NO_INDEX && atomic_load(&slot->state) == LAYOUT_LOOP) become_loop(w, x);
  uint64_t head = atomic_load_explicit(&slot->head, memory_order_acquire);
  uint64_t tail = atomic_load_explicit(&slot->tail, memory_order_relaxed);
  if (head - tail > LAYOUT_RING) tail = head - LAYOUT_RING; /* the program wrote over its own slot */
  for (; tail != head; tail++) {
    layout_event e = slot->events[tail % LAYOUT_RING];
    if (e.end < e.start || e.end - e.start != recorded_bounded(e.end - e.start) || e.end > INT64_MAX)
      continue;
    if (e.cpu_ns != recorded_bounded(e.cpu_ns)) e.cpu_ns = NO_TIME;
    switch (e.kind) {
    case LAYOUT_EVENT_LOOP: on_loop(w, x, &e); break;
    case LAYOUT_EVENT_CALL: on_call(w, x, &e); break;
    case LAYOUT_EVENT_ITERATION: on_iteration(w, x, &e); break;
    case LAYOUT_EVENT_SCOPE: watch_scope_event(w, x, &e); break;
    default: break;
    }
  }
  atomic_store_explicit(&slot->tail, tail, memory_order_release);
}

static void note_stop(watched *x, uint64_t busy) {
  if (x->stopped_start != busy) x->stops = x->stopped_until > busy;
  x->stopped_start = busy;
  x->stops++;
}

bool watch_stack(watcher *w, watched *x, const _Atomic uint64_t *still, uint64_t value, stack *out,
                 uint32_t *hook) {
  layout_slot *slot = watched_slot(x);
  recorded_process *p = &w->r->processes.items[x->process];
  tracee *t = recording_tracee(w->r, x->process);
  for (int attempt = 0; attempt < 3; attempt++) {
    bool parked = atomic_load_explicit(&slot->call_sequence, memory_order_acquire) & 1;
    *hook = parked ? atomic_load(&slot->hook) : NO_INDEX;
    if (*hook != NO_INDEX && *hook >= HOOK_COUNT) *hook = NO_INDEX;
    if (!parked) note_stop(x, atomic_load(&slot->busy_since));
    enum stack_result result =
        parked ? stack_parked(t, slot, out) : stack_running(t, x->tid, still, value, out);
    if (!parked) x->stopped_until = clock_now();
    /* A call that began before the thread could be stopped is on the stack, and nobody would know which. */
    bool came_to_call = !parked && atomic_load_explicit(&slot->call_sequence, memory_order_acquire) & 1;
    if (result == STACK_OK && came_to_call && attempt == 0 && atomic_load(still) == value) continue;
    if (result == STACK_OK && !parked) return out->count > 0; /* whatever the thread did since then */
    if (atomic_load(still) != value) return false;
    if (result == STACK_OK) return out->count > 0;
    if (result == STACK_REFUSED) p->refused = true;
    if (result != STACK_MOVED_ON) return false;
  }
  return false;
}

static bool take_stack(watcher *w, watched *x, uint64_t busy, stack *out, uint32_t *hook) {
  return watch_stack(w, x, &watched_slot(x)->busy_since, busy, out, hook);
}

uint64_t watch_sample(watcher *w, watched *x, uint64_t busy, uint64_t now) {
  if (busy == x->settled_start) return now + w->r->options.threshold_ns;
  if (x->stall == NO_INDEX) {
    open_stall(w, x, busy);
    x->looks.first = look(w, x);
    x->interval = w->r->options.threshold_ns / 2;
    if (x->interval < INTERVAL_MIN_NS) x->interval = INTERVAL_MIN_NS;
    x->next_sample = now;
  }
  if (now < x->next_sample) return x->next_sample;
  stack taken;
  uint32_t hook;
  taken.count = 0;
  x->looks.latest = look(w, x);
  recorded_stall *stall = &w->r->stalls.items[x->stall];
  char state = stack_state(w->r->processes.items[x->process].pid, x->tid);
  if (stall->samples.count < SAMPLES_MAX && take_stack(w, x, busy, &taken, &hook)) {
    recorded_sample *sample = bs_vec_push(&stall->samples);
    *sample = (recorded_sample){now - busy, recording_stack(w->r, x->process, &taken), hook, state};
    if (!stall->scope) stall->scope = watch_scope_name(w, x);
    if (!stall->task) stall->task = recording_task(w->r, &taken);
  }
  x->next_sample = clock_now() + x->interval;
  x->interval += x->interval / 2;
  if (x->interval > INTERVAL_MAX_NS) x->interval = INTERVAL_MAX_NS;
  return x->next_sample;
}

void watch_sample_early(watcher *w, watched *x, uint64_t busy, uint64_t now) {
  if (x->early_start == busy) return;
  x->early_start = busy;
  x->early.at = now - busy;
  x->early.state = stack_state(w->r->processes.items[x->process].pid, x->tid);
  x->has_early = take_stack(w, x, busy, &x->early.taken, &x->early.hook);
}

/* The library whose run function is on the stack. Only that library's symbols are looked up: the program's
 * own may be many. */
static const char *library_of(watcher *w, uint32_t process, const stack *st) {
  tracee *t = recording_tracee(w->r, process);
  const char *found = "";
  frame_list frames = {0};
  for (uint32_t i = 0; i < st->count; i++) {
    const module_row *m = tracee_module(t, st->pc[i]);
    if (!m || (!loop_library_of_path(m->path) && strcmp(m->path, PYTHON_MODULE) != 0)) continue;
    frames.count = 0;
    symbols_find(w->r->symbols, m, st->pc[i], i || !st->running, &frames);
    for (uint32_t k = 0; k < frames.count; k++) {
      const char *library = loop_library_of_run_frame(&frames.items[k]);
      if (library) found = library; /* the outermost: GLib may run another's loop inside of it */
    }
  }
  bs_vec_fini(&frames);
  return found;
}

/* Leaves what the wait has called: a stack may be taken while the library itself is at work on either side of
 * it, and how deep that is says nothing about the loop. A published wait's stack begins at its caller, too.
 */
static void begin_at_caller(tracee *t, stack *s) {
  if (s->omitted) return;
  for (uint32_t i = s->count; i-- > 1;) {
    const module_row *m = tracee_module(t, s->pc[i - 1]);
    if (!m || !bs_module_is_preload(m->path)) continue;
    s->count -= i;
    memmove(s->pc, s->pc + i, s->count * sizeof *s->pc);
    s->running = false;
    return;
  }
}

void watch_name_loop(watcher *w, const watched *x, const stack *wait) {
  if (x->loop == NO_INDEX) return;
  const char *library = library_of(w, x->process, wait);
  if (*library) w->r->loops.items[x->loop].library = library;
}

void watch_wait_stack(watcher *w, watched *x) {
  recorded_loop *l = &w->r->loops.items[x->loop];
  layout_slot *slot = watched_slot(x);
  watch_use_wait_stack(w, x);
  if (l->wait_stack != NO_INDEX || x->wait_tries >= WAIT_TRIES_MAX || !atomic_load(&slot->idle_since)) return;
  if (atomic_load_explicit(&slot->inner, memory_order_relaxed)) return; /* not the outermost one's */
  uint64_t now = clock_now();
  if (x->wait_tries >= WAIT_TRIES && now < x->next_wait_try) return;
  x->wait_tries++;
  x->next_wait_try = now + WAIT_PAUSE_NS;
  tracee *t = recording_tracee(w->r, x->process);
  stack taken;
  taken.count = 0;
  bool parked = atomic_load(&slot->call_sequence) & 1;
  enum stack_result result =
      parked ? stack_parked(t, slot, &taken) : stack_running(t, x->tid, &slot->busy_since, 0, &taken);
  bool waited = !atomic_load(&slot->busy_since) && atomic_load(&slot->idle_since);
  if (result != STACK_OK || !taken.count || !waited) return;
  begin_at_caller(t, &taken);
  l->wait_stack = recording_stack(w->r, x->process, &taken);
  watch_name_loop(w, x, &taken);
}

void watch_totals(watcher *w, watched *x) {
  if (x->loop == NO_INDEX) return;
  layout_slot *slot = watched_slot(x);
  if (atomic_load(&slot->generation) != x->generation) return;
  recorded_loop *l = &w->r->loops.items[x->loop];
  l->iterations = watched_counter(&slot->iterations);
  l->busy_ns = watched_counter(&slot->busy_ns);
  l->idle_ns = watched_counter(&slot->idle_ns);
  l->max_ns = watched_counter(&slot->max_ns);
  l->dropped = watched_counter(&slot->dropped);
  for (uint32_t i = 0; i < LAYOUT_BUCKETS; i++) l->histogram[i] = watched_counter(&slot->histogram[i]);
  l->calls.count = 0;
  for (uint32_t i = 0; i < HOOK_COUNT; i++) {
    uint64_t count = watched_counter(&slot->calls[i]);
    if (!count) continue;
    *bs_vec_push(&l->calls) = (recorded_calls){i, count, watched_counter(&slot->call_ns[i])};
  }
  watch_sites(w, x);
}
