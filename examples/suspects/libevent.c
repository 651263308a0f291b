/* libevent: a timer; it has no pool, so a thread does the work and event_active() brings the result back. */
#include "suspect.h"

#include <event2/event.h>
#include <event2/thread.h>
#include <pthread.h>

static struct event_base *base;
static struct event *end;
static bool right;

static void on_end(evutil_socket_t fd, short what, void *user) {
  (void)fd, (void)what, (void)user;
  event_base_loopbreak(base);
}

static void finish(void) {
  const struct timeval soon = {0, 20000};
  event_add(end, &soon);
}

#ifdef TWIN
static struct event *done;

static void on_done(evutil_socket_t fd, short what, void *user) {
  (void)fd, (void)what, (void)user;
  finish();
}

static void *run_work(void *user) {
  right = suspect_work();
  event_active(done, 0, 0);
  return user;
}

static void on_begin(evutil_socket_t fd, short what, void *user) {
  pthread_t thread;
  (void)fd, (void)what, (void)user;
  if (!pthread_create(&thread, NULL, run_work, NULL)) pthread_detach(thread);
}
#else
static void on_begin(evutil_socket_t fd, short what, void *user) {
  (void)fd, (void)what, (void)user;
  right = suspect_work();
  finish();
}
#endif

int main(void) {
  const struct timeval soon = {0, 20000};
  if (!suspect_prepare()) return 2;
  evthread_use_pthreads();
  base = event_base_new();
  struct event *begin = evtimer_new(base, on_begin, NULL);
  end = evtimer_new(base, on_end, NULL);
#ifdef TWIN
  done = event_new(base, -1, 0, on_done, NULL);
#endif
  event_add(begin, &soon);
  event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY);
  event_free(begin);
  event_free(end);
#ifdef TWIN
  event_free(done);
#endif
  event_base_free(base);
  return right ? 0 : 1;
}
