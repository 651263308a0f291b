// A comment with a reason silences the sink, a call in the path, or the registration.
#include <unistd.h>
#include <uv.h>

static void cut_at_call(void) { sleep(1); } // expect-none
static void cut_at_registration(uv_idle_t *idle) {
  (void)idle;
  sleep(2); // expect: error sleep.sleep suppressed
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  // blockscan: ignore[sleep.sleep] -- the test of the sink
  sleep(3); // expect: error sleep.sleep suppressed
  cut_at_call(); // blockscan: ignore[*] -- the test of a step
  sleep(4);      // expect: error sleep.sleep path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  uv_idle_t idle;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  uv_idle_init(uv_default_loop(), &idle);
  uv_idle_start(&idle, cut_at_registration); // blockscan: ignore[*] -- the test of a registration
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
