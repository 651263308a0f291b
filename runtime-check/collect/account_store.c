/* What only the end of a recording tells, for its file: which frames are callbacks and culprits, what proved
 * to be no stall, no loop or no call of one, and what could not be observed. */
#include "runtime-check/collect/recording.h"

#include <string.h>

/* The frame of `index` as its stack is stored; false without one. */
static bool stored_frame(const named_stack *s, uint32_t omitted, uint32_t index, store_frame *out) {
  if (index == NO_INDEX) return false;
  uint32_t i = s->first.count;
  while (i > 0 && s->first.items[i - 1] > index) i--;
  if (!i) return false;
  out->depth = i - 1 + (i > STACK_INNER ? omitted : 0);
  out->level = index - s->first.items[i - 1];
  return true;
}

static void store_marks(const account *v) {
  for (uint32_t i = 0; i < v->stacks.count; i++) {
    const named_stack *s = &v->stacks.items[i];
    const recorded_stack *raw = &v->recording->stacks.items[i];
    store_frame callback, culprit;
    bool has_callback = stored_frame(s, raw->omitted, s->callback, &callback);
    bool has_culprit = stored_frame(s, raw->omitted, s->culprit, &culprit);
    if (raw->stored && (has_callback || has_culprit))
      store_stack_mark(v->recording->store, raw->stored, has_callback ? &callback : NULL,
                       has_culprit ? &culprit : NULL);
  }
}

static void remove_stall(const recording *r, const recorded_stall *stall) {
  int64_t first = stall->samples.count ? r->stacks.items[stall->samples.items[0].stack].stored : 0;
  if (stall->others)
    store_stalls_remove_like(r->store, r->loops.items[stall->loop].stored, hook_api(stall->hook), first);
  else
    store_stall_remove(r->store, stall->stored);
}

static void remove_dropped(const recording *r) {
  for (uint32_t i = 0; i < r->stalls.count; i++)
    if (r->stalls.items[i].dropped && r->stalls.items[i].stored) remove_stall(r, &r->stalls.items[i]);
  for (uint32_t i = 0; i < r->sites.count; i++)
    if (r->sites.items[i].dropped && r->sites.items[i].stored)
      store_call_remove(r->store, r->sites.items[i].stored);
  for (uint32_t i = 0; i < r->loops.count; i++)
    if (r->loops.items[i].is_none && r->loops.items[i].stored)
      store_loop_remove(r->store, r->loops.items[i].stored);
}

typedef struct note_row {
  const recording *r;
  uint32_t line;
} note_row;

static void store_sentence(void *to, const char *sentence) {
  note_row *row = to;
  store_note(row->r->store, row->r->session, ++row->line, sentence);
}

void account_store(const account *v) {
  const recording *r = v->recording;
  remove_dropped(r);
  store_marks(v);
  recording_notes(r, store_sentence, &(note_row){.r = r});
  store_session_end(r->store, r->session, r->ended - r->began);
}
