/* The algorithm is that of github/codeql-action, src/fingerprints.ts: a rolling hash, modulo 2^64 with
 * multiplier 37, over the 100 UTF-16 code units that follow a line's beginning, blanks and tabs left out and
 * line ends made one; a mark and zeros stand behind the end of the file. Lines of one hash are numbered. */
#include "reports/line_hash.h"

#include "base/map.h"
#include "base/utf8.h"
#include "base/vec.h"

#include <stdio.h>
#include <string.h>

enum { WINDOW = 100, MULTIPLIER = 37, END_OF_FILE = 65535 };

typedef struct hasher {
  uint16_t window[WINDOW];
  uint32_t starts[WINDOW]; /* the line that began with the unit in the window, from 1; 0 none */
  unsigned at;
  uint64_t hash, first_factor; /* first_factor: MULTIPLIER to the power of WINDOW */
  bool at_start, after_return;
  uint32_t line;
  bs_map counts;
  BS_VEC(char *) made;
} hasher;

static void emit(hasher *h) {
  if (!h->starts[h->at]) return;
  uint32_t seen = 0;
  bs_map_find(&h->counts, h->hash, &seen);
  bs_map_set(&h->counts, h->hash, seen + 1);
  char text[32];
  snprintf(text, sizeof text, "%llx:%u", (unsigned long long)h->hash, seen + 1);
  *bs_vec_push(&h->made) = bs_strdup(text);
  h->starts[h->at] = 0;
}

static void push(hasher *h, uint16_t unit) {
  h->hash = h->hash * MULTIPLIER + unit - h->first_factor * h->window[h->at];
  h->window[h->at] = unit;
  h->at = (h->at + 1) % WINDOW;
}

static void add_unit(hasher *h, uint16_t unit) {
  bool is_second = h->after_return && unit == '\n';
  h->after_return = false;
  if (unit == ' ' || unit == '\t' || is_second) return;
  if (unit == '\r') {
    h->after_return = true;
    unit = '\n';
  }
  emit(h);
  if (h->at_start) h->starts[h->at] = ++h->line;
  h->at_start = unit == '\n';
  push(h, unit);
}

/* The code point of a well-formed character of `length` bytes. */
static uint32_t decode(const char *text, size_t length) {
  const unsigned char *p = (const unsigned char *)text;
  uint32_t code = length == 1 ? p[0] : p[0] & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; i++) code = code << 6 | (p[i] & 0x3f);
  return code;
}

static void add_code_point(hasher *h, uint32_t code) {
  if (code < 0x10000) {
    add_unit(h, (uint16_t)code);
    return;
  }
  code -= 0x10000;
  add_unit(h, (uint16_t)(0xd800 + (code >> 10)));
  add_unit(h, (uint16_t)(0xdc00 + (code & 0x3ff)));
}

char **line_hashes(const char *text, size_t length, uint32_t *count) {
  hasher h = {.first_factor = 1, .at_start = true};
  for (int i = 0; i < WINDOW; i++) h.first_factor *= MULTIPLIER;
  for (size_t i = 0; i < length;) {
    size_t n = utf8_length(text + i, length - i);
    add_code_point(&h, n ? decode(text + i, n) : 0xfffd);
    i += n ? n : utf8_broken(text + i, length - i);
  }
  add_unit(&h, END_OF_FILE);
  for (int i = 0; i < WINDOW; i++) {
    emit(&h);
    push(&h, 0);
  }
  bs_map_fini(&h.counts);
  *count = h.made.count;
  return h.made.items;
}
