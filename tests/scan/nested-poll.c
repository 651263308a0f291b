// A poll below a callback waits for somebody else while the loop stands still.
#include <poll.h>
#include <unistd.h>
#include <uv.h>

static int wait_writable(int fd) {
  struct pollfd p = {fd, POLLOUT, 0};
  return poll(&p, 1, 5000); // expect: error wait.poll path: on_timer > wait_writable loop: libuv
}

static int is_writable(int fd) {
  struct pollfd p = {fd, POLLOUT, 0};
  return poll(&p, 1, 0); // expect-none
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  wait_writable(3);
  is_writable(3);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
