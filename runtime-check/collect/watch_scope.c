/* Named scopes of the linkable API: samples while one is past its threshold, and what its events become.
 *
 * A thread says when the first of its open scopes is due; a sample belongs to every scope whose stretch it
 * lies in. A scope that was over before a stack could be taken has the place of its longest call, as a stall
 * does. */
#include "runtime-check/collect/watch.h"

#include <string.h>

enum {
  UNSTORED_MAX = 32768, /* stretches that wait for the file */
  SAMPLES_KEPT = 64, /* of a thread; then the older half goes */
  LOOK_MIN_NS = 1000000,
  INTERVAL_MIN_NS = 5000000,
};
#define INTERVAL_MAX_NS UINT64_C(1000000000)

/* Kept in the thread's slot, so that it can be read when the process is gone. */
static const char *name_at(const watcher *w, const watched *x, uint64_t index) {
  if (index >= LAYOUT_NAMES) return NULL;
  const layout_name *n = &watched_slot(x)->names[index];
  if (!atomic_load_explicit(&n->address, memory_order_acquire)) return NULL;
  char text[sizeof n->text]; /* the thread may write another one meanwhile */
  for (size_t i = 0; i < sizeof text; i++) text[i] = ((const volatile char *)n->text)[i];
  return bs_intern_text(&w->r->names, bs_intern_add(&w->r->names, text, strnlen(text, sizeof text - 1)));
}

const char *watch_scope_name(const watcher *w, const watched *x) {
  uint64_t scope = atomic_load_explicit(&watched_slot(x)->scope, memory_order_relaxed);
  return scope ? name_at(w, x, scope - 1) : NULL;
}

static void keep_sample(watched *x, recorded_sample sample) {
  if (x->scope_samples.count == SAMPLES_KEPT) {
    uint32_t half = SAMPLES_KEPT / 2;
    memmove(x->scope_samples.items, x->scope_samples.items + half, half * sizeof *x->scope_samples.items);
    x->scope_samples.count = half;
  }
  *bs_vec_push(&x->scope_samples) = sample;
}

static uint64_t sample_scope(watcher *w, watched *x, uint64_t due, uint64_t now) {
  stack taken;
  uint32_t hook;
  taken.count = 0;
  if (x->scope_due != due) {
    x->scope_due = x->next_scope_sample = due;
    x->scope_interval = INTERVAL_MIN_NS;
  }
  if (now < x->next_scope_sample) return x->next_scope_sample;
  if (watch_stack(w, x, &watched_slot(x)->scope_due, due, &taken, &hook))
    keep_sample(x, (recorded_sample){now, recording_stack(w->r, x->process, &taken), hook, 0});
  x->next_scope_sample = clock_now() + x->scope_interval;
  x->scope_interval += x->scope_interval / 2;
  if (x->scope_interval > INTERVAL_MAX_NS) x->scope_interval = INTERVAL_MAX_NS;
  return x->next_scope_sample;
}

uint64_t watch_scopes(watcher *w, watched *x, uint64_t now) {
  uint64_t shortest = atomic_load_explicit(&x->region->head->shortest_ns, memory_order_relaxed);
  if (!shortest || w->r->processes.items[x->process].ignored) return UINT64_MAX;
  uint64_t look = now + (shortest > LOOK_MIN_NS ? shortest : LOOK_MIN_NS);
  uint64_t due = atomic_load_explicit(&watched_slot(x)->scope_due, memory_order_relaxed);
  if (!due) return look;
  if (due <= now) due = sample_scope(w, x, due, now);
  return due < look ? due : look;
}

void watch_scope_call(watched *x, const layout_event *e) {
  const layout_event *longest = &x->longest_call;
  if (e->end - e->start >= longest->end - longest->start || e->start >= x->longest_call_until)
    x->longest_call = *e;
  x->longest_call_until = e->end + INTERVAL_MAX_NS;
}

static void add_samples(watcher *w, watched *x, recorded_scope *scope, uint64_t end) {
  for (uint32_t i = 0; i < x->scope_samples.count; i++) {
    recorded_sample sample = x->scope_samples.items[i];
    if (sample.at < scope->start || sample.at > end) continue;
    sample.at -= scope->start;
    if (scope->hook == NO_INDEX) scope->hook = sample.hook;
    *bs_vec_push(&scope->samples) = sample;
  }
  const layout_event *call = &x->longest_call;
  if (call->start < scope->start || call->end > end || call->end - call->start < scope->duration / 2) return;
  scope->hook = call->hook;
  if (scope->samples.count || !tracee_module(recording_tracee(w->r, x->process), call->caller)) return;
  stack *place = bs_calloc(1, sizeof *place);
  place->pc[0] = call->caller;
  place->count = 1;
  place->cut = true;
  *bs_vec_push(&scope->samples) =
      (recorded_sample){scope->duration, recording_stack(w->r, x->process, place), call->hook, 0};
  free(place);
}

void watch_scope_event(watcher *w, watched *x, const layout_event *e) {
  if (w->r->processes.items[x->process].ignored || e->hook > LAYOUT_SCOPE_MISSED) return;
  if (w->r->scopes.count - w->r->scopes_flushed >= UNSTORED_MAX) {
    w->r->unstored++;
    return;
  }
  const char *name = name_at(w, x, (uint64_t)e->value);
  recorded_scope *scope = bs_vec_push(&w->r->scopes);
  scope->process = x->process;
  scope->loop = x->loop;
  scope->tid = x->tid;
  scope->name = name ? name : "";
  scope->start = e->start;
  scope->duration = e->end - e->start;
  scope->threshold = e->caller;
  scope->outcome = (enum layout_scope)e->hook;
  scope->hook = NO_INDEX;
  if (scope->outcome != LAYOUT_SCOPE_MISSED) add_samples(w, x, scope, e->end);
  x->scope_name = scope->name;
  x->scope_iteration = e->iteration;
}
