// Two files each have a static `prepare`; only one of them blocks, and only the other is called on the loop.
// expect-none
#include "other.h"
#include <uv.h>

static void prepare(void) {}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  prepare();
}

int main(void) {
  uv_timer_t timer;
  start_up();
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
