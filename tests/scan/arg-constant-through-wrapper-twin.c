// The twin: one caller of the wrapper waits.
#include <sys/wait.h>
#include <uv.h>

static pid_t reap(pid_t pid, int options) {
  int status;
  return waitpid(pid, &status, options); // expect: error process.waitpid path: on_timer > reap loop: libuv
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  while (reap(-1, WNOHANG) > 0) {}
  reap(9, 0);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
