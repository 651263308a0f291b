/* Questions of the watched threads: the text of a stall that has just ended, or of the last ones, with the
 * stacks. */
#include "runtime-check/collect/observe.h"
#include "runtime-check/collect/watch.h"

#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LATEST = 16 /* most stalls that are told at once */ };

/* A question as it was read: the memory may say something else now. */
typedef struct question {
  uint32_t kind, slot;
  uint64_t start;
} question;

static watched *thread_of(const watcher *w, const region *g, uint32_t slot) {
  for (uint32_t i = 0; i < w->watched.count; i++)
    if (w->watched.items[i].region == g && w->watched.items[i].slot == slot) return &w->watched.items[i];
  return NULL;
}

/* The text of one stall, or of one scope. */
static void tell(recording *r, const recorded_stall *stall, const recorded_scope *scope, bs_strbuf *out) {
  uint32_t nsamples = stall ? stall->samples.count : scope->samples.count;
  const recorded_sample *samples = stall ? stall->samples.items : scope->samples.items;
  account v;
  memory_observation one;
  if (!r->options.tell) return;
  account_init_one(&v, r, stall ? stall->loop : scope->loop, nsamples ? samples[0].stack : NO_INDEX);
  memory_observation_init(&one, &v);
  one.stall = stall;
  one.scope = scope;
  r->options.tell(&one.made, out);
  memory_observation_fini(&one);
  account_fini(&v);
}

static void write_iteration(const watcher *w, const watched *x, uint64_t start, bs_strbuf *out) {
  for (uint32_t i = w->r->stalls.count; i-- > 0;) {
    const recorded_stall *stall = &w->r->stalls.items[i];
    if (stall->loop != x->loop || stall->start != start || !stall->settled) continue;
    tell(w->r, stall, NULL, out);
    return;
  }
}

static void write_scope(const watcher *w, const watched *x, uint64_t start, bs_strbuf *out) {
  for (uint32_t i = w->r->scopes.count; i-- > 0;) {
    const recorded_scope *scope = &w->r->scopes.items[i];
    if (scope->process != x->process || scope->tid != x->tid || scope->start != start) continue;
    tell(w->r, NULL, scope, out);
    return;
  }
}

/* Stalls and scopes by when they began, the newest first. */
static void write_latest(const watcher *w, bs_strbuf *out) {
  uint32_t stall = w->r->stalls.count, scope = w->r->scopes.count;
  for (int told = 0; told < LATEST && (stall || scope) && out->length < LAYOUT_TEXT;) {
    const recorded_stall *a = stall ? &w->r->stalls.items[stall - 1] : NULL;
    const recorded_scope *b = scope ? &w->r->scopes.items[scope - 1] : NULL;
    bool is_stall = a && (!b || a->start >= b->start);
    if (is_stall)
      stall--;
    else
      scope--;
    if (is_stall ? !a->settled || a->dropped : b->outcome != LAYOUT_SCOPE_STALLED) continue;
    if (is_stall)
      tell(w->r, a, NULL, out);
    else
      tell(w->r, NULL, b, out);
    told++;
  }
}

static void write_answer(watcher *w, const region *g, const question *a, bs_strbuf *out) {
  watched *x = thread_of(w, g, a->slot);
  for (uint32_t i = 0; a->kind == LAYOUT_ASK_LATEST && i < w->watched.count; i++)
    watch_drain(w, &w->watched.items[i]);
  if (a->kind == LAYOUT_ASK_LATEST) write_latest(w, out);
  if (!x || a->kind == LAYOUT_ASK_LATEST) return;
  watch_drain(w, x);
  if (a->kind == LAYOUT_ASK_ITERATION)
    write_iteration(w, x, a->start, out);
  else
    write_scope(w, x, a->start, out);
}

/* What fits, in whole lines. */
static uint32_t fitting(const bs_strbuf *text) {
  if (text->length < LAYOUT_TEXT) return (uint32_t)text->length;
  size_t length = LAYOUT_TEXT - 1;
  while (length && text->text[length - 1] != '\n') length--;
  return (uint32_t)length;
}

static void answer(watcher *w, region *g) {
  layout_ask *a = &g->head->ask;
  uint32_t state = atomic_load_explicit(&a->state, memory_order_acquire);
  if (state == LAYOUT_ASK_ASKED) {
    const volatile layout_ask *says = a;
    const question asked = {.kind = says->kind, .slot = says->slot, .start = says->start};
    bs_strbuf text = BS_STRBUF_INIT;
    write_answer(w, g, &asked, &text);
    const uint32_t length = fitting(&text);
    a->length = length;
    memcpy(a->text, text.text, length);
    bs_strbuf_fini(&text);
    if (!atomic_compare_exchange_strong(&a->state, &state, LAYOUT_ASK_ANSWERED))
      atomic_store(&a->state, LAYOUT_ASK_FREE);
  } else if (state == LAYOUT_ASK_LEFT) {
    atomic_store(&a->state, LAYOUT_ASK_FREE);
  } else {
    return;
  }
  syscall(SYS_futex, &a->state, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void watch_answer(watcher *w) {
  for (uint32_t i = 0; i < w->r->regions.count; i++) answer(w, w->r->regions.items[i]);
}
