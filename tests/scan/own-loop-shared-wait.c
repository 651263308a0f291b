// One helper around poll(): in the loop it is the loop's wait, below a callback it holds the loop.
#include <poll.h>
#include <stdlib.h>

struct watch {
  void (*ready)(int fd);
  int fd;
};
static struct watch *watches[2];

static int wait_for(struct pollfd *what, unsigned long count, int timeout) {
  return poll(what, count, timeout); // expect: warning wait.poll path: on_ready > wait_one > wait_for loop: own
}

static int wait_one(int fd) {
  struct pollfd one = {fd, POLLOUT, 0};
  return wait_for(&one, 1, 200);
}

static void on_ready(int fd) { wait_one(fd); }

int main(void) {
  struct pollfd all[2];
  for (int i = 0; i < 2; i++) {
    watches[i] = malloc(sizeof *watches[i]);
    watches[i]->ready = on_ready;
  }
  while (wait_for(all, 2, -1) > 0)
    for (int i = 0; i < 2; i++)
      if (all[i].revents) watches[i]->ready(watches[i]->fd);
}
