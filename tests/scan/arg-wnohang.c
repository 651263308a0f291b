// waitpid() with WNOHANG asks and returns.
#include <sys/wait.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  int status;
  (void)timer;
  while (waitpid(-1, &status, WNOHANG) > 0) {} // expect-none
  while (waitpid(-1, &status, WNOHANG | WUNTRACED) > 0) {} // expect-none
  waitpid(7, &status, 0); // expect: error process.waitpid path: on_timer loop: libuv
  waitpid(7, &status, WUNTRACED); // expect: error process.waitpid path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
