// A busy wait by continue, by goto and by a condition; to try again after a signal is none.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>
static int fd;
static ssize_t send_all(int s, const char *p, size_t n) {
  while (n > 0) {
    ssize_t r = send(s, p, n, MSG_DONTWAIT); // expect: error network.busy-wait
    if (r < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) continue;
      return -1;
    }
    p += r;
    n -= (size_t)r;
  }
  return 0;
}
static int drain(int s) {
  char b[10];
  for (;;) {
    ssize_t r = recv(s, b, sizeof b, MSG_DONTWAIT);
    if (r < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) break;
      return -1;
    }
    if (r == 0) return 0;
  }
  return 1;
}
static ssize_t again(int s, char *p, size_t n) {
  ssize_t r;
retry:
  r = recv(s, p, n, MSG_DONTWAIT); // expect: error network.busy-wait
  if (r == -1 && errno == EAGAIN) goto retry;
  return r;
}
static ssize_t again2(int s, char *p, size_t n) {
  ssize_t r;
  do {
    r = recv(s, p, n, MSG_DONTWAIT); // expect: error network.busy-wait
  } while (r == -1 && errno == EAGAIN);
  return r;
}
static ssize_t again3(int s, char *p, size_t n) {
  ssize_t r;
  do {
    r = recv(s, p, n, MSG_DONTWAIT);
  } while (r == -1 && errno == EINTR);
  return r;
}
static void on_timer(uv_timer_t *timer) {
  char b[9];
  (void)timer;
  send_all(fd, "x", 1);
  drain(fd);
  again(fd, b, 9);
  again2(fd, b, 9);
  again3(fd, b, 9);
}
int main(void) {
  uv_timer_t timer;
  fd = socket(AF_INET, SOCK_STREAM, 0);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
