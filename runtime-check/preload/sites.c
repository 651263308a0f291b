/* Where calls were made: rows for new places, and copies of the stacks that lead to them.
 *
 * A call that took a microsecond is over before anybody could look from outside; so the thread itself copies
 * its stack, once for each place, and the collector unwinds the copy. Only memory that is certainly there is
 * copied: from the caller's frame up to the known end of this stack. On a stack whose end is not known (a
 * coroutine's) nothing is copied.
 */
#include "runtime-check/preload/preload.h"

#include <pthread.h>

enum {
  PROBES = 64, /* rows looked at for a place */
  COPY_STRIDE = 8, /* copies between those that two threads try first */
};
/* Nothing else is mapped so near below the first thread's stack: the kernel leaves 128 MB or more, whatever
 * the limit. */
#define MAIN_STACK ((uintptr_t)64 << 20)

/* By the dynamic loader: where the first thread's stack began. */
extern void *__libc_stack_end __attribute__((weak)); // NOLINT(bugprone-reserved-identifier)

/* How far up the stack of `sp` certainly reaches; 0 unknown. Other threads than the first have their
 * descriptor, which pthread_self() points to, on top of their stack; it is the same stack when one mapping
 * holds both. */
uintptr_t stack_end(const thread_self *self, uintptr_t sp) {
  uintptr_t top = &__libc_stack_end ? (uintptr_t)__libc_stack_end : 0;
  if (sp < top && top - sp < MAIN_STACK) return top;
  uintptr_t end = atomic_load_explicit(&self->slot->stack_end, memory_order_acquire);
  uintptr_t start = atomic_load_explicit(&self->slot->stack_start, memory_order_relaxed);
  uintptr_t own = (uintptr_t)pthread_self();
  return start <= sp && sp < own && own <= end ? own : 0;
}

static layout_copy *take_copy(const thread_self *self, _Atomic uint32_t **state) {
  uint32_t slot = (uint32_t)(self->slot - preload_view.slots);
  uint32_t taken = (slot + 1) * LAYOUT_COPY_STATES + LAYOUT_COPY_TAKEN;
  for (uint32_t i = 0; i < LAYOUT_COPIES; i++) {
    uint32_t index = (slot * COPY_STRIDE + i) % LAYOUT_COPIES, expected = LAYOUT_COPY_FREE;
    *state = &preload_view.head->copy_states[index];
    if (atomic_compare_exchange_strong_explicit(*state, &expected, taken, memory_order_acquire,
                                                memory_order_relaxed))
      return &layout_copies(preload_view.head)[index];
  }
  return NULL;
}

/* Word by word: a sanitizer's memcpy would complain of the gaps between variables, and so would its checks of
 * this function. */
__attribute__((no_sanitize("address", "thread", "undefined"))) static void
copy_words(_Atomic uint64_t *to, uintptr_t from, uint64_t count) {
  const volatile uint64_t *words = (const volatile uint64_t *)from; // NOLINT(performance-no-int-to-ptr)
  for (uint64_t i = 0; i < count; i++) atomic_store_explicit(&to[i], words[i], memory_order_relaxed);
}

static void copy_registers(layout_registers *to, const layout_registers *from) {
  atomic_store_explicit(&to->sp, from->sp, memory_order_relaxed);
  atomic_store_explicit(&to->pc, from->pc, memory_order_relaxed);
  atomic_store_explicit(&to->fp, from->fp, memory_order_relaxed);
  for (int i = 0; i < 4; i++) atomic_store_explicit(&to->saved[i], from->saved[i], memory_order_relaxed);
  atomic_store_explicit(&to->r15, from->r15, memory_order_relaxed);
}

/* False when all copies are in use: the next call of the site tries again. */
static bool copy_stack(const thread_self *self, const layout_site *site) {
  const layout_registers *registers = &self->slot->registers;
  uintptr_t sp = atomic_load_explicit(&registers->sp, memory_order_relaxed), end = stack_end(self, sp);
  _Atomic uint32_t *state;
  layout_copy *copy = end ? take_copy(self, &state) : NULL;
  if (!copy) return false;
  copy->generation = atomic_load_explicit(&self->slot->generation, memory_order_relaxed);
  copy->site = (uint32_t)(site - self->slot->sites);
  copy->length = end - sp < LAYOUT_COPY ? (end - sp) & ~(uintptr_t)7 : LAYOUT_COPY;
  copy_registers(&copy->registers, registers);
  copy_words(copy->words, sp, copy->length / 8);
  uint32_t taken = atomic_load_explicit(state, memory_order_relaxed);
  atomic_store_explicit(state, taken - LAYOUT_COPY_TAKEN + LAYOUT_COPY_READY, memory_order_release);
  atomic_fetch_add_explicit(&preload_view.head->copies_made, 1, memory_order_release);
  return true;
}

/* The row of the place, or a free one; NULL without either. */
static layout_site *probe(layout_slot *slot, uint64_t pc, uint64_t key) {
  uint32_t first = layout_site_index(pc, key);
  for (uint32_t i = 0; i < PROBES; i++) {
    layout_site *site = &slot->sites[(first + i) % LAYOUT_SITES];
    uint64_t known = atomic_load_explicit(&site->pc, memory_order_relaxed) & ~LAYOUT_UNCOPIED;
    if (!known || (known == pc && atomic_load_explicit(&site->key, memory_order_relaxed) == key)) return site;
  }
  return NULL;
}

layout_site *find_site(thread_self *self, uint64_t pc, uint64_t key) {
  layout_slot *slot = self->slot;
  layout_site *site = probe(slot, pc, key);
  if (!site) {
    counter_add(&slot->unplaced, 1);
    return NULL;
  }
  if (!atomic_load_explicit(&site->pc, memory_order_relaxed)) {
    uint64_t finished = atomic_load_explicit(&slot->iterations, memory_order_relaxed);
    counter_add(&slot->sites_used, 1);
    atomic_store_explicit(&site->iteration, finished + 1, memory_order_relaxed);
    atomic_store_explicit(&site->key, key, memory_order_relaxed);
    atomic_store_explicit(&site->pc, pc | LAYOUT_UNCOPIED, memory_order_release);
  }
  if (atomic_load_explicit(&site->pc, memory_order_relaxed) != pc && copy_stack(self, site))
    atomic_store_explicit(&site->pc, pc, memory_order_relaxed);
  return site;
}
