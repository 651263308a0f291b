// One file compiled twice, with different macros: both variants are scanned.
// flags: -DSLOW
// flags: -DSLOWER
#include <unistd.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  (void)timer;
#ifdef SLOW
  sleep(1); // expect: error sleep.sleep path: on_timer loop: libuv
#endif
#ifdef SLOWER
  usleep(100000); // expect: warning sleep.usleep path: on_timer loop: libuv
#endif
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
