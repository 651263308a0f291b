// The header's annotations: a declared blocking function is a sink, a declared non-blocking one is not searched.
#include <unistd.h>
#include <uv.h>

#define BLOCKSCAN_BLOCKING __attribute__((annotate("blockscan::blocking")))
#define BLOCKSCAN_NONBLOCKING __attribute__((annotate("blockscan::nonblocking")))

BLOCKSCAN_BLOCKING int vendor_flush(int handle);
BLOCKSCAN_NONBLOCKING static void ring_write(void) { sleep(1); } // expect-none

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  vendor_flush(1); // expect: warning attribute.blocking path: on_timer loop: libuv
  ring_write();
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
