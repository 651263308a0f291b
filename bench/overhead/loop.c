/* loop KIND COUNT: COUNT times the same small step, for counting what the recorder adds to it.
 *
 *   wait   an iteration: epoll_wait with one descriptor that is ready
 *   read   an iteration, and in it sixteen reads of a non-blocking pipe that is empty
 *   block  the same of a blocking pipe that holds a byte: sixteen writes and sixteen reads
 *   clock  two reads of the clock
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { CALLS = 16 };

static int ends[2];

static void read_empty(void) {
  char byte;
  for (int i = 0; i < CALLS; i++)
    if (read(ends[0], &byte, 1) != -1) abort();
}

static void pass_bytes(void) {
  char byte;
  for (int i = 0; i < CALLS; i++)
    if (write(ends[1], "x", 1) != 1 || read(ends[0], &byte, 1) != 1) abort();
}

static void nothing(void) {}

static void run(int file, void (*callback)(void), long count) {
  struct epoll_event event;
  for (long i = 0; i < count; i++) {
    if (epoll_wait(file, &event, 1, -1) != 1) abort();
    callback();
  }
}

static void read_clock(long count) {
  struct timespec t;
  for (long i = 0; i < 2 * count; i++) clock_gettime(CLOCK_MONOTONIC, &t);
}

int main(int argc, char **argv) {
  const char *kind = argc > 1 ? argv[1] : "";
  long count = argc > 2 ? atol(argv[2]) : 0;
  struct epoll_event ready = {.events = EPOLLIN};
  int file = epoll_create1(EPOLL_CLOEXEC), event = eventfd(1, EFD_CLOEXEC);
  if (file < 0 || event < 0 || epoll_ctl(file, EPOLL_CTL_ADD, event, &ready) != 0) return 2;
  if (pipe2(ends, strcmp(kind, "read") == 0 ? O_NONBLOCK : 0) != 0) return 2;
  if (strcmp(kind, "wait") == 0)
    run(file, nothing, count);
  else if (strcmp(kind, "read") == 0)
    run(file, read_empty, count);
  else if (strcmp(kind, "block") == 0)
    run(file, pass_bytes, count);
  else if (strcmp(kind, "clock") == 0)
    read_clock(count);
  else
    return 2;
  return 0;
}
