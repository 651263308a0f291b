// A function kept for the process' end does not run on the loop.
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

static void at_end(void) { sleep(1); } // expect-none

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  atexit(at_end);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
