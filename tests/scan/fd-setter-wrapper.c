// A project's own setter forwards to fcntl; what passed it is non-blocking.
#include <fcntl.h>
#include <sys/socket.h>
#include <uv.h>

static int set_blocking_mode(int fd, int nonblock) {
  int flags = fcntl(fd, F_GETFL);
  if (nonblock)
    flags |= O_NONBLOCK;
  else
    flags &= ~O_NONBLOCK;
  return fcntl(fd, F_SETFL, flags);
}

static int make_nonblocking(int fd) { return set_blocking_mode(fd, 1); }

struct peer {
  int fd;
};

static struct peer *peer;

static void on_timer(uv_timer_t *timer) {
  char data[16];
  (void)timer;
  recv(peer->fd, data, sizeof data, 0); // expect-none
}

int main(void) {
  static struct peer one;
  uv_timer_t timer;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  make_nonblocking(fd);
  one.fd = fd;
  peer = &one;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
