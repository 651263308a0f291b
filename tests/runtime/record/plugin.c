/* A module that brings libuv along, which nobody but it sees: run_loop() runs one with a callback that holds it. */
#include <unistd.h>
#include <uv.h>

static void on_timer(uv_timer_t *handle) {
  usleep(80000);
  uv_close((uv_handle_t *)handle, NULL);
}

int run_loop(void) {
  uv_loop_t loop;
  uv_timer_t timer;
  uv_loop_init(&loop);
  uv_timer_init(&loop, &timer);
  uv_timer_start(&timer, on_timer, 0, 0);
  int code = uv_run(&loop, UV_RUN_DEFAULT);
  return code ? code : uv_loop_close(&loop);
}
