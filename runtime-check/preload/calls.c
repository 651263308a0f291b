/* The wrappers of blocking calls, made from hooks.def, and what they write down. */
#include "runtime-check/preload/calls.h"

uint64_t thread_cpu_ns(void) {
  struct timespec t;
  if (preload_view.passive || clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) != 0) return NO_TIME;
  return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

int64_t thread_switches(void) {
  struct rusage used;
  if (preload_view.passive || getrusage(RUSAGE_THREAD, &used) != 0) return -1;
  return used.ru_nvcsw;
}

void push_event(layout_slot *slot, const layout_event *event) {
  uint64_t head = atomic_load_explicit(&slot->head, memory_order_relaxed);
  if (head - atomic_load_explicit(&slot->tail, memory_order_acquire) >= LAYOUT_RING) {
    counter_add(&slot->dropped, 1);
    return;
  }
  slot->events[head % LAYOUT_RING] = *event;
  atomic_store_explicit(&slot->head, head + 1, memory_order_release);
}

/* A signal handler that ran between the stub and here has left its own registers: then only sp and pc are
 * known. */
static void publish_registers(const thread_self *self, uintptr_t sp, uintptr_t pc) {
  layout_registers *r = &self->slot->registers;
  const entry_registers *e = &self->entry;
  bool ours = e->sp + sizeof(uint64_t) == sp;
  set(&r->sp, sp);
  set(&r->pc, pc);
  set(&r->fp, ours ? e->rbp : 0);
  set(&r->saved[0], ours ? e->rbx : 0);
  set(&r->saved[1], ours ? e->r12 : 0);
  set(&r->saved[2], ours ? e->r13 : 0);
  set(&r->saved[3], ours ? e->r14 : 0);
  set(&r->r15, ours ? e->r15 : 0);
}

/* The reader of a seqlock must see the number change before the values do. ThreadSanitizer knows no fences;
 * x86 needs none. */
static inline void writes_follow(void) {
#if !defined(__SANITIZE_THREAD__) && !defined(BLOCKSCAN_DIRECT)
  atomic_thread_fence(memory_order_release);
#endif
}

void publish(thread_self *self, uint32_t hook, uint64_t start, uintptr_t sp, uintptr_t pc) {
  layout_slot *slot = self->slot;
  uint64_t sequence = atomic_load_explicit(&slot->call_sequence, memory_order_relaxed);
  if (unlikely(sequence & 1)) set(&slot->call_sequence, ++sequence); /* the call before was left by longjmp */
  writes_follow();
  publish_registers(self, sp, pc);
  atomic_store_explicit(&slot->hook, hook, memory_order_relaxed);
  set(&slot->call_start, start);
  self->inside = sp;
  atomic_store_explicit(&slot->call_sequence, sequence + 1, memory_order_release);
}

void call_begin(thread_self *self, call *c, uintptr_t sp, uintptr_t pc) {
  c->caller = pc;
  c->sp = sp;
  publish(self, c->hook, c->start, sp, pc);
}

/* Asks the descriptor again, now that there is time. */
static bool was_nonblocking(const call *c) {
  switch (c->hook) {
#define HOOK_FD(type, name, ...) \
  case HOOK_##name: \
  case HOOK_##name##_file: return descriptor_ask((int)c->value) == DESCRIPTOR_NONBLOCKING;
#include "runtime-check/shared/hooks.def"
  default: return false;
  }
}

static inline void add_at(layout_site *site, uint64_t took) {
  counter_add(&site->count, 1);
  counter_add(&site->total_ns, took);
  if (unlikely(took > get(&site->max_ns))) set(&site->max_ns, took);
  _Atomic uint32_t *bucket = &site->histogram[layout_call_bucket(took)];
  atomic_store_explicit(bucket, atomic_load_explicit(bucket, memory_order_relaxed) + 1, memory_order_relaxed);
}

void count_at(layout_site *site, uint64_t took) {
  if (site) add_at(site, took);
}

/* Counts the call at its place. While it is still published: a signal handler's calls leave the table alone
 * then. */
