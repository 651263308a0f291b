/* Decodes by the table of well-formed sequences of the Unicode Standard (table 3-7). */
#include "base/utf8.h"

#include <stdbool.h>

static bool between(unsigned char c, unsigned char low, unsigned char high) { return c >= low && c <= high; }

/* Bytes that the first one asks for, 0 when none may begin with it; *low and *high bound the second. */
static size_t need(const unsigned char *p, unsigned char *low, unsigned char *high) {
  *low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
  *high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
  return between(p[0], 0xc2, 0xdf) ? 2 : between(p[0], 0xe0, 0xef) ? 3 : between(p[0], 0xf0, 0xf4) ? 4 : 0;
}

size_t utf8_length(const char *text, size_t length) {
  const unsigned char *p = (const unsigned char *)text;
  unsigned char low, high;
  if (!length) return 0;
  if (p[0] < 0x80) return 1;
  size_t n = need(p, &low, &high);
  if (!n || n > length || !between(p[1], low, high)) return 0;
  for (size_t i = 2; i < n; i++)
    if (!between(p[i], 0x80, 0xbf)) return 0;
  return n;
}

size_t utf8_broken(const char *text, size_t length) {
  const unsigned char *p = (const unsigned char *)text;
  unsigned char low, high;
  size_t n = need(p, &low, &high), i = 1;
  if (!n || length < 2 || !between(p[1], low, high)) return 1;
  while (++i < n && i < length && between(p[i], 0x80, 0xbf)) {
  }
  return i;
}
