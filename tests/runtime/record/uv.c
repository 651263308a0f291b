/* A libuv program: a timer's callback is held for 60 ms once; then the loop ends, and main is held for as long outside of it. */
#include <time.h>
#include <uv.h>

static int ticks;

__attribute__((noinline)) static void rest(long ms) {
  struct timespec t = {0, ms * 1000000};
  nanosleep(&t, NULL);
}

__attribute__((noinline)) static void save_state(void) { rest(60); }

static void on_timer(uv_timer_t *timer) {
  if (++ticks == 4) save_state();
  if (ticks == 8) uv_timer_stop(timer);
}

int main(void) {
  uv_timer_t timer;
  uv_loop_t *loop = uv_default_loop();
  uv_timer_init(loop, &timer);
  uv_timer_start(&timer, on_timer, 5, 5);
  uv_run(loop, UV_RUN_DEFAULT);
  rest(120);
  return 0;
}
