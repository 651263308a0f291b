/* Whether a thread that does not sleep is in one long iteration, or in many short ones: it is followed by
 * ptrace to its next system calls until one is the loop's wait. That costs it some microseconds a call, so it
 * is done seldom.
 *
 * The tracer is a thread that ends with the pursuit: the kernel lets go of what it traced then, without
 * stopping it, so a thread that sleeps in a call by that time is not disturbed. */
#include "runtime-check/attach/thread.h"

#include "runtime-check/collect/follow.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

struct pursuit {
  pthread_t tracer;
  pid_t tid;
  wait_key until;
  uint64_t limit, began;
  _Atomic uint64_t from; /* 0: it has not been stopped yet */
  uint64_t at;
  _Atomic int end;
};

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

enum pursuit_end pursuit_end(pursuit *p, bool now, uint64_t *from, uint64_t *at) {
  if (!now && atomic_load(&p->end) == PURSUIT_ON && clock_now() < p->began + p->limit) return PURSUIT_ON;
  if (atomic_load(&p->end) == PURSUIT_ON) pthread_cancel(p->tracer);
  pthread_join(p->tracer, NULL);
  enum pursuit_end end = atomic_load(&p->end);
  *from = atomic_load(&p->from);
  *at = p->at;
  if (end == PURSUIT_ON) end = *from && !now ? PURSUIT_HELD : PURSUIT_LOST;
  free(p);
  return end;
}
