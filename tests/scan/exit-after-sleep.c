// A sleep right before the process ends is a note with its reason; one that may go on is an error.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

static void leave(int code) { // not declared as one that never returns
  puts("bye");
  exit(code);
}

static void say_and_leave(int code) {
  sleep(3); // expect: note sleep.sleep why: the process ends right after it
  exit(code);
}

static void on_halt(uv_timer_t *timer) {
  (void)timer;
  sleep(1); // expect: note sleep.sleep why: the process ends right after it
  leave(0);
}

static void on_pause(uv_timer_t *timer) {
  if (timer->data) sleep(2); // expect: error sleep.sleep path: on_pause
  if (!timer->data) leave(1);
  if (timer->loop) say_and_leave(2);
}

int main(void) {
  uv_timer_t timers[2];
  uv_timer_start(&timers[0], on_halt, 1, 0);
  uv_timer_start(&timers[1], on_pause, 1, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
