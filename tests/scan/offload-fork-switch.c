// fork's result in a switch, and the child's side as the negation of `!pid`.
#include <unistd.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  switch (fork()) { // expect: note process.fork
  case -1: return;
  case 0:
    sleep(1); // expect-none
    _exit(0);
  default:
    sleep(2); // expect: error sleep.sleep path: on_timer loop: libuv
  }
  pid_t pid = fork(); // expect: note process.fork
  if (!pid) {
    sleep(3); // expect-none
    _exit(0);
  }
  if (pid) return;
  sleep(4); // expect-none
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
