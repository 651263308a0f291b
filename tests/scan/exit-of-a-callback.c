// A callback that ends the process has nobody to hold up: what it does is a note. One that ends it on some way
// only goes on to serve others.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

static void copy_all(void) {
  for (int i = 0; i < 100; i++) usleep(200000); // expect: note sleep.usleep why: the process ends right after it
}

static void on_only(uv_timer_t *timer) {
  (void)timer;
  copy_all();
  exit(0);
}

static void wait_long(void) {
  for (int i = 0; i < 100; i++) usleep(200000); // expect: error sleep.usleep
}

static void on_some(uv_timer_t *timer) {
  wait_long();
  if (timer->data) exit(1);
}

int main(void) {
  uv_timer_t timers[2];
  uv_timer_start(&timers[0], on_only, 1, 0);
  uv_timer_start(&timers[1], on_some, 1, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
