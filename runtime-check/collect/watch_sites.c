/* Where a thread's calls are made: its table of places with their totals, and the stacks that it copied for
 * us.
 *
 * A copy is taken out of the shared memory at once, so that its room is free again, and unwound when nothing
 * is due: a few in each round of the watchdog, all that are left when the thread ends. */
#include "runtime-check/collect/watch.h"

#include <stdlib.h>
#include <string.h>

enum {
  UNWOUND_AT_ONCE = 2, /* copies, between two looks at the threads */
  WAITING_MAX = 256, /* copies taken out and not yet unwound: 16 MB at most */
};

static watched *owner_of(watcher *w, const region *g, uint32_t slot, uint32_t generation) {
  for (uint32_t i = 0; i < w->watched.count; i++) {
    watched *x = &w->watched.items[i];
    if (x->region == g && x->slot == slot && x->generation == generation) return x;
  }
  return NULL;
}

static void take_registers(layout_registers *to, const layout_registers *from) {
  to->sp = atomic_load_explicit(&from->sp, memory_order_relaxed);
  to->pc = atomic_load_explicit(&from->pc, memory_order_relaxed);
  to->fp = atomic_load_explicit(&from->fp, memory_order_relaxed);
  for (int i = 0; i < 4; i++) to->saved[i] = atomic_load_explicit(&from->saved[i], memory_order_relaxed);
  to->r15 = atomic_load_explicit(&from->r15, memory_order_relaxed);
}

/* `*of` is what the copy said of itself when it was looked at: it may say something else now. */
static void take_copy(watcher *w, const watched_copy *of, const layout_copy *from) {
  if (of->site >= LAYOUT_SITES || of->length > LAYOUT_COPY) return;
  watched_copy *copy = bs_vec_push(&w->copies);
  *copy = *of;
  copy->bytes = bs_malloc(of->length + 1);
  take_registers(&copy->registers, &from->registers);
  for (size_t i = 0; i < copy->length / 8; i++) {
    uint64_t word = atomic_load_explicit(&from->words[i], memory_order_relaxed);
    memcpy(copy->bytes + i * 8, &word, 8);
  }
}

/* A copy of a thread that the next look for new ones will find. */
static bool is_early(watcher *w, const watched_copy *copy) {
  const region *g = copy->region;
  return !owner_of(w, g, copy->slot, copy->generation) &&
         atomic_load(&g->slots[copy->slot].generation) == copy->generation &&
         g->generations[copy->slot] != copy->generation;
}

/* What a stack held stays no longer in the memory than it must. */
static void wipe(layout_copy *copy) {
  for (size_t i = 0; i < LAYOUT_COPY / 8; i++)
    atomic_store_explicit(&copy->words[i], 0, memory_order_relaxed);
}

/* False when the copy is to be looked at again. */
static bool take_ready(watcher *w, region *g, uint32_t index, uint32_t slot) {
  layout_copy *from = &layout_copies(g->head)[index];
  const volatile layout_copy *says = from; /* read once */
  const watched_copy of = {
      .region = g, .slot = slot, .generation = says->generation, .site = says->site, .length = says->length};
  if (is_early(w, &of)) return false;
  take_copy(w, &of, from);
  wipe(from);
  return true;
}

/* Takes out what is ready. */
static void take_copies(watcher *w, region *g) {
  bool left = false;
  layout_head *head = g->head;
  uint32_t made = atomic_load_explicit(&head->copies_made, memory_order_acquire);
  if (made == g->copies_seen) return;
  for (uint32_t i = 0; i < LAYOUT_COPIES && w->copies.count < WAITING_MAX; i++) {
    uint32_t state = atomic_load_explicit(&head->copy_states[i], memory_order_acquire);
    if (state % LAYOUT_COPY_STATES != LAYOUT_COPY_READY) continue;
    uint32_t slot = state / LAYOUT_COPY_STATES - 1;
    if (slot < LAYOUT_SLOTS && !take_ready(w, g, i, slot))
      left = true;
    else
      atomic_store_explicit(&head->copy_states[i], LAYOUT_COPY_FREE, memory_order_release);
  }
  if (!left && w->copies.count < WAITING_MAX) g->copies_seen = made;
}

static watched_site *rows_of(watched *x) {
  if (!x->sites) {
    x->sites = bs_calloc(LAYOUT_SITES, sizeof *x->sites);
    for (uint32_t i = 0; i < LAYOUT_SITES; i++) x->sites[i] = (watched_site){NO_INDEX, NO_INDEX};
  }
  return x->sites;
}

static void unwind_copy(watcher *w, watched_copy *copy) {
  watched *x = owner_of(w, copy->region, copy->slot, copy->generation);
  if (!x) {
    free(copy->bytes);
    return;
  }
  stack taken;
  taken.count = 0;
  tracee *t = recording_tracee(w->r, x->process);
  enum stack_result result = stack_copied(t, &copy->registers, copy->bytes, copy->length, &taken);
  if (result != STACK_OK || !taken.count) return;
  uint64_t key = atomic_load_explicit(&watched_slot(x)->sites[copy->site].key, memory_order_relaxed);
  bool is_wait = layout_site_hook(key) == LAYOUT_WAIT_HOOK;
  if (is_wait && stack_has_interpreter(t)) return;
  uint32_t index = recording_stack(w->r, x->process, &taken);
  w->r->stacks.items[index].pinned = true;
  rows_of(x)[copy->site].stack = index;
  if (is_wait) watch_name_loop(w, x, &taken);
}

