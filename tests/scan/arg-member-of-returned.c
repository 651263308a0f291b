// A member of a struct that a call returns by value: the flags of that struct decide.
#include <poll.h>
#include <sys/socket.h>
#include <uv.h>

struct options {
  int flags, timeout;
};
static struct options quick(void) {
  struct options o = {.flags = MSG_DONTWAIT};
  return o;
}
static struct options slow(void) { return (struct options){.timeout = 5000}; }

static int fd;
static char text[8];

static void on_timer(uv_timer_t *timer) {
  struct pollfd asked = {fd, POLLIN, 0};
  (void)timer;
  recv(fd, text, sizeof text, quick().flags);
  recv(fd, text, sizeof text, slow().flags); // expect: error network.recv
  poll(&asked, 1, quick().timeout);
  poll(&asked, 1, slow().timeout); // expect: error wait.poll
}

int main(void) {
  uv_timer_t timer;
  fd = socket(AF_INET, SOCK_STREAM, 0);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
