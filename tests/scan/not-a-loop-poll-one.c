// Waiting for one descriptor, again after EINTR, is a blocking call and not a loop: nothing is dispatched.
// expect-none
#include <errno.h>
#include <poll.h>
#include <unistd.h>

static int wait_readable(int fd) {
  struct pollfd p = {fd, POLLIN, 0};
  int n;
  do {
    n = poll(&p, 1, 5000);
  } while (n < 0 && errno == EINTR);
  return n;
}

int main(void) {
  if (wait_readable(0) > 0) sleep(1);
  return 0;
}
