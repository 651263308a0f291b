// It remembers what is to be written, and writes nothing.
#include "own.h"

static int waiting;

int sync_file_range(int fd, long offset, long bytes, unsigned flags) {
  (void)offset, (void)bytes, (void)flags;
  return waiting = fd;
}

int fdatawrite(int fd) { return sync_file_range(fd, 0, 0, 0); }
