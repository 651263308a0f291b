/* What the callbacks call in another unit. */
#include "cases.h"

#include <unistd.h>

int save(int fd) {
  static char block[1 << 20];
  for (int i = 0; i < 64; i++)
    if (write(fd, block, sizeof block) < 0) return -1;
  return fsync(fd);
}
int count(int n) { return n + 1; }
