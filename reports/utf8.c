#include "reports/utf8.h"

#include <stdbool.h>

static bool between(unsigned char c, unsigned char low, unsigned char high) { return c >= low && c <= high; }

size_t utf8_length(const char *text, size_t length) {
  const unsigned char *p = (const unsigned char *)text;
  if (!length) return 0;
  if (p[0] < 0x80) return 1;
  size_t need = between(p[0], 0xc2, 0xdf)   ? 2
                : between(p[0], 0xe0, 0xef) ? 3
                : between(p[0], 0xf0, 0xf4) ? 4
                                            : 0;
  if (!need || need > length) return 0;
  unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
  unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
  if (!between(p[1], low, high)) return 0;
  for (size_t i = 2; i < need; i++)
    if (!between(p[i], 0x80, 0xbf)) return 0;
  return need;
}
