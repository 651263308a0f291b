// A comment without a reason silences nothing, and is reported.
// expect-ledger: suppression-no-reason.c:9
#include <unistd.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  // the next line has no reason
  // blockscan: ignore[sleep.sleep]
  sleep(1); // expect: error sleep.sleep path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
