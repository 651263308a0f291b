/* A temporary file beside the old one, then a rename, which is atomic on one file system. */
#include "base/file.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
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

/* The name that the writer was given is what errors tell. */
static bool fail(const bs_file_writer *w, bs_error *error) {
  return bs_error_set(error, "cannot write %s: %s", w->file, strerror(errno));
}

/* ---- those that are open: a process that ends without memory takes its temporary files away ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bs_file_writer *opened;

/* The lock is kept: until the process has ended, no other thread makes a file. */
static void forget_all(void) {
  pthread_mutex_lock(&lock);
  for (const bs_file_writer *w = opened; w; w = w->next)
    if (w->owner == getpid()) unlink(w->temporary); /* a child by fork has the list, but not the files */
}

static void make_temporary(bs_file_writer *w) {
  bs_mem_before_end(forget_all);
  pthread_mutex_lock(&lock);
  w->fd = mkostemp(w->temporary, O_CLOEXEC);
  if (w->fd >= 0) {
    w->owner = getpid();
    w->next = opened;
    opened = w;
  }
  pthread_mutex_unlock(&lock);
}

static void leave(const bs_file_writer *w) {
  pthread_mutex_lock(&lock);
  for (bs_file_writer **at = &opened; *at; at = &(*at)->next) {
    if (*at != w) continue;
    *at = w->next;
    break;
  }
  pthread_mutex_unlock(&lock);
}

bool bs_file_open(bs_file_writer *w, const char *file, bs_error *error) {
  *w = (bs_file_writer){.file = file, .fd = -1};
  if (!is_regular_or_new(file)) { /* a device or pipe cannot be replaced by a rename */
    w->fd = open(file, O_WRONLY | O_CLOEXEC);
    return w->fd >= 0 || fail(w, error);
  }
  char *whole = realpath(file, NULL); /* a symbolic link stays one: its target is replaced */
  w->target = bs_strdup(whole ? whole : file);
  free(whole);
  bs_strbuf name = BS_STRBUF_INIT;
  bs_strbuf_addf(&name, "%s.XXXXXX", w->target);
  w->temporary = bs_strbuf_take(&name);
  make_temporary(w);
  return w->fd >= 0 || fail(w, error);
}

bool bs_file_add(bs_file_writer *w, const bs_strbuf *text, bs_error *error) {
  return write_all(w->fd, text) || fail(w, error);
}

static bool finish(bs_file_writer *w, bs_error *error) {
  mode_t mask = umask(0);
  umask(mask);
  bool good = !w->temporary || fchmod(w->fd, 0666 & ~mask) == 0;
  good = close(w->fd) == 0 && good;
  w->fd = -1;
  if (good && w->temporary) good = rename(w->temporary, w->target) == 0;
  return good || fail(w, error);
}

bool bs_file_close(bs_file_writer *w, bool whole, bs_error *error) {
  bool was_open = w->fd >= 0, good = whole && was_open && finish(w, error);
  if (w->fd >= 0) close(w->fd);
  if (!good && was_open && w->temporary) unlink(w->temporary);
  leave(w);
  free(w->temporary);
  free(w->target);
  return good;
}

bool bs_file_replace(const char *file, const bs_strbuf *text, bs_error *error) {
  bs_file_writer w;
  bool good = bs_file_open(&w, file, error) && bs_file_add(&w, text, error);
  return bs_file_close(&w, good, error);
}
