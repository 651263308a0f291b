// A loop over select with a table of handlers by descriptor.
#include <sys/select.h>
#include <unistd.h>

struct slot {
  void (*call)(int fd, void *arg);
  void *arg;
};
static struct slot slots[FD_SETSIZE];
static int highest;

static void on_input(int fd, void *arg) {
  (void)fd, (void)arg;
  sleep(1); // expect: error sleep.sleep path: on_input loop: own
}

static void watch(int fd, void (*call)(int, void *), void *arg) {
  slots[fd] = (struct slot){call, arg};
  if (fd > highest) highest = fd;
}

int main(void) {
  watch(0, on_input, NULL);
  while (1) {
    fd_set ready;
    FD_ZERO(&ready);
    for (int fd = 0; fd <= highest; fd++)
      if (slots[fd].call) FD_SET(fd, &ready);
    if (select(highest + 1, &ready, NULL, NULL, NULL) <= 0) continue;
    for (int fd = 0; fd <= highest; fd++)
      if (FD_ISSET(fd, &ready)) slots[fd].call(fd, slots[fd].arg);
  }
}
