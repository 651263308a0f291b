// Reading an open file is disk I/O, and O_NONBLOCK changes nothing about it.
#include <fcntl.h>
#include <unistd.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  char data[4096];
  int fd = open(timer->data, O_RDONLY | O_NONBLOCK); // expect: warning disk.open certain
  read(fd, data, sizeof data); // expect: warning disk.read certain path: on_timer loop: libuv
  fsync(fd); // expect: error disk.fsync certain path: on_timer loop: libuv
  close(fd); // expect: note disk.close certain path: on_timer loop: libuv role: timer
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
