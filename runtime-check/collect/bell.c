/* The recorder sleeps on the bells of all processes, which are words in their memory. Nothing but futex_waitv
 * waits for several, and it waits for nothing else: so what comes by descriptors (signals, offers, a process'
 * end) is another thread's to wait for, and it rings a bell of the recorder's own.
 *
 * What the watched processes do to their words can wake the recorder when there is no need, as a loop that
 * runs can. */
#include "runtime-check/collect/bell.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

enum { WORDS_MAX = 128 /* of the kernel; the first is our own */ };

struct bell {
  pthread_t thread;
  _Atomic uint32_t changes; /* counts what came by the descriptors */
  int descriptors; /* epoll, edges: nobody need be told that one was dealt with */
  int over; /* eventfd: ends the thread */
  uint32_t count;
  _Atomic uint32_t *words[WORDS_MAX - 1];
};

static struct futex_waitv wait_of(const _Atomic uint32_t *word, uint32_t value) {
  return (struct futex_waitv){.val = value, .uaddr = (uintptr_t)word, .flags = FUTEX_32};
}

static long wait_any(struct futex_waitv *waits, uint32_t count, const struct timespec *until) {
  /* blockscan: ignore[lock.futex-many] -- the recorder's own wait, until its next look at the latest */
  return syscall(SYS_futex_waitv, waits, count, 0, until, CLOCK_MONOTONIC);
}

static void *watch_descriptors(void *of) {
  bell *b = of;
  struct epoll_event e;
  for (;;) {
    int count = epoll_wait(b->descriptors, &e, 1, -1);
    if (count < 0 && errno != EINTR) return NULL;
    if (count == 1 && e.data.fd == b->over) return NULL;
    atomic_fetch_add(&b->changes, 1);
    syscall(SYS_futex, &b->changes, FUTEX_WAKE, 1, NULL, NULL, 0);
  }
}

static bool has_futex_waitv(void) {
  _Atomic uint32_t word = 0;
  struct futex_waitv wait = wait_of(&word, 1);
  return wait_any(&wait, 1, NULL) == -1 && errno == EAGAIN;
}

bool bell_watch(bell *b, int descriptor) {
  if (!b || descriptor < 0) return false;
  struct epoll_event e = {.events = EPOLLIN | EPOLLET, .data.fd = descriptor};
  return epoll_ctl(b->descriptors, EPOLL_CTL_ADD, descriptor, &e) == 0 || errno == EEXIST;
}

static void close_all(bell *b) {
  if (b->descriptors >= 0) close(b->descriptors);
  if (b->over >= 0) close(b->over);
  free(b);
}

bell *bell_new(void) {
  if (!has_futex_waitv()) return NULL;
  bell *b = bs_calloc(1, sizeof *b);
  b->descriptors = epoll_create1(EPOLL_CLOEXEC);
  b->over = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (b->descriptors >= 0 && bell_watch(b, b->over) &&
      pthread_create(&b->thread, NULL, watch_descriptors, b) == 0)
    return b;
  close_all(b);
  return NULL;
}

void bell_free(bell *b) {
  const uint64_t one = 1;
  if (!b) return;
  if (write(b->over, &one, sizeof one) == (ssize_t)sizeof one) pthread_join(b->thread, NULL);
  close_all(b);
}

uint32_t bell_changes(const bell *b) { return b ? atomic_load(&b->changes) : 0; }

bool bell_sleep(bell *b, uint32_t changes, uint64_t until) {
  struct futex_waitv waits[WORDS_MAX];
  const struct timespec end = {(time_t)(until / 1000000000), (long)(until % 1000000000)};
  waits[0] = wait_of(&b->changes, changes);
  for (uint32_t i = 0; i < b->count; i++) waits[i + 1] = wait_of(b->words[i], LAYOUT_BELL_HUNG);
  wait_any(waits, b->count + 1, &end);
  for (uint32_t i = 0; i < b->count; i++)
    if (atomic_load(b->words[i]) != LAYOUT_BELL_HUNG) return true;
  return false;
}

bool bell_rung_lately(const recording *r, uint64_t now) {
  uint32_t rung = 0;
  uint64_t at = 0;
  for (uint32_t i = 0; i < r->regions.count; i++) {
    const layout_head *head = r->regions.items[i]->head;
    if (atomic_load(&head->bell) == LAYOUT_BELL_HUNG) continue;
    at = atomic_load(&head->rung_at);
    rung++;
  }
  return rung == 1 && at <= now && now - at < LAYOUT_RUNG_NS;
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
    if (!bell_watch(b, g->pidfd)) return false; /* nothing says when it ends */
    if (atomic_compare_exchange_strong(&g->head->bell, &looks, LAYOUT_BELL_HUNG))
      *again = true;
    else if (looks != LAYOUT_BELL_HUNG)
      return false;
  }
  if (same_words(b, r)) return true;
  *again = true;
  b->count = r->regions.count;
  for (uint32_t i = 0; i < b->count; i++) b->words[i] = &r->regions.items[i]->head->bell;
  return true;
}
