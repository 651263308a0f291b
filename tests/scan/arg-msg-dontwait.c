// MSG_DONTWAIT makes one call not block, whatever the socket is.
#include <sys/socket.h>
#include <uv.h>

static int sock;

static void on_timer(uv_timer_t *timer) {
  char data[16];
  int flags = MSG_DONTWAIT;
  (void)timer;
  recv(sock, data, sizeof data, MSG_DONTWAIT); // expect-none
  send(sock, data, sizeof data, MSG_DONTWAIT | MSG_NOSIGNAL); // expect-none
  recv(sock, data, sizeof data, flags | MSG_PEEK); // expect-none
  recv(sock, data, sizeof data, MSG_WAITALL); // expect: error network.recv-all certain path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  sock = socket(AF_INET, SOCK_STREAM, 0);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
