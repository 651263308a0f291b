// A comment that silences nothing is reported, and so is one for another rule.
// expect-ledger: suppression-unused.c:9
// expect-ledger: suppression-unused.c:11
#include <unistd.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  uv_update_time(timer->loop); // blockscan: ignore[sleep.sleep] -- nothing here to silence
  uv_stop(timer->loop);
  // blockscan: ignore[dns.getaddrinfo] -- another rule
  sleep(1); // expect: error sleep.sleep path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
