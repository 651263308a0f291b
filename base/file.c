/* A temporary file beside the old one, then a rename, which is atomic on one file system. */
#include "base/file.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int fd, const bs_strbuf *text) {
  for (size_t done = 0; done < text->length;) {
    ssize_t n = write(fd, text->text + done, text->length - done);
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) done += (size_t)n;
  }
  return true;
}

static bool is_regular_or_new(const char *path) {
  struct stat st;
  return stat(path, &st) != 0 || S_ISREG(st.st_mode);
}

/* A device or pipe cannot be replaced by a rename: it is written to as it is. */
static bool write_in_place(const char *path, const bs_strbuf *text, bs_error *error) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  bool good = fd >= 0 && write_all(fd, text);
  if (!good) bs_error_set(error, "cannot write %s: %s", path, strerror(errno));
  if (fd >= 0 && close(fd) != 0 && good)
    good = bs_error_set(error, "cannot write %s: %s", path, strerror(errno));
  return good;
}

static bool write_file(bs_arena *arena, const char *path, const bs_strbuf *text, bs_error *error) {
  if (!is_regular_or_new(path)) return write_in_place(path, text, error);
  char *whole = realpath(path, NULL); /* a symbolic link stays one: its target is replaced */
  const char *target = whole ? whole : path;
  char *temporary = bs_arena_printf(arena, "%s.XXXXXX", target);
  int fd = mkostemp(temporary, O_CLOEXEC);
  bool good = fd >= 0;
  if (good) {
    mode_t mask = umask(0);
    umask(mask);
    good = write_all(fd, text) && fchmod(fd, 0666 & ~mask) == 0;
    if (!good) bs_error_set(error, "cannot write %s: %s", path, strerror(errno));
    if (close(fd) != 0) good = false;
    if (good) good = rename(temporary, target) == 0;
  }
  if (!good) {
    bs_error_set(error, "cannot write %s: %s", path, strerror(errno));
    if (fd >= 0) unlink(temporary);
  }
  free(whole);
  return good;
}

bool bs_file_replace(const char *file, const bs_strbuf *text, bs_error *error) {
  bs_arena arena = {0};
  bool good = write_file(&arena, file, text, error);
  bs_arena_fini(&arena);
  return good;
}
