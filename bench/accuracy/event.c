/* The grid's program for libevent. */
#include "plan.h"

#include <event2/event.h>

static struct event_base *base;
static struct event *timers[CALLBACKS][10];

static void arm(void);

#define CALLBACK(name, index) \
  static void name(evutil_socket_t fd, short what, void *unused) { \
    (void)fd, (void)what, (void)unused; \
    if (plan_run(index)) arm(); \
  }
#define X(ms) CALLBACK(callback_##ms, CALLBACK_##ms)
DURATIONS(X)
#undef X
CALLBACK(callback_ordinary, CALLBACK_ORDINARY)
CALLBACK(callback_twenty, CALLBACK_TWENTY)
CALLBACK(callback_ten, CALLBACK_TEN)
CALLBACK(callback_mixed, CALLBACK_MIXED)

static void callback_pipe(evutil_socket_t fd, short what, void *unused) {
  (void)fd, (void)what, (void)unused;
  plan_take();
  if (plan_run(CALLBACK_ORDINARY)) arm();
}

static event_callback_fn const callbacks[CALLBACKS] = {
#define X(ms) callback_##ms,
    DURATIONS(X)
#undef X
        callback_ordinary,
    callback_twenty,
    callback_ten,
    callback_mixed,
};

static void arm(void) {
  const step *s = plan_next();
  if (!s) {
    event_base_loopbreak(base);
  } else if (s->by_pipe) {
    plan_poke();
  } else {
    const struct timeval delay = {0, (suseconds_t)s->delay_ms * 1000};
    event_base_update_cache_time(base);
    for (unsigned i = 0; i < s->times; i++) event_add(timers[s->callback][i], &delay);
  }
}

int main(int argc, char **argv) {
  plan_init(argc, argv);
  base = event_base_new();
  for (int c = 0; c < CALLBACKS; c++)
    for (int i = 0; i < 10; i++) timers[c][i] = event_new(base, -1, 0, callbacks[c], NULL);
  event_add(event_new(base, plan_pipe(), EV_READ | EV_PERSIST, callback_pipe, NULL), NULL);
  arm();
  event_base_dispatch(base);
  return plan_finish();
}
