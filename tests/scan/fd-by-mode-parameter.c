// A function makes its descriptor non-blocking where its caller says so: each caller has what it asked for.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

static void set_nonblocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

static int make(int nonblocking) {
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (nonblocking) set_nonblocking(fd);
  return fd;
}

static int make_through(int nonblocking) { return make(nonblocking); }

static void on_timer(uv_timer_t *timer) {
  char text[64];
  int quick = make(1), slow = make(0), far = make_through(0), near = make_through(1);
  (void)timer;
  read(quick, text, sizeof text); // expect-none
  read(slow, text, sizeof text);  // expect: error network.read
  read(far, text, sizeof text);   // expect: error network.read
  read(near, text, sizeof text);  // expect-none
}

int main(void) {
  static uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 0, 1000);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
