// A loop that is made with goto, and that copies its table of handlers with memcpy.
#include <poll.h>
#include <string.h>
#include <unistd.h>

typedef void (*handler)(int fd);

static void on_readable(int fd) {
  (void)fd;
  sleep(1); // expect: error sleep.sleep path: on_readable
}

static void on_writable(int fd) {
  (void)fd;
  usleep(20000); // expect: warning sleep.usleep path: on_writable
}

static void nap(int fd) {
  (void)fd;
  sleep(2); // expect-none
}

static const handler defaults[2] = {on_readable, on_writable}, others[2] = {nap, nap};
static handler handlers[2];

int main(void) {
  struct pollfd fds[2] = {{0, POLLIN, 0}, {1, POLLOUT, 0}};
  memcpy(handlers, defaults, sizeof handlers);
  nap(others[0] == nap);
again:
  poll(fds, 2, -1);
  for (int i = 0; i < 2; i++)
    if (fds[i].revents) handlers[i](fds[i].fd);
  goto again;
}
