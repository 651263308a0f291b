// .blockscan.yaml: a wrapper that behaves like a known API, a level, a rule that is off.
#include <unistd.h>
#include <uv.h>

void vendor_delay(unsigned seconds);

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  vendor_delay(1); // expect: error sleep.sleep path: on_timer loop: libuv
  sync();          // expect: note disk.sync path: on_timer loop: libuv
  usleep(100000);  // expect-none
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
