/* A growing byte buffer whose text is never NULL (after git's strbuf). */
#ifndef BLOCKSCAN_BASE_STRBUF_H
#define BLOCKSCAN_BASE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

typedef struct bs_strbuf {
  char *text; /* NUL-terminated at `length` */
  size_t length, capacity;
} bs_strbuf;

/* What an empty buffer points to; nobody writes to it. */
extern char bs_strbuf_empty[1];
#define BS_STRBUF_INIT {bs_strbuf_empty, 0, 0}

/* Frees the text; the buffer is empty and ready again. */
void bs_strbuf_fini(bs_strbuf *buffer);
/* Empties the buffer and keeps its memory. */
void bs_strbuf_clear(bs_strbuf *buffer);
/* These append: bytes, a string, a character, a formatted string. What is appended must not lie in the
 * buffer. */
void bs_strbuf_add(bs_strbuf *buffer, const void *bytes, size_t length);
void bs_strbuf_adds(bs_strbuf *buffer, const char *text);
void bs_strbuf_addc(bs_strbuf *buffer, char c);
void bs_strbuf_addf(bs_strbuf *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bs_strbuf_vaddf(bs_strbuf *buffer, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* Makes room for `length` more bytes. */
void bs_strbuf_reserve(bs_strbuf *buffer, size_t length);
/* The text as a heap string that the caller frees; the buffer is empty afterwards. */
char *bs_strbuf_take(bs_strbuf *buffer);
/* Appends the whole file. Returns 0, or -1 with errno set: EFBIG beyond 1 GiB, as of a device without an end.
 */
int bs_strbuf_read_file(bs_strbuf *buffer, const char *path);

#endif
