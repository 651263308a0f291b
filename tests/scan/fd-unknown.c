// A descriptor of which nothing is known: possible, never certain.
#include <sys/socket.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  char data[16];
  int fd = (int)(intptr_t)timer->data;
  recv(fd, data, sizeof data, 0); // expect: error network.recv possible path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
