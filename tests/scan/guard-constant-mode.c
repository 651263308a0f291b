// The branch that a callback cannot take, for its argument is constant, is still searched: no value analysis of branches.
#include <unistd.h>
#include <uv.h>

static void finish(int wait) {
  if (wait) sleep(1); // expect: error sleep.sleep path: on_timer > finish loop: libuv
}

static void on_timer(uv_timer_t *timer) { finish(timer->data != NULL); }

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