static inline layout_site *count_site(thread_self *self, const call *c, uint64_t took) {
  uint64_t key = layout_site_key(c->sp, c->hook), pc = c->caller;
  layout_site *site = &self->slot->sites[layout_site_index(pc, key)];
  if (unlikely(get(&site->pc) != pc || get(&site->key) != key) && !(site = find_site(self, pc, key)))
    return NULL;
  add_at(site, took);
  return site;
}

static void call_event(thread_self *self, const call *c, uint64_t end, const layout_site *site) {
  uint64_t number = busy_since(self) ? get(&self->slot->iterations) + 1 : 0;
  push_event(self->slot, &(layout_event){.kind = LAYOUT_EVENT_CALL,
                                         .hook = c->hook,
                                         .start = c->start,
                                         .end = end,
                                         .cpu_ns = NO_TIME,
                                         .iteration = number,
                                         .caller = c->caller,
                                         .site = site ? (uint64_t)(site - self->slot->sites) : LAYOUT_SITES,
                                         .value = c->value});
}

void call_end(thread_self *self, const call *c) {
  if (unlikely(self->epoch != current_epoch())) {
    self->active = false; /* the child of a fork: the slot is its parent's */
    return;
  }
  layout_slot *slot = self->slot;
  uint64_t end = now_ns(), took = end - c->start;
  bool is_event = took >= atomic_load_explicit(&preload_view.head->threshold_call_ns, memory_order_relaxed);
  if (!is_event || !was_nonblocking(c)) {
    counter_add(&slot->calls[c->hook], 1);
    counter_add(&slot->call_ns[c->hook], took);
    const layout_site *site = count_site(self, c, took);
    if (is_event) call_event(self, c, end, site);
  }
  unpublish(self, slot);
}

/* The wrappers. Nothing needs cleaning up when the function throws, is cancelled or is left by longjmp:
 * enter() sees it. */
