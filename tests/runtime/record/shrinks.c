/* A loop that tries to shrink all memory that it has as files, as a program with a hole in it might; its own by the descriptor of
 * its mapping, where it may open that. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void hold(void) { nanosleep(&(struct timespec){.tv_nsec = 60000000}, NULL); }

static unsigned shrink_mapping(void) {
  unsigned shrunk = 0;
  char line[512], path[64];
  unsigned long start, end;
  FILE *maps = fopen("/proc/self/maps", "r");
  while (maps && fgets(line, sizeof line, maps)) {
    if (!strstr(line, "/memfd:") || sscanf(line, "%lx-%lx", &start, &end) != 2) continue;
    snprintf(path, sizeof path, "/proc/self/map_files/%lx-%lx", start, end);
    int fd = open(path, O_RDWR);
    if (fd < 0) continue;
    shrunk += ftruncate(fd, 0) == 0;
    close(fd);
  }
  if (maps) fclose(maps);
  return shrunk;
}

static void shrink_all(void) {
  unsigned found = 0, shrunk = 0;
  for (int fd = 3; fd < 1024; fd++) {
    char link[64], name[64] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (readlink(link, name, sizeof name - 1) < 0 || strncmp(name, "/memfd:", 7) != 0) continue;
    found++;
    shrunk += ftruncate(fd, 0) == 0;
  }
  shrunk += shrink_mapping();
  printf("%s %u\n", found ? "found" : "none", shrunk);
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
