/* The grid's program for libev. */
#include "plan.h"

#include <ev.h>

static struct ev_loop *loop;
static ev_timer timers[10];
static ev_io pipe_watcher;

static void arm(void);

#define CALLBACK(name, index) \
  static void name(struct ev_loop *l, ev_timer *timer, int events) { \
    (void)l, (void)timer, (void)events; \
    if (plan_run(index)) arm(); \
  }
#define X(ms) CALLBACK(callback_##ms, CALLBACK_##ms)
DURATIONS(X)
#undef X
CALLBACK(callback_ordinary, CALLBACK_ORDINARY)
CALLBACK(callback_twenty, CALLBACK_TWENTY)
CALLBACK(callback_ten, CALLBACK_TEN)
CALLBACK(callback_mixed, CALLBACK_MIXED)

static void callback_nested(struct ev_loop *l, ev_timer *timer, int events) {
  (void)timer, (void)events;
  if (plan_run(CALLBACK_NESTED)) arm();
  while (plan_is_nested()) ev_run(l, EVRUN_ONCE);
}

static void callback_pipe(struct ev_loop *l, ev_io *watcher, int events) {
  (void)l, (void)watcher, (void)events;
  plan_take();
  if (plan_run(CALLBACK_ORDINARY)) arm();
}

typedef void (*timer_callback)(struct ev_loop *, ev_timer *, int);
static timer_callback const callbacks[CALLBACKS] = {
#define X(ms) callback_##ms,
    DURATIONS(X)
#undef X
        callback_ordinary,
    callback_twenty,
    callback_ten,
    callback_mixed,
    callback_nested,
};

static void arm(void) {
  const step *s = plan_next();
  if (!s) {
    ev_break(loop, EVBREAK_ALL);
  } else if (s->by_pipe) {
    plan_poke();
  } else {
    ev_now_update(loop);
    for (unsigned i = 0; i < s->times; i++) {
      ev_timer_init(&timers[i], callbacks[s->callback], s->delay_ms * 1e-3, 0);
      ev_timer_start(loop, &timers[i]);
    }
  }
}

int main(int argc, char **argv) {
  plan_can_nest();
  plan_init(argc, argv);
  loop = ev_default_loop(EVFLAG_AUTO);
  ev_io_init(&pipe_watcher, callback_pipe, plan_pipe(), EV_READ);
  ev_io_start(loop, &pipe_watcher);
  arm();
  ev_run(loop, 0);
  return plan_finish();
}