void watch_use_wait_stack(watcher *w, watched *x) {
  const layout_slot *slot = watched_slot(x);
  uint64_t row = atomic_load_explicit(&slot->wait_site, memory_order_relaxed);
  if (!row || row > LAYOUT_SITES || !x->sites || x->sites[row - 1].stack == NO_INDEX) return;
  if (atomic_load(&slot->generation) == x->generation)
    w->r->loops.items[x->loop].wait_stack = x->sites[row - 1].stack;
}

bool watch_copies(watcher *w) {
  for (uint32_t i = 0; i < w->r->regions.count; i++) take_copies(w, w->r->regions.items[i]);
  for (int i = 0; i < UNWOUND_AT_ONCE && w->copies.count; i++) {
    watched_copy copy = w->copies.items[--w->copies.count];
    unwind_copy(w, &copy);
  }
  return w->copies.count > 0;
}

void watch_copies_of(watcher *w, const watched *x) {
  uint32_t kept = 0;
  take_copies(w, x->region);
  for (uint32_t i = 0; i < w->copies.count; i++) {
    watched_copy copy = w->copies.items[i];
    if (copy.region == x->region && copy.slot == x->slot)
      unwind_copy(w, &copy);
    else
      w->copies.items[kept++] = copy;
  }
  w->copies.count = kept;
}

void watch_drop_copies(watcher *w, const region *g) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < w->copies.count; i++) {
    watched_copy copy = w->copies.items[i];
    if (copy.region == g)
      free(copy.bytes);
    else
      w->copies.items[kept++] = copy;
  }
  w->copies.count = kept;
}

uint32_t watch_site_stack(watcher *w, watched *x, uint32_t site, uint64_t iteration) {
  if (site >= LAYOUT_SITES) return NO_INDEX;
  const layout_site *from = &watched_slot(x)->sites[site];
  if (atomic_load_explicit(&from->iteration, memory_order_relaxed) != iteration) return NO_INDEX;
  watch_copies_of(w, x);
  return x->sites ? x->sites[site].stack : NO_INDEX;
}

/* A thread that was killed in the middle of a copy leaves it taken. */
void watch_free_copies(const watched *x) {
  for (uint32_t i = 0; i < LAYOUT_COPIES; i++) {
    _Atomic uint32_t *state = &x->region->head->copy_states[i];
    uint32_t taken = (x->slot + 1) * LAYOUT_COPY_STATES + LAYOUT_COPY_TAKEN;
    atomic_compare_exchange_strong(state, &taken, LAYOUT_COPY_FREE);
  }
}

void watch_stack_bounds(watcher *w, const watched *x) {
  layout_slot *slot = watched_slot(x);
  uint64_t start, end, sp = atomic_load_explicit(&slot->registers.sp, memory_order_relaxed);
  if (atomic_load_explicit(&slot->stack_end, memory_order_relaxed)) return;
  if (!stack_bounds(recording_tracee(w->r, x->process), sp, &start, &end)) return;
  atomic_store_explicit(&slot->stack_start, start, memory_order_relaxed);
  atomic_store_explicit(&slot->stack_end, end, memory_order_release);
}

static void read_site(watcher *w, watched *x, const layout_site *from, watched_site *row) {
  uint64_t pc = atomic_load_explicit(&from->pc, memory_order_acquire) & ~LAYOUT_UNCOPIED;
  uint64_t key = atomic_load_explicit(&from->key, memory_order_relaxed);
  if (!pc || layout_site_hook(key) >= HOOK_COUNT) return;
  if (row->site == NO_INDEX) row->site = recording_site(w->r, x->loop, pc, key);
  if (row->site == NO_INDEX) return;
  recorded_site *site = &w->r->sites.items[row->site];
  site->stack = row->stack;
  site->iteration = atomic_load_explicit(&from->iteration, memory_order_relaxed);
  uint64_t count = watched_counter(&from->count);
  if (count == site->count) return;
  site->count = count;
  site->total_ns = watched_counter(&from->total_ns);
  site->max_ns = watched_counter(&from->max_ns);
  for (uint32_t i = 0; i < LAYOUT_CALL_BUCKETS; i++)
    site->histogram[i] = watched_counter(&from->histogram[i]);
}

void watch_sites(watcher *w, watched *x) {
  layout_slot *slot = watched_slot(x);
  recorded_loop *l = &w->r->loops.items[x->loop];
  uint64_t unplaced = watched_counter(&slot->unplaced);
  l->unplaced = unplaced > l->placed_late ? unplaced - l->placed_late : 0;
  if (!atomic_load_explicit(&slot->sites_used, memory_order_relaxed)) return;
  watched_site *rows = rows_of(x);
  for (uint32_t i = 0; i < LAYOUT_SITES; i++) read_site(w, x, &slot->sites[i], &rows[i]);
}
