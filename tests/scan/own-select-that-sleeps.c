/* select() without descriptors is a sleep: what turns around it is no event loop, so nothing here is a callback. The twin
 * waits for a descriptor, and is one. */
#include <stdlib.h>
#include <sys/select.h>
#include <sys/time.h>
#include <unistd.h>

static int tries;

static int ask(void) {
  sleep(1); // expect-none
  return tries++ > 3;
}

static void answer(void) {
  system("date"); // expect: error process.system
}

static void other(void) { tries = 0; }

static void wait_until_it_is(void) {
  for (;;) {
    struct timeval pause = {1, 0};
    if (ask()) break;
    if (select(0, NULL, NULL, NULL, &pause)) break; // expect-none
  }
}

int main(int argc, char **argv) {
  (void)argv;
  wait_until_it_is();
  for (;;) {
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(argc, &readable);
    FD_SET(0, &readable);
    select(argc + 1, &readable, NULL, NULL, NULL);
    if (FD_ISSET(argc, &readable)) answer();
    if (FD_ISSET(0, &readable)) other();
  }
}
