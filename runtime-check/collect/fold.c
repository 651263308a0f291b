/* A long recording in bounded memory: of stalls that are alike and in the store already, the longest are
 * kept, and the others only counted. Alike are those of one loop, in one API, whose first stack is the same.
 */
#include "runtime-check/collect/recording.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

enum {
  FOLD_FROM = 8192, /* stalls in memory */
  KEPT_EACH = 16, /* of a kind, when there are few kinds; else one */
  KINDS_FEW = 256,
  LATEST_KEPT = 64, /* a program may ask for its last ones */
  UNSTORED_MAX = 32768, /* stalls that wait for the file */
  SCOPES_KEPT = 4096, /* of twice as many that are in the file */
};

typedef struct candidate {
  uint64_t key, duration;
  uint32_t index;
} candidate;
typedef BS_VEC(candidate) candidate_list;

static uint64_t kind_of(const recorded_stall *stall) {
  uint32_t first = stall->samples.count ? stall->samples.items[0].stack : NO_INDEX;
  return bs_hash_mix(bs_hash_mix(stall->loop, stall->hook), first);
}

/* By kind, then the longest first. */
static int in_order(const void *a, const void *b) {
  const candidate *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  if (x->duration != y->duration) return x->duration > y->duration ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

/* Those before this may go: they are in the file, or it could not be written for so long that some are given
 * up. Of a stall that is open the place is known elsewhere. */
static uint32_t end_of_candidates(const recording *r) {
  uint32_t end = r->stalls_flushed;
  if (r->stalls.count - end > UNSTORED_MAX)
    while (end < r->stalls.count && r->stalls.items[end].settled) end++;
  return end > LATEST_KEPT ? end - LATEST_KEPT : 0;
}

static uint32_t list_candidates(const recording *r, candidate_list *out) {
  uint32_t kinds = 0, end = end_of_candidates(r);
  for (uint32_t i = 0; i < end; i++) {
    const recorded_stall *stall = &r->stalls.items[i];
    *bs_vec_push(out) = (candidate){kind_of(stall), stall->duration, i};
  }
  bs_vec_sort(out, in_order);
  for (uint32_t i = 0; i < out->count; i++) kinds += !i || out->items[i].key != out->items[i - 1].key;
  return kinds;
}

static void stall_fini(recorded_stall *stall) {
  bs_vec_fini(&stall->samples);
  bs_vec_fini(&stall->calls);
}

static void absorb(recording *r, recorded_stall *longest, recorded_stall *other) {
  bool over = r->options.fail_over_ns && other->duration >= r->options.fail_over_ns;
  longest->others += 1 + other->others;
  longest->others_ns += other->duration + other->others_ns;
  longest->others_over += over + other->others_over;
  stall_fini(other);
  r->unstored += !other->stored && !other->dropped;
  other->folded = true;
}

static void fold_kinds(recording *r, const candidate_list *list, uint32_t keep) {
  uint32_t longest = 0;
  for (uint32_t i = 0; i < list->count; i++) {
    if (list->items[i].key != list->items[longest].key) longest = i;
    if (i - longest < keep) continue;
    absorb(r, &r->stalls.items[list->items[longest].index], &r->stalls.items[list->items[i].index]);
  }
}

/* Moves the kept ones together, in their order; how many places those behind moved. */
static uint32_t close_gaps(recording *r) {
  uint32_t kept = 0, before = r->stalls.count, flushed = r->stalls_flushed;
  for (uint32_t i = 0; i < before; i++) {
    if (r->stalls.items[i].folded) continue;
    if (i < flushed) r->stalls_flushed = kept + 1;
    r->stalls.items[kept++] = r->stalls.items[i];
  }
  r->stalls.count = kept;
  return before - kept;
}

static void mark_samples(recording *r, const recorded_sample *samples, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) r->stacks.items[samples[i].stack].used = true;
}

/* Stacks that only folded stalls had are in the store; one that comes again is taken anew. */
static void free_stacks(recording *r) {
  for (uint32_t i = 0; i < r->stacks.count; i++) r->stacks.items[i].used = r->stacks.items[i].pinned;
  for (uint32_t i = 0; i < r->loops.count; i++)
    if (r->loops.items[i].wait_stack != NO_INDEX) r->stacks.items[r->loops.items[i].wait_stack].used = true;
  for (uint32_t i = 0; i < r->stalls.count; i++)
    mark_samples(r, r->stalls.items[i].samples.items, r->stalls.items[i].samples.count);
  for (uint32_t i = 0; i < r->scopes.count; i++)
    mark_samples(r, r->scopes.items[i].samples.items, r->scopes.items[i].samples.count);
  for (uint32_t i = 0; i < r->stacks.count; i++) {
    recorded_stack *s = &r->stacks.items[i];
    if (s->used || !s->stored) continue;
    free(s->pc);
    s->pc = NULL;
    s->count = 0;
  }
}

/* Stretches of scopes are in the file, too; the latest are kept. */
static void fold_scopes(recording *r) {
  if (r->scopes_flushed < 2 * SCOPES_KEPT) return;
  uint32_t gone = r->scopes_flushed - SCOPES_KEPT;
  for (uint32_t i = 0; i < gone; i++) {
    r->scopes_gone[r->scopes.items[i].outcome]++;
    bs_vec_fini(&r->scopes.items[i].samples);
  }
  memmove(r->scopes.items, r->scopes.items + gone, (r->scopes.count - gone) * sizeof *r->scopes.items);
  r->scopes.count -= gone;
  r->scopes_flushed -= gone;
}

uint32_t recording_fold(recording *r) {
  fold_scopes(r);
  if (r->stalls.count < FOLD_FROM || r->stalls.count < r->next_fold) return 0;
  candidate_list list = {0};
  uint32_t kinds = list_candidates(r, &list);
  fold_kinds(r, &list, kinds <= KINDS_FEW ? KEPT_EACH : 1);
  bs_vec_fini(&list);
  uint32_t moved = close_gaps(r);
  free_stacks(r);
  r->next_fold = 2 * r->stalls.count;
  return moved;
}
