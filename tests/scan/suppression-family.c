// A word with a star speaks of all rules that begin like it; of others it does not, and one that none begins like is told.
// expect-ledger: the suppression of slep.* names a rule that does not exist
#include <unistd.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  sleep(1);     // expect: error sleep.sleep suppressed
  usleep(2000); // expect: warning sleep.usleep suppressed
  fsync(10);    // expect: error disk.fsync path: on_timer loop: libuv
  sync();       /* blockscan: ignore[disk.*] -- once a day */ // expect: error disk.sync suppressed
}

// blockscan: ignore-file[sleep.*] -- the test of a family
// blockscan: ignore[slep.*] -- misspelt

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
