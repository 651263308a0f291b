// A main loop that calls its handlers by name has no pointers to follow; what the cycle calls runs on it all the same.
#include <poll.h>
#include <unistd.h>

static int fds[2];

static void check_clock(void) { sleep(1); } // expect: error sleep.sleep loop: own

static void handle_input(int fd) {
  char c;
  if (read(fd, &c, 1) == 1) check_clock();
}

int main(void) {
  sleep(2); // expect-none
  struct pollfd set[2] = {{fds[0], POLLIN, 0}, {fds[1], POLLIN, 0}};
  for (;;) {
    if (poll(set, 2, 1000) < 0) break;
    for (int i = 0; i < 2; i++)
      if (set[i].revents & POLLIN) handle_input(set[i].fd);
  }
  sleep(3); // expect-none
}
