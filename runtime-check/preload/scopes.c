/* The library's side of blockscan/runtime.h. */
#include "blockscan/runtime.h"
#include "preload.h"

#define EXPORTED __attribute__((visibility("default")))

static _Thread_local bs_scope *innermost;

static void show_innermost(thread_self *self) {
  uint64_t name = innermost ? (uintptr_t)innermost->name : 0;
  atomic_store_explicit(&self->slot->scope, name, memory_order_relaxed);
}

EXPORTED void bs_runtime_scope_begin(bs_scope *scope, const char *name, uint64_t threshold_ns) {
  thread_self *self = preload_watch();
  *scope = (bs_scope){.name = name, .threshold_ns = threshold_ns, .outer = innermost};
  if (!self) return;
  innermost = scope;
  self->scopes++;
  self->active = true;
  show_innermost(self);
  scope->start_ns = now_ns();
}

EXPORTED void bs_runtime_scope_end(bs_scope *scope) {
  thread_self *self = preload_watch();
  if (!self || !scope->start_ns) return;
  uint64_t end = now_ns(), threshold = scope->threshold_ns;
  innermost = scope->outer;
  show_innermost(self);
  if (self->scopes && --self->scopes == 0) self->active = self->busy_since != 0;
  if (!threshold) threshold = atomic_load_explicit(&preload_view.head->threshold_ns, memory_order_relaxed);
  if (end - scope->start_ns < threshold) return;
  uint64_t finished = atomic_load_explicit(&self->slot->iterations, memory_order_relaxed);
  push_event(self->slot, &(layout_event){.kind = LAYOUT_EVENT_SCOPE,
                                         .start = scope->start_ns,
                                         .end = end,
                                         .cpu_ns = NO_TIME,
                                         .iteration = self->busy_since ? finished + 1 : 0,
                                         .value = (int64_t)(uintptr_t)scope->name});
}

EXPORTED void bs_runtime_allow_begin(void) {
  thread_self *self = preload_watch();
  if (self) atomic_fetch_add_explicit(&self->slot->allowed, 1, memory_order_relaxed);
}

/* One without its begin, as in a child of fork, changes nothing. */
EXPORTED void bs_runtime_allow_end(void) {
  thread_self *self = preload_watch();
  if (self && atomic_load_explicit(&self->slot->allowed, memory_order_relaxed))
    atomic_fetch_sub_explicit(&self->slot->allowed, 1, memory_order_relaxed);
}
