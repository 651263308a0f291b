// accept4 with SOCK_NONBLOCK on a non-blocking listener: neither waits. Linux does not hand the flag down by accept.
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

static int listener;

static void on_timer(uv_timer_t *timer) {
  char data[16];
  (void)timer;
  int quick = accept4(listener, NULL, NULL, SOCK_NONBLOCK); // expect-none
  int slow = accept(listener, NULL, NULL); // expect-none
  read(quick, data, sizeof data); // expect-none
  read(slow, data, sizeof data); // expect: error network.read path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  listen(listener, 5);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
