// A socket that nobody makes non-blocking waits for the peer.
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

static int sock;

static void on_timer(uv_timer_t *timer) {
  char data[16];
  connect(sock, timer->data, 16); // expect: error network.connect path: on_timer loop: libuv
  read(sock, data, sizeof data); // expect: error network.read path: on_timer loop: libuv
  recv(sock, data, sizeof data, 0); // expect: error network.recv path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  sock = socket(AF_INET, SOCK_STREAM, 0);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
