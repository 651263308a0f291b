// A socket made non-blocking, at its creation or by fcntl, does not wait.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

static int a, b;

static void on_timer(uv_timer_t *timer) {
  char data[16];
  (void)timer;
  read(a, data, sizeof data); // expect-none
  send(a, data, sizeof data, 0); // expect-none
  recv(b, data, sizeof data, 0); // expect-none
}

int main(void) {
  uv_timer_t timer;
  a = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  b = socket(AF_INET, SOCK_STREAM, 0);
  fcntl(b, F_SETFL, fcntl(b, F_GETFL) | O_NONBLOCK);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
