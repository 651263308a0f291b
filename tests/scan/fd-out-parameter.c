// A descriptor handed back through a pointer keeps what is known of it.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

static int make_socket(int *out) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  *out = fd;
  return 0;
}

static int open_log(int *out) {
  int fd = open("/var/log/x", O_RDONLY); // expect: warning disk.open
  *out = fd;
  return fd < 0;
}

static void on_timer(uv_timer_t *timer) {
  char data[16];
  int peer = -1, log = -1;
  (void)timer;
  make_socket(&peer);
  open_log(&log);
  read(peer, data, sizeof data); // expect-none
  read(log, data, sizeof data); // expect: warning disk.read path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
