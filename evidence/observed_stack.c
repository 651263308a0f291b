/* A stack as it is told: of an interpreter, what has no name says nothing between functions that it runs. */
#include "evidence/observed_internal.h"

#include "runtime-check/collect/names.h"

/* How many frames there are up to the outermost one of Python or a script; 0 without one. */
static uint32_t end_of_scripts(const observed_stack *s) {
  uint32_t end = s->count;
  while (end && !frame_is_script(&s->frames[end - 1])) end--;
  return end;
}

/* The interpreter's own function without a name, on the way to another function. The innermost frame is where
 * the thread was. */
static bool says_nothing(const report_frame *f) { return !*f->function && frame_runs_scripts(f); }

static void keep(observing *w, const observed_stack *s, uint32_t i, observed_stack *out) {
  if (s->callback == i) out->callback = w->told.count;
  if (s->culprit == i) out->culprit = w->told.count;
  *bs_vec_push(&w->told) = s->frames[i];
}

bool observed_stack_of(observing *w, uint64_t id, observed_stack *out) {
  if (!w->o->stack(w->o->producer, id, out)) return false;
  const observed_stack whole = *out;
  const uint32_t end = end_of_scripts(&whole);
  if (!end) return true;
  w->told.count = 0;
  for (uint32_t i = 0; i < whole.count; i++) {
    bool is_kept = !i || i >= end || i == whole.callback || i == whole.culprit;
    if (is_kept || !says_nothing(&whole.frames[i])) keep(w, &whole, i, out);
  }
  out->frames = w->told.items;
  out->count = w->told.count;
  return true;
}
