/* Whether a thread that does not sleep is in one long iteration, or in many short ones: it is followed by
 * ptrace to its next system calls until one is the loop's wait. That costs it some microseconds a call, so it
 * is done seldom.
 *
 * The tracer is a thread that ends with the pursuit: the kernel lets go of what it traced then, without
 * stopping it, so a thread that sleeps in a call by that time is not disturbed. */
#include "runtime-check/attach/thread.h"

#include "runtime-check/collect/follow.h"

#include "base/vec.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

enum {
  GRACE_NS = 5000000, /* for a tracer to end */
  STOP_LIMITS = 4, /* times the limit, until a thread that gets no CPU stands still for the first time */
};

struct pursuit {
  pthread_t tracer;
  pid_t tid;
  wait_key until;
  uint64_t limit, began;
  _Atomic uint64_t from; /* 0: it has not been stopped yet */
  uint64_t at;
  _Atomic int end;
};

/* Their tracers have been told to end, and have not yet. */
static BS_VEC(pursuit *) leaving;

static bool is_wait(const void *to, long call, const uint64_t *arguments, uint64_t sp) {
  const pursuit *p = to;
  wait_key key;
  return wait_key_of(call, arguments, sp, &key) && key.call == p->until.call && key.key == p->until.key;
}

static void *follow(void *argument) {
  pursuit *p = argument;
  enum follow_end end = follow_calls(p->tid, is_wait, p, &p->from, &p->at);
  atomic_store(&p->end, end == FOLLOW_FOUND           ? PURSUIT_WAITS
                        : end == FOLLOW_LOST_PATIENCE ? PURSUIT_HELD
                                                      : PURSUIT_LOST);
  return NULL;
}

pursuit *pursuit_begin(pid_t tid, const wait_key *until, uint64_t limit_ns) {
  pursuits_reap(0);
  pursuit *p = bs_calloc(1, sizeof *p);
  p->tid = tid;
  p->until = *until;
  p->limit = limit_ns;
  p->began = clock_now();
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  bool failed = pthread_create(&p->tracer, NULL, follow, p) != 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (!failed) return p;
  free(p);
  return NULL;
}

static bool join_until(const pursuit *p, uint64_t until) {
  const struct timespec end = {(time_t)(until / 1000000000), (long)(until % 1000000000)};
  return pthread_clockjoin_np(p->tracer, NULL, CLOCK_MONOTONIC, &end) == 0;
}

void pursuits_reap(uint64_t until) {
  uint32_t left = 0;
  for (uint32_t i = 0; i < leaving.count; i++) {
    pursuit *p = leaving.items[i];
    if (join_until(p, until))
      free(p);
    else
      leaving.items[left++] = p;
  }
  leaving.count = left;
  if (!left) bs_vec_fini(&leaving);
}

/* A tracer that is told to end may have to wait until the thread gets a CPU to stop on. */
static bool end_tracer(pursuit *p) {
  if (atomic_load(&p->end) == PURSUIT_ON) pthread_cancel(p->tracer);
  if (join_until(p, clock_now() + GRACE_NS)) return true;
  *bs_vec_push(&leaving) = p;
  return false;
}

enum pursuit_end pursuit_end(pursuit *p, bool now, uint64_t *from, uint64_t *at) {
  uint64_t first = atomic_load(&p->from), last = first ? first + p->limit : p->began + STOP_LIMITS * p->limit;
  if (!now && atomic_load(&p->end) == PURSUIT_ON && clock_now() < last) return PURSUIT_ON;
  enum pursuit_end end = PURSUIT_ON;
  bool over = end_tracer(p);
  *at = 0;
  *from = atomic_load(&p->from);
  if (over) {
    end = atomic_load(&p->end);
    *at = p->at;
    free(p);
  }
  if (end == PURSUIT_ON) end = *from && !now ? PURSUIT_HELD : PURSUIT_LOST;
  return end;
}
