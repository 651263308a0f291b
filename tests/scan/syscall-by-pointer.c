// An API called through a pointer, and handed over as a callback.
#include <unistd.h>
#include <uv.h>

static int (*flush)(int) = fsync;

static void each_fd(const int *fds, int n, int (*f)(int)) {
  for (int i = 0; i < n; i++) f(fds[i]); // expect: error disk.fsync path: on_timer > each_fd loop: libuv
}

static void on_timer(uv_timer_t *timer) {
  int fds[] = {3, 4};
  (void)timer;
  flush(3); // expect: error disk.fsync path: on_timer loop: libuv
  each_fd(fds, 2, fsync);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
