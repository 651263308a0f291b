// A lock that is only tried does not wait.
#include <fcntl.h>
#include <sys/file.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  struct flock region = {0};
  int fd = (int)(intptr_t)timer->data;
  flock(fd, LOCK_EX | LOCK_NB); // expect-none
  flock(fd, LOCK_EX);           // expect: error lock.flock path: on_timer loop: libuv
  flock(fd, LOCK_UN);           // expect-none
  fcntl(fd, F_SETLK, &region);  // expect-none
  fcntl(fd, F_SETLKW, &region); // expect: error lock.fcntl path: on_timer loop: libuv
  fcntl(fd, F_GETFL);           // expect-none
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
