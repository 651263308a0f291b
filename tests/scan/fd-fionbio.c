// ioctl(FIONBIO) and libevent's helper make a socket non-blocking as well.
#include <event2/util.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <uv.h>

static int a, b;

static void on_timer(uv_timer_t *timer) {
  char data[16];
  (void)timer;
  recv(a, data, sizeof data, 0); // expect-none
  recv(b, data, sizeof data, 0); // expect-none
}

int main(void) {
  uv_timer_t timer;
  int on = 1;
  a = socket(AF_INET, SOCK_STREAM, 0);
  ioctl(a, FIONBIO, &on);
  b = socket(AF_INET, SOCK_STREAM, 0);
  evutil_make_socket_nonblocking(b);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
