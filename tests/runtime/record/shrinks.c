/* A loop that tries to shrink every file that it has inherited, as a program with a hole in it might. */
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static void hold(void) { nanosleep(&(struct timespec){.tv_nsec = 60000000}, NULL); }

static void shrink_all(void) {
  unsigned shrunk = 0;
  for (int fd = 3; fd < 1024; fd++) shrunk += ftruncate(fd, 0) == 0;
  printf("%u\n", shrunk);
}

int main(void) {
  int ends[2];
  if (pipe(ends) != 0) return 1;
  struct pollfd fd = {.fd = ends[0], .events = POLLIN};
  for (int i = 0; i < 60; i++) {
    poll(&fd, 1, 2);
    if (i == 30) shrink_all();
    if (i == 20 || i == 50) hold();
  }
  return 0;
}
