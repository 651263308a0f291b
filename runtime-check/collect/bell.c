/* A thread waits for the bells of all processes at once, which poll cannot, and tells the watchdog by a
 * descriptor.
 *
 * The words that it waits for lie in the memory of the watched processes. What they do to them can wake the
 * recorder when there is no need, as a loop that runs can. */
#include "runtime-check/collect/bell.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

enum { WORDS_MAX = 128 /* of the kernel; the first is our own */ };

struct bell {
  pthread_t thread;
  pthread_mutex_t lock;
  _Atomic uint32_t change; /* counts changes of what follows */
  bool over;
  uint32_t count;
  _Atomic uint32_t *words[WORDS_MAX - 1];
  int rung;
};

static struct futex_waitv wait_of(const _Atomic uint32_t *word, uint32_t value) {
  return (struct futex_waitv){.val = value, .uaddr = (uintptr_t)word, .flags = FUTEX_32};
}

static long wait_any(struct futex_waitv *waits, uint32_t count) {
  return syscall(SYS_futex_waitv, waits, count, 0, NULL, CLOCK_MONOTONIC);
}

/* What to wait for; false when it is over. */
static bool take_waits(bell *b, struct futex_waitv *waits, uint32_t *count) {
  pthread_mutex_lock(&b->lock);
  bool over = b->over;
  *count = 0;
  waits[(*count)++] = wait_of(&b->change, atomic_load(&b->change));
  for (uint32_t i = 0; i < b->count; i++) waits[(*count)++] = wait_of(b->words[i], LAYOUT_BELL_HUNG);
  pthread_mutex_unlock(&b->lock);
  return !over;
}

static void *listen_to_bells(void *of) {
  bell *b = of;
  struct futex_waitv waits[WORDS_MAX];
  uint32_t count;
  while (take_waits(b, waits, &count)) {
    wait_any(waits, count);
    if (atomic_load(&b->change) != waits[0].val) continue;
    const uint64_t one = 1;
    if (count > 1 && write(b->rung, &one, sizeof one) < 0) continue;
    wait_any(waits, 1); /* until the bells are hung again */
  }
  return NULL;
}

static bool has_futex_waitv(void) {
  _Atomic uint32_t word = 0;
  struct futex_waitv wait = wait_of(&word, 1);
  return wait_any(&wait, 1) == -1 && errno == EAGAIN;
}

bell *bell_new(void) {
  if (!has_futex_waitv()) return NULL;
  bell *b = bs_calloc(1, sizeof *b);
  b->rung = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  pthread_mutex_init(&b->lock, NULL);
  if (b->rung >= 0 && pthread_create(&b->thread, NULL, listen_to_bells, b) == 0) return b;
  if (b->rung >= 0) close(b->rung);
  pthread_mutex_destroy(&b->lock);
  free(b);
  return NULL;
}

static void tell_change(bell *b) {
  atomic_fetch_add(&b->change, 1);
  syscall(SYS_futex, &b->change, FUTEX_WAKE, 1, NULL, NULL, 0);
}

void bell_free(bell *b) {
  if (!b) return;
  pthread_mutex_lock(&b->lock);
  b->over = true;
  pthread_mutex_unlock(&b->lock);
  tell_change(b);
  pthread_join(b->thread, NULL);
  pthread_mutex_destroy(&b->lock);
  close(b->rung);
  free(b);
}

int bell_descriptor(const bell *b) { return b ? b->rung : -1; }

void bell_heard(bell *b) {
  uint64_t times;
  while (read(b->rung, &times, sizeof times) == (ssize_t)sizeof times) {
  }
}

static bool same_words(const bell *b, const recording *r) {
  if (b->count != r->regions.count) return false;
  for (uint32_t i = 0; i < b->count; i++)
    if (b->words[i] != &r->regions.items[i]->head->bell) return false;
  return true;
}

bool bell_hang(bell *b, const recording *r, bool *again) {
  *again = false;
  if (!b || r->regions.count >= WORDS_MAX) return false;
  for (uint32_t i = 0; i < r->regions.count; i++) {
    const region *g = r->regions.items[i];
    uint32_t looks = LAYOUT_BELL_LOOKS;
    if (g->pidfd < 0) return false; /* nothing says when it ends */
    if (atomic_compare_exchange_strong(&g->head->bell, &looks, LAYOUT_BELL_HUNG))
      *again = true;
    else if (looks != LAYOUT_BELL_HUNG)
      return false;
  }
  *again |= !same_words(b, r);
  if (!*again) return true;
  pthread_mutex_lock(&b->lock);
  b->count = r->regions.count;
  for (uint32_t i = 0; i < b->count; i++) b->words[i] = &r->regions.items[i]->head->bell;
  pthread_mutex_unlock(&b->lock);
  tell_change(b);
  return true;
}
