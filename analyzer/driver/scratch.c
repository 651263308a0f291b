/* The cleaner is a child that reads a pipe: when the last writer is gone, so is the process, and it removes.
 */
#include "analyzer/driver/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at) {
  (void)st;
  (void)kind;
  (void)at;
  (void)remove(path);
  return 0;
}

/* Nobody but the end of the other process shall end this one. */
static void clean_up(const char *path, int ended) {
  static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_IGN);
  setsid();
  int null = open("/dev/null", O_RDWR); /* nor shall a reader of our output wait for this one */
  for (int fd = 0; fd < 3; fd++) dup2(null, fd);
  char c;
  while (read(ended, &c, 1) < 0 && errno == EINTR) {
  }
  nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  _exit(0);
}

bool scratch_make(scratch *s, bs_arena *arena, bs_error *error) {
  const char *parent = getenv("TMPDIR");
  char *path = bs_arena_printf(arena, "%s/blockscan-XXXXXX", parent && *parent == '/' ? parent : "/tmp");
  int ends[2];
  if (!mkdtemp(path)) return bs_error_set(error, "cannot make a folder %s: %s", path, strerror(errno));
  if (pipe2(ends, O_CLOEXEC) != 0) {
    bs_error_set(error, "cannot make a pipe: %s", strerror(errno));
    rmdir(path);
    return false;
  }
  *s = (scratch){path, fork(), ends[1]};
  if (s->cleaner == 0) {
    close(ends[1]);
    clean_up(path, ends[0]);
  }
  close(ends[0]);
  if (s->cleaner > 0) return true;
  bs_error_set(error, "cannot start a process: %s", strerror(errno));
  close(ends[1]);
  rmdir(path);
  *s = (scratch){0};
  return false;
}

void scratch_remove(scratch *s) {
  if (!s->path) return;
  close(s->alive);
  while (waitpid(s->cleaner, NULL, 0) < 0 && errno == EINTR) {
  }
  *s = (scratch){0};
}
