// A block without an end, an end without a block, and a block without a reason silence nothing, and are told.
// expect-ledger: suppression-block-wrong.c:9: the suppression of sleep.sleep ends no block
// expect-ledger: suppression-block-wrong.c:10: the suppression of disk.fsync is not used
// expect-ledger: suppression-block-wrong.c:12: the suppression of sleep.sleep gives no reason
// expect-ledger: suppression-block-wrong.c:19: the suppression of * has no ignore-end
#include <unistd.h>
#include <uv.h>

// blockscan: ignore-end[sleep.sleep]
// blockscan: ignore-begin[disk.fsync] -- nothing of it is here
// blockscan: ignore-end
// blockscan: ignore-begin[sleep.sleep]
static void on_timer(uv_timer_t *timer) {
  (void)timer;
  sleep(1); // expect: error sleep.sleep path: on_timer loop: libuv
}
// blockscan: ignore-end

// blockscan: ignore-begin[*] -- it is never ended
static void on_idle(uv_idle_t *idle) {
  (void)idle;
  sleep(2); // expect: error sleep.sleep path: on_idle loop: libuv
}

int main(void) {
  uv_timer_t timer;
  uv_idle_t idle;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  uv_idle_init(uv_default_loop(), &idle);
  uv_idle_start(&idle, on_idle);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
