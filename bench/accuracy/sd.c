/* The grid's program for sd-event. */
#include "plan.h"

#include <systemd/sd-event.h>
#include <time.h>

static sd_event *loop;
static sd_event_source *timers[10];

static void arm(void);

#define CALLBACK(name, index) \
  static int name(sd_event_source *source, uint64_t due, void *unused) { \
    (void)source, (void)due, (void)unused; \
    if (plan_run(index)) arm(); \
    return 0; \
  }
#define X(ms) CALLBACK(callback_##ms, CALLBACK_##ms)
DURATIONS(X)
#undef X
CALLBACK(callback_ordinary, CALLBACK_ORDINARY)
CALLBACK(callback_twenty, CALLBACK_TWENTY)
CALLBACK(callback_ten, CALLBACK_TEN)
CALLBACK(callback_mixed, CALLBACK_MIXED)

static int callback_pipe(sd_event_source *source, int fd, uint32_t events, void *unused) {
  (void)source, (void)fd, (void)events, (void)unused;
  plan_take();
  if (plan_run(CALLBACK_ORDINARY)) arm();
  return 0;
}

static sd_event_time_handler_t const callbacks[CALLBACKS] = {
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
    sd_event_exit(loop, 0);
  } else if (s->by_pipe) {
    plan_poke();
  } else {
    uint64_t due = plan_clock() / 1000 + s->delay_ms * UINT64_C(1000);
    for (unsigned i = 0; i < s->times; i++) {
      timers[i] = sd_event_source_unref(timers[i]);
      sd_event_add_time(loop, &timers[i], CLOCK_MONOTONIC, due, 1, callbacks[s->callback], NULL);
    }
  }
}

int main(int argc, char **argv) {
  plan_init(argc, argv);
  if (sd_event_new(&loop) < 0) return 1;
  sd_event_add_io(loop, NULL, plan_pipe(), EPOLLIN, callback_pipe, NULL);
  arm();
  sd_event_loop(loop);
  return plan_finish();
}
