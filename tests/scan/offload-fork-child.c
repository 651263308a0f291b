// What stands behind `pid == 0` runs in the child, also through a wrapper that returns fork's result.
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

static pid_t start_child(void) {
  pid_t pid = fork(); // expect: note process.fork
  if (pid < 0) return -1;
  return pid;
}

static void child(void) { sleep(1); } // expect-none

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  pid_t pid = start_child();
  if (pid == 0) {
    child();
    sleep(2); // expect-none
    _exit(0);
  }
  sleep(3); // expect: error sleep.sleep path: on_timer loop: libuv
  waitpid(pid, NULL, 0); // expect: error process.waitpid path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