#define HOOK(type, name, rule, params, args, number, blocks) \
  type hook_##name params { \
    type(*next) params = (type(*) params)next_of(NEXT_##name); \
    thread_self *self = enter(CALLER_SP); \
    if (likely(!self) || !(blocks)) return next args; \
    call c = {.hook = HOOK_##name, .start = now_ns(), .value = (int64_t)(number)}; \
    call_begin(self, &c, CALLER_SP, CALLER_PC); \
    type outcome = next args; \
    call_end(self, &c); \
    return outcome; \
  }

#define HOOK_VOID(name, rule, params, args, number, blocks) \
  void hook_##name params { \
    void(*next) params = (void(*) params)next_of(NEXT_##name); \
    thread_self *self = enter(CALLER_SP); \
    if (likely(!self) || !(blocks)) { \
      next args; \
      return; \
    } \
    call c = {.hook = HOOK_##name, .start = now_ns(), .value = (int64_t)(number)}; \
    call_begin(self, &c, CALLER_SP, CALLER_PC); \
    next args; \
    call_end(self, &c); \
  }

/* `keep` takes the result, if there is one. */
#define FORMATTED(name, base, last, number, keep, args) \
  __typeof__(hook_##base) *next = (__typeof__(hook_##base) *)next_of(NEXT_##base); \
  thread_self *self = enter(CALLER_SP); \
  va_list list; \
  va_start(list, last); \
  if (likely(!self)) { \
    keep next args; \
  } else { \
    call c = {.hook = HOOK_##name, .start = now_ns(), .value = (int64_t)(number)}; \
    call_begin(self, &c, CALLER_SP, CALLER_PC); \
    keep next args; \
    call_end(self, &c); \
  } \
  va_end(list);

#define HOOK_FORMAT(type, name, rule, params, args, last, base, number) \
  type hook_##name params { \
    type outcome; \
    FORMATTED(name, base, last, number, outcome =, args) \
    return outcome; \
  }

#define HOOK_FORMAT_VOID(name, rule, params, args, last, base, number) \
  void hook_##name params { FORMATTED(name, base, last, number, , args) }

/* What is known to be non-blocking takes the short way; the rest is a function of its own, so that the short
 * way saves no registers. */
#define SLOW_PARAMS(...) (thread_self * self, uintptr_t sp, uintptr_t pc, __VA_ARGS__)
#define SLOW_ARGS(...) (self, CALLER_SP, CALLER_PC, __VA_ARGS__)
#define HOOK_SLOW(type, name, params, args, number, blocks) \
  static __attribute__((noinline)) type slow_##name SLOW_PARAMS params { \
    type(*next) params = (type(*) params)next_of(NEXT_##name); \
    enum descriptor_kind kind; \
    if (!(blocks) || (kind = descriptor_kind(number)) == DESCRIPTOR_NONBLOCKING) return next args; \
    call c = {.hook = HOOK_##name, .start = now_ns(), .value = number}; \
    if (kind == DESCRIPTOR_FILE) c.hook = HOOK_##name##_file; \
    call_begin(self, &c, sp, pc); \
    type outcome = next args; \
    call_end(self, &c); \
    return outcome; \
  }

#define HOOK_FD(type, name, rule, file_rule, params, args, number, blocks) \
  HOOK_SLOW(type, name, params, args, number, blocks) \
  type hook_##name params { \
    type(*next) params = (type(*) params)next_of(NEXT_##name); \
    thread_self *self = enter(CALLER_SP); \
    if (likely(!self) || likely(uses_nonblocking(number))) return next args; \
    return slow_##name SLOW_ARGS args; \
  }

#define HOOK_TAKES(type, name, rule, file_rule, params, args, number, blocks) \
  HOOK_SLOW(type, name, params, args, number, blocks) \
  static __attribute__((noinline)) type waiting_##name SLOW_PARAMS params { \
    type(*next) params = (type(*) params)next_of(NEXT_##name); \
    call c = {.hook = HOOK_##name, .value = number}; \
    enum wait_mode mode = reading_begins(&c, !(blocks), sp, pc); \
    (void)self; \
    if (mode == WAIT_FORWARD) return next args; \
    type outcome = next args; \
    reading_ends(&c, mode); \
    return outcome; \
  } \
  type hook_##name params { \
    type(*next) params = (type(*) params)next_of(NEXT_##name); \
    thread_self *self = enter(CALLER_SP); \
    if (likely(self) && likely(uses_nonblocking(number))) return next args; \
    if (unlikely(brings_events(number))) return waiting_##name SLOW_ARGS args; \
    if (likely(!self)) return next args; \
    return slow_##name SLOW_ARGS args; \
  }

#define HOOK_OPENS(type, name, rule, params, args, number, blocks) \
  type hook_##name params { \
    type(*next) params = (type(*) params)next_of(NEXT_##name); \
    thread_self *self = enter(CALLER_SP); \
    type outcome; \
    if (likely(!self) || !(blocks)) { \
      outcome = next args; \
    } else { \
      call c = {.hook = HOOK_##name, .start = now_ns(), .value = (int64_t)(number)}; \
      call_begin(self, &c, CALLER_SP, CALLER_PC); \
      outcome = next args; \
      call_end(self, &c); \
    } \
    descriptor_forget(outcome); \
    return outcome; \
  }

/* Only "busy", in the three ways that it is said, leads to the call itself: every other answer of `try` is
 * the call's, too. (And glibc keeps a robust mutex that it refuses to a trylock as not recoverable: the lock
 * would wait for itself.) */
#define HOOK_LOCK(name, rule, params, args, try) \
  int hook_##name params { \
    int(*next) params = (int(*) params)next_of(NEXT_##name); \
    thread_self *self = enter(CALLER_SP); \
    if (likely(!self)) return next args; \
    int before = errno, taken = try; \
    if (taken != EBUSY && taken != thrd_busy && taken != -1) return taken; \
    errno = before; \
    call c = {.hook = HOOK_##name, .start = now_ns(), .value = -1}; \
    call_begin(self, &c, CALLER_SP, CALLER_PC); \
    int outcome = next args; \
    call_end(self, &c); \
    return outcome; \
  }
#include "runtime-check/shared/hooks.def"
