/* A check around uv_run: what holds before it, in it and after it counts, each by itself; that it waits does not, not even once. */
#include "api.h"

#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  void (*run)(void) = *(void (**)(void))timer->data;
  run();
}

/* A loop that waits once, longer than the threshold, then calls `run`. */
__attribute__((noinline)) static void run_uv(void (*run)(void)) {
  uv_loop_t loop;
  uv_timer_t timer;
  uv_loop_init(&loop);
  uv_timer_init(&loop, &timer);
  timer.data = &run;
  uv_timer_start(&timer, on_timer, HELD_MS, 0);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_close((uv_handle_t *)&timer, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
}

int main(void) {
  start(BS_COUNT);
  for (unsigned round = 0; round < 2; round++) {
    BS_NO_STALLS_CALL("quick", THRESHOLD, remember, NULL) run_uv(quick);
    CHECK(told.calls == round * 3);
    BS_NO_STALLS_CALL("in the loop", THRESHOLD, remember, NULL) run_uv(held);
    CHECK(told.calls == round * 3 + 1 && told.count == 1 && tells("on_timer") && tells("> held"));
    CHECK(told.duration_ns < 2 * HELD_MS * BS_MILLISECOND);
    BS_NO_STALLS_CALL("before", THRESHOLD, remember, NULL) {
      held();
      run_uv(quick);
    }
    CHECK(told.calls == round * 3 + 2 && told.count == 1 && tells("> held"));
    BS_NO_STALLS_CALL("after", THRESHOLD, remember, NULL) {
      run_uv(quick);
      held();
    }
    CHECK(told.calls == round * 3 + 3 && told.count == 1 && tells("> held"));
  }
  return stop();
}
