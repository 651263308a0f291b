#include "lib/store.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int store_append(const char *path, const char *line) {
  int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0644);
  if (fd < 0) return -1;
  int good = write(fd, line, strlen(line)) == (ssize_t)strlen(line) && fsync(fd) == 0;
  close(fd);
  return good ? 0 : -1;
}
