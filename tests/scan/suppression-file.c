// One comment silences a rule in its whole file, above and below it; other rules are reported.
#include <unistd.h>
#include <uv.h>

static void above(void) {
  sleep(1); // expect: error sleep.sleep suppressed
}

// blockscan: ignore-file[sleep.sleep] -- the test of a file

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  above();
  sleep(2);  // expect: error sleep.sleep suppressed
  fsync(10); // expect: error disk.fsync path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
