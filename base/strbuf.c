/* An empty buffer points to a shared zero byte, so that its text is never NULL. */
#include "base/strbuf.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char bs_strbuf_empty[1];

void bs_strbuf_fini(bs_strbuf *buffer) {
  if (buffer->capacity) free(buffer->text);
  *buffer = (bs_strbuf)BS_STRBUF_INIT;
}

void bs_strbuf_clear(bs_strbuf *buffer) {
  buffer->length = 0;
  if (buffer->capacity) buffer->text[0] = 0;
}

void bs_strbuf_reserve(bs_strbuf *buffer, size_t length) {
  size_t need = buffer->length + length + 1;
  if (need <= buffer->capacity) return;
  size_t capacity = buffer->capacity ? buffer->capacity * 2 : 64;
  if (capacity < need) capacity = need;
  buffer->text = bs_realloc(buffer->capacity ? buffer->text : NULL, capacity);
  buffer->capacity = capacity;
  buffer->text[buffer->length] = 0;
}

void bs_strbuf_add(bs_strbuf *buffer, const void *bytes, size_t length) {
  if (!length) return;
  bs_strbuf_reserve(buffer, length);
  memcpy(buffer->text + buffer->length, bytes, length);
  buffer->length += length;
  buffer->text[buffer->length] = 0;
}

void bs_strbuf_adds(bs_strbuf *buffer, const char *text) { bs_strbuf_add(buffer, text, strlen(text)); }

void bs_strbuf_addc(bs_strbuf *buffer, char c) { bs_strbuf_add(buffer, &c, 1); }

void bs_strbuf_vaddf(bs_strbuf *buffer, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int length = vsnprintf(NULL, 0, format, args);
  if (length > 0) {
    bs_strbuf_reserve(buffer, (size_t)length);
    vsnprintf(buffer->text + buffer->length, (size_t)length + 1, format, again);
    buffer->length += (size_t)length;
  }
  va_end(again);
}

void bs_strbuf_addf(bs_strbuf *buffer, const char *format, ...) {
  va_list args;
  va_start(args, format);
  bs_strbuf_vaddf(buffer, format, args);
  va_end(args);
}

char *bs_strbuf_take(bs_strbuf *buffer) {
  char *text = buffer->capacity ? buffer->text : bs_strdup("");
  *buffer = (bs_strbuf)BS_STRBUF_INIT;
  return text;
}

enum { MAX_FILE = 1 << 30, MAX_ENDLESS = 64 << 20 /* of a device or a pipe */ };

int bs_strbuf_read_file(bs_strbuf *buffer, const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  struct stat st = {0};
  size_t most = MAX_ENDLESS;
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) most = MAX_FILE;
  if (st.st_size > 0 && st.st_size < MAX_FILE) bs_strbuf_reserve(buffer, (size_t)st.st_size + 2);
  ssize_t n = 0;
  size_t start = buffer->length;
  do {
    if (buffer->length - start > most) {
      errno = EFBIG;
      n = -1;
      break;
    }
    if (buffer->capacity - buffer->length < 2) bs_strbuf_reserve(buffer, 4096); /* the end takes a byte */
    n = read(fd, buffer->text + buffer->length, buffer->capacity - buffer->length - 1);
    if (n > 0) buffer->length += (size_t)n;
  } while (n > 0 || (n < 0 && errno == EINTR));
  int saved = errno;
  buffer->text[buffer->length] = 0;
  close(fd);
  errno = saved;
  return n < 0 ? -1 : 0;
}
