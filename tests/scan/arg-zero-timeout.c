// A wait with a zero timeout looks and returns.
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  struct pollfd p = {0, POLLIN, 0};
  struct epoll_event e;
  struct timeval none = {0, 0}, second = {1, 0};
  fd_set set;
  int ep = (int)(intptr_t)timer->data;
  FD_ZERO(&set);
  poll(&p, 1, 0); // expect-none
  epoll_wait(ep, &e, 1, 0); // expect-none
  select(1, &set, NULL, NULL, &none); // expect-none
  poll(&p, 1, -1); // expect: error wait.poll path: on_timer loop: libuv
  epoll_wait(ep, &e, 1, -1); // expect: error wait.epoll_wait path: on_timer loop: libuv
  select(1, &set, NULL, NULL, &second); // expect: error wait.select path: on_timer loop: libuv
  select(1, &set, NULL, NULL, NULL); // expect: error wait.select path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
