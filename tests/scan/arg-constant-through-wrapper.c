// A constant argument is followed through a wrapper: all callers pass WNOHANG.
#include <sys/wait.h>
#include <uv.h>

static pid_t reap(pid_t pid, int options) {
  int status;
  return waitpid(pid, &status, options); // expect-none
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  while (reap(-1, WNOHANG) > 0) {}
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
