/* Actions: what is done about a stall, on the thread that stalled, after it.
 *
 * The text needs the stack, which only the collector has: the thread asks for it through the shared memory
 * and waits on a futex, for a bounded time. The collector looks at questions as often as at threads, so that
 * nothing has to wake it. Nothing is allocated: the text lies on the thread's stack, as it must when a
 * callback leaves by longjmp.
 */
#include "runtime-check/preload/marks.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ANSWER_NS UINT64_C(5000000000) /* names come from debug information, which may be large */
enum { RETRY_NS = 1000000, LOOK_NS = 100000000, MILLISECOND = 1000000 };

marks_process marks_of_process = {.action = BS_COUNT};
static _Atomic bool is_deaf; /* the collector did not answer */

/* Until the futex has another value, or `ns` have passed. */
static void wait_while(_Atomic uint32_t *futex, uint32_t value, uint64_t ns) {
  const struct timespec timeout = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
  own_call(SYS_futex, futex, FUTEX_WAIT, value, &timeout, NULL, 0);
}

static void wake(_Atomic uint32_t *futex) { own_call(SYS_futex, futex, FUTEX_WAKE, INT_MAX, NULL, NULL, 0); }

/* The place for a question is one for all: another thread's comes first. */
static bool take_place(layout_ask *a, uint64_t deadline) {
  uint32_t expected = LAYOUT_ASK_FREE;
  while (!atomic_compare_exchange_strong(&a->state, &expected, LAYOUT_ASK_TAKEN)) {
    if (now_ns() >= deadline) return false;
    wait_while(&a->state, expected, RETRY_NS);
    expected = LAYOUT_ASK_FREE;
  }
  return true;
}

static bool wait_for_answer(layout_ask *a, uint64_t deadline) {
  uint64_t now;
  while (atomic_load_explicit(&a->state, memory_order_acquire) == LAYOUT_ASK_ASKED) {
    uint32_t expected = LAYOUT_ASK_ASKED;
    now = now_ns();
    if (now >= deadline || recorder_is_gone())
      return !atomic_compare_exchange_strong(&a->state, &expected, LAYOUT_ASK_LEFT);
    wait_while(&a->state, LAYOUT_ASK_ASKED, LOOK_NS);
  }
  return true;
}

static size_t copy_answer(const layout_ask *a, char *text, size_t size) {
  size_t length = a->length < LAYOUT_TEXT ? a->length : LAYOUT_TEXT;
  if (length >= size) length = size - 1;
  for (size_t i = 0; i < length; i++) text[i] = a->text[i];
  text[length] = 0;
  return length;
}

static size_t ask_in_time(const thread_self *self, uint32_t kind, uint64_t start, char *text, size_t size) {
  layout_ask *a = &preload_view.head->ask;
  uint64_t deadline = now_ns() + ANSWER_NS;
  if (atomic_load_explicit(&is_deaf, memory_order_relaxed) || !take_place(a, deadline)) return 0;
  a->kind = kind;
  a->slot = (uint32_t)(self->slot - preload_view.slots);
  a->start = start;
  atomic_store_explicit(&a->state, LAYOUT_ASK_ASKED, memory_order_release);
  bell_look();
  if (!wait_for_answer(a, deadline)) {
    atomic_store_explicit(&is_deaf, true, memory_order_relaxed);
    return 0;
  }
  size_t length = copy_answer(a, text, size);
  atomic_store_explicit(&a->state, LAYOUT_ASK_FREE, memory_order_release);
  wake(&a->state);
  return length;
}

/* Meanwhile the thread may hold its loop. */
size_t ask(thread_self *self, uint32_t kind, uint64_t start, char *text, size_t size) {
  int before = errno;
  uint64_t from = now_ns();
  atomic_fetch_add_explicit(&self->slot->allowed, 1, memory_order_relaxed);
  size_t length = size ? ask_in_time(self, kind, start, text, size) : 0;
  atomic_fetch_sub_explicit(&self->slot->allowed, 1, memory_order_relaxed);
  marks_excuse(self, from, now_ns());
  errno = before;
  return length;
}

void tell_forget(void) { atomic_store(&is_deaf, false); }

typedef struct builder {
  char *text;
  size_t length, size;
} builder;

static void add(builder *b, const char *text) {
  while (*text && b->length + 1 < b->size) b->text[b->length++] = *text++;
  b->text[b->length] = 0;
}

static void add_ms(builder *b, uint64_t ns) {
  char digits[24];
  size_t i = sizeof digits;
  digits[--i] = 0;
  uint64_t ms = ns / MILLISECOND;
  do digits[--i] = (char)('0' + ms % 10);
  while (ms /= 10);
  add(b, digits + i);
  add(b, " ms");
}

/* What can be said without the collector. */
static void describe(const bs_stall *s, char *text, size_t size) {
  builder b = {text, 0, size};
  add(&b, s->count ? "Event loop stall" : "No event loop stall, although one was expected");
  if (s->scope) {
    add(&b, "  in scope '");
    add(&b, s->scope);
    add(&b, "'");
  }
  add(&b, s->count ? "  duration " : "  longest ");
  add_ms(&b, s->duration_ns);
  add(&b, " (threshold ");
  add_ms(&b, s->threshold_ns);
  add(&b, s->count ? ")\n    (no stack: the recorder did not answer)\n" : ")\n");
}

static void write_all(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  while (length) {
    long n = own_call(SYS_write, STDERR_FILENO, text, length);
    if (n <= 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text += n;
    length -= (size_t)n;
  }
}

/* Its text takes room on the stack: not in every frame of tell(). */
static __attribute__((noinline)) void act(thread_self *self, const told_stall *t) {
  char text[LAYOUT_TEXT];
  bs_stall stall = t->stall;
  if (!stall.count || !ask(self, t->kind, t->start, text, sizeof text)) describe(&stall, text, sizeof text);
  stall.text = text;
  if (t->action == BS_CALLBACK) {
    if (t->callback) t->callback(&stall, t->data);
    return;
  }
  int before = errno;
  write_all(text);
  if (t->action == BS_ABORT) abort();
  errno = before;
}

static void note_longest(uint64_t ns) {
  uint64_t known = atomic_load(&marks_of_process.longest_ns);
  while (ns > known)
    if (atomic_compare_exchange_weak(&marks_of_process.longest_ns, &known, ns)) return;
}

void tell(thread_self *self, told_stall *t) {
  if (t->kind == LAYOUT_ASK_ITERATION) atomic_fetch_add(&marks_of_process.iterations, 1);
  if (t->stall.count) note_longest(t->stall.duration_ns);
  if (t->action == BS_DEFAULT) {
    t->action = (enum bs_action)atomic_load(&marks_of_process.action);
    t->callback = NULL;
  }
  if (!t->callback) {
    t->callback = marks_of_process.callback;
    t->data = marks_of_process.data;
  }
  if (t->action != BS_COUNT) act(self, t);
}
