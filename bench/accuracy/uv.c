/* The grid's program for libuv. */
#include "plan.h"

#include <uv.h>

static uv_timer_t timers[10];
static uv_poll_t pipe_watcher;

static void arm(void);

#define CALLBACK(name, index) \
  static void name(uv_timer_t *timer) { \
    (void)timer; \
    if (plan_run(index)) arm(); \
  }
#define X(ms) CALLBACK(callback_##ms, CALLBACK_##ms)
DURATIONS(X)
#undef X
CALLBACK(callback_ordinary, CALLBACK_ORDINARY)
CALLBACK(callback_twenty, CALLBACK_TWENTY)
CALLBACK(callback_ten, CALLBACK_TEN)
CALLBACK(callback_mixed, CALLBACK_MIXED)

static void callback_pipe(uv_poll_t *watcher, int status, int events) {
  (void)watcher, (void)status, (void)events;
  plan_take();
  if (plan_run(CALLBACK_ORDINARY)) arm();
}

static uv_timer_cb const callbacks[CALLBACKS] = {
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
  uv_update_time(uv_default_loop());
  if (!s) {
    uv_stop(uv_default_loop());
  } else if (s->by_pipe) {
    plan_poke();
  } else {
    for (unsigned i = 0; i < s->times; i++)
      uv_timer_start(&timers[i], callbacks[s->callback], s->delay_ms, 0);
  }
}

int main(int argc, char **argv) {
  plan_init(argc, argv);
  for (int i = 0; i < 10; i++) uv_timer_init(uv_default_loop(), &timers[i]);
  uv_poll_init(uv_default_loop(), &pipe_watcher, plan_pipe());
  uv_poll_start(&pipe_watcher, UV_READABLE, callback_pipe);
  arm();
  uv_run(uv_default_loop(), UV_RUN_DEFAULT);
  return plan_finish();
}
