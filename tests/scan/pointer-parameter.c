// A function handed to a function that calls it; two callers, only one of them on the loop.
#include <unistd.h>
#include <uv.h>

static void each(int n, void (*f)(int)) {
  for (int i = 0; i < n; i++) f(i);
}

static void slow(int n) { sleep((unsigned)n); } // expect: error sleep.sleep path: on_timer > each > slow loop: libuv

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  each(3, slow);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
