/* Who comes to a spot when all entries set out at once: the surest and nearest sources, and no others. */
#include "analyzer/check/search_internal.h"

#include <string.h>

void crowds_fini(crowds *all) {
  bs_vec_fini(&all->doors);
  bs_vec_fini(&all->plain);
  bs_vec_fini(&all->others);
  bs_map_fini(&all->other_of);
}

void crowds_restart(crowds *all) {
  for (uint32_t i = 0; i < all->doors.count; i++) all->doors.items[i].shut = 0;
  if (all->plain.count) memset(all->plain.items, 0, all->plain.count * sizeof *all->plain.items);
  if (all->others.count) memset(all->others.items, 0, all->others.count * sizeof *all->others.items);
}

crowd *crowds_at(crowds *all, uint32_t id, enum search_mode mode) {
  if (mode == MODE_PLAIN) {
    while (all->plain.count <= id) bs_vec_push(&all->plain);
    return &all->plain.items[id];
  }
  bool is_new;
  uint32_t i = bs_map_add(&all->other_of, bs_map_key(id, mode), all->others.count, &is_new);
  if (is_new) bs_vec_push(&all->others);
  return &all->others.items[i];
}

uint32_t crowd_find(const crowd *x, uint32_t of) {
  int is_there = 0;
  for (uint32_t i = 0; i < CROWD; i++) is_there |= x->from[i] == of; /* in a few vectors */
  for (uint32_t i = 0; is_there; i++)
    if (x->from[i] == of) return i;
  return CROWD;
}

static bool has_programs(const crowds *all) { return all->p->executables.count > 1; }

bool crowds_is_full(const crowds *all, const crowd *x, uint32_t bucket) {
  return !has_programs(all) && x->count == CROWD && bucket >= x->worst;
}

/* The last of the worst, CROWD when it has become better since. */
static uint32_t worst_of(crowd *x, uint32_t bucket) {
  uint32_t last = CROWD - 1, worst = bucket;
  for (uint32_t i = CROWD - 1; i-- > 0;)
    if (x->bucket[i] > x->bucket[last]) last = i;
  if (x->bucket[last] <= bucket) {
    x->worst = x->bucket[last];
    return CROWD;
  }
  for (uint32_t i = 0; i < CROWD; i++)
    if (i != last && x->bucket[i] > worst) worst = x->bucket[i];
  x->worst = (uint8_t)worst;
  return last;
}

/* Where a new one may stand; CROWD: it is full. */
static uint32_t place_in(crowd *x, uint32_t bucket) {
  if (x->count == CROWD) return bucket >= x->worst ? CROWD : worst_of(x, bucket);
  if (bucket > x->worst) x->worst = (uint8_t)bucket;
  return x->count++;
}

bool crowds_join(crowds *all, crowd *x, uint32_t i, uint32_t of, uint32_t bucket, program_set programs) {
  if (i == CROWD) {
    i = place_in(x, bucket);
    if (i == CROWD) return false;
    x->taken &= (uint16_t)~(1u << i);
    x->asked[i] = x->done[i] = PROGRAM_NOWHERE;
  }
  x->from[i] = of;
  x->bucket[i] = (uint8_t)bucket;
  if (has_programs(all)) x->asked[i] = program_set_join(all->p, x->asked[i], programs);
  return true;
}

void crowds_set_door(crowds *all, uint32_t id, enum search_mode mode) {
  if (mode != MODE_PLAIN || has_programs(all)) return;
  const crowd *x = &all->plain.items[id];
  while (all->doors.count <= id) bs_vec_push(&all->doors);
  all->doors.items[id].shut = x->count == CROWD ? x->worst : 0;
}

static bool is_within(const crowds *all, program_set some, program_set whole) {
  return program_set_meet(all->p, some, whole) == some;
}

bool crowds_has_asked(const crowds *all, const crowd *x, uint32_t i, program_set programs) {
  return !has_programs(all) || is_within(all, programs, x->asked[i]);
}

bool crowds_was_taken(const crowds *all, const crowd *x, uint32_t i, program_set programs) {
  if (!has_programs(all)) return x->taken >> i & 1;
  return x->done[i] != PROGRAM_NOWHERE && is_within(all, programs, x->done[i]);
}

bool crowds_take(crowds *all, crowd *x, uint32_t i, program_set programs) {
  bool is_first = !(x->taken >> i & 1);
  if (has_programs(all)) {
    is_first = !is_within(all, programs, x->done[i]);
    x->done[i] = program_set_join(all->p, x->done[i], programs);
  }
  x->taken |= (uint16_t)(1u << i);
  return is_first;
}
