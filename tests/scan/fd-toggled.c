// A socket that is made blocking again on one way is not taken for non-blocking.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <uv.h>

static int sock;

static void set_nonblock(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }
static void set_block(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK); }

static void on_timer(uv_timer_t *timer) {
  char data[16];
  (void)timer;
  set_block(sock);
  recv(sock, data, sizeof data, 0); // expect: error network.recv certain path: on_timer loop: libuv
  set_nonblock(sock);
  recv(sock, data, sizeof data, 0); // expect-none
}

int main(void) {
  uv_timer_t timer;
  sock = socket(AF_INET, SOCK_STREAM, 0);
  set_nonblock(sock);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
