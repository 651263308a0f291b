/* Writing a file and waiting until the disk has it. SUSPECT_FOLDER says where. */
#include "suspect.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIZE = 64 << 20 };
static char path[512], *contents;

bool suspect_prepare(void) {
  const char *folder = getenv("SUSPECT_FOLDER");
  contents = malloc(SIZE);
  if (!folder || !contents) {
    fputs("SUSPECT_FOLDER is not set\n", stderr);
    return false;
  }
  memset(contents, 'x', SIZE);
  snprintf(path, sizeof path, "%s/suspect-file.%ld", folder, (long)getpid());
  return true;
}

bool suspect_work(void) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  bool right = fd >= 0 && write(fd, contents, SIZE) == SIZE && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  unlink(path);
  return right;
}
