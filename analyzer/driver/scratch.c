/* The cleaner is a child that makes the folder, says its name, and reads a socket: when the other end is
 * gone, so is the process, and it removes. So there is no moment at which a folder is there and nobody
 * removes it. */
#include "analyzer/driver/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at) {
  (void)st;
  (void)kind;
  (void)at;
  (void)remove(path);
  return 0;
}

enum { LETTERS = 6 /* of mkdtemp(3) */ };
typedef struct made {
  int problem; /* errno, or 0 */
  char letters[LETTERS]; /* the end of the folder's name */
} made;

static char *letters_of(char *path) { return path + strlen(path) - LETTERS; }

/* Nobody but the end of the other process shall end this one. */
static void serve_and_clean(char *path, int other) {
  static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_IGN);
  setsid();
  int null = open("/dev/null", O_RDWR); /* nor shall a reader of our output wait for this one */
  for (int fd = 0; fd < 3; fd++) dup2(null, fd);
  made m = {.problem = mkdtemp(path) ? 0 : errno};
  memcpy(m.letters, letters_of(path), LETTERS);
  bool said = send(other, &m, sizeof m, MSG_NOSIGNAL) == (ssize_t)sizeof m;
  char c;
  while (said && read(other, &c, 1) < 0 && errno == EINTR) {
  }
  if (!m.problem) nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  _exit(0);
}

bool scratch_make(scratch *s, bs_arena *arena, bs_error *error) {
  const char *parent = getenv("TMPDIR");
  char *path = bs_arena_printf(arena, "%s/blockscan-XXXXXX", parent && *parent == '/' ? parent : "/tmp");
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return bs_error_set(error, "cannot make a pair of sockets: %s", strerror(errno));
  *s = (scratch){path, fork(), ends[1]};
  if (s->cleaner == 0) {
    close(ends[1]);
    serve_and_clean(path, ends[0]);
  }
  if (s->cleaner < 0) {
    bs_error_set(error, "cannot start a process: %s", strerror(errno));
    close(ends[0]);
    close(ends[1]);
    *s = (scratch){0};
    return false;
  }
  close(ends[0]);
  made m = {.problem = EIO};
  ssize_t n;
  do n = recv(ends[1], &m, sizeof m, 0);
  while (n < 0 && errno == EINTR);
  if (n == (ssize_t)sizeof m && !m.problem) {
    memcpy(letters_of(path), m.letters, LETTERS);
    return true;
  }
  bs_error_set(error, "cannot make a folder %s: %s", path, strerror(m.problem));
  scratch_remove(s);
  return false;
}

void scratch_remove(scratch *s) {
  if (!s->path) return;
  close(s->alive);
  while (waitpid(s->cleaner, NULL, 0) < 0 && errno == EINTR) {
  }
  *s = (scratch){0};
}
