// A block of lines is silenced from ignore-begin to ignore-end; what stands outside of it is not.
#include <unistd.h>
#include <uv.h>

static void before(void) {
  sleep(1); // expect: error sleep.sleep path: on_timer > before loop: libuv
}

// blockscan: ignore-begin[sleep.sleep] -- the test of a block
static void inside(void) {
  sleep(2);  // expect: error sleep.sleep suppressed
  fsync(10); // expect: error disk.fsync path: on_timer > inside loop: libuv
  // blockscan: ignore-begin[disk.fsync] -- blocks of other rules may begin in it
  fsync(11); // expect: error disk.fsync suppressed
}
// blockscan: ignore-end[sleep.sleep]

static void after(void) {
  sleep(3);  // expect: error sleep.sleep path: on_timer > after loop: libuv
  fsync(12); // expect: error disk.fsync suppressed
}
// blockscan: ignore-end

static void last(void) {
  fsync(13); // expect: error disk.fsync path: on_timer > last loop: libuv
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  before();
  inside();
  after();
  last();
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
