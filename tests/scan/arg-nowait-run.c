// Running a second loop inside a callback is a nested loop unless it only looks.
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  uv_loop_t *other = timer->data;
  uv_run(other, UV_RUN_NOWAIT); // expect-none
  uv_run(other, UV_RUN_ONCE); // expect: error libuv.run path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
