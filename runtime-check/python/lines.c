/* CPython's three kinds of tables from instructions to lines: Objects/lnotab_notes.txt of 3.8 to 3.10, and
 * Objects/locations.md of 3.11. */
#include "runtime-check/python/layout.h"

#include <limits.h>

typedef struct reader {
  const unsigned char *bytes;
  size_t length, at;
} reader;

static unsigned byte_of(reader *r) { return r->at < r->length ? r->bytes[r->at++] : 0; }

static unsigned line_or_none(int64_t line) { return line > 0 && line <= INT_MAX ? (unsigned)line : 0; }

/* Six bits a byte, the lowest first; bit 6 says that there is more. */
static uint32_t varint(reader *r) {
  uint32_t value = 0;
  unsigned shift = 0, byte;
  do {
    byte = byte_of(r);
    if (shift < 32) value |= (uint32_t)(byte & 63) << shift;
    shift += 6;
  } while (byte & 64 && r->at < r->length);
  return value;
}

static int64_t signed_varint(reader *r) {
  uint32_t value = varint(r);
  return value & 1 ? -(int64_t)(value >> 1) : (int64_t)(value >> 1);
}

enum { LOCATION_LONG = 14, LOCATION_NO_COLUMNS = 13, LOCATION_ONE_LINE = 10, LOCATION_NONE = 15 };

/* Leaves the reader behind the entry; the lines that it goes on by. */
static int64_t location_delta(reader *r, unsigned kind) {
  int64_t delta = 0;
  if (kind == LOCATION_LONG) {
    delta = signed_varint(r);
    for (int i = 0; i < 3; i++) varint(r); /* the end's line, and two columns */
  } else if (kind == LOCATION_NO_COLUMNS) {
    delta = signed_varint(r);
  } else if (kind >= LOCATION_ONE_LINE && kind < LOCATION_NO_COLUMNS) {
    delta = kind - LOCATION_ONE_LINE;
    r->at += 2;
  } else if (kind < LOCATION_ONE_LINE) {
    r->at++;
  }
  return delta;
}

static unsigned line_in_locations(int64_t line, reader *r, uint64_t offset) {
  uint64_t end = 0;
  while (r->at < r->length) {
    unsigned head = byte_of(r), kind = head >> 3 & 15;
    line += location_delta(r, kind);
    end += ((head & 7) + 1) * 2;
    if (offset < end) return kind == LOCATION_NONE ? 0 : line_or_none(line);
  }
  return 0;
}

static unsigned line_in_ranges(int64_t line, reader *r, uint64_t offset) {
  uint64_t end = 0;
  while (r->at + 1 < r->length) {
    end += byte_of(r);
    int delta = (signed char)byte_of(r);
    if (delta != -128) line += delta;
    if (offset < end) return delta == -128 ? 0 : line_or_none(line);
  }
  return 0;
}

static unsigned line_in_lnotab(int64_t line, reader *r, uint64_t offset) {
  uint64_t at = 0;
  while (r->at + 1 < r->length) {
    at += byte_of(r);
    if (at > offset) break;
    line += (signed char)byte_of(r);
  }
  return line_or_none(line);
}

unsigned python_line_of(enum python_lines how, int first_line, const unsigned char *table, size_t length,
                        uint64_t offset) {
  reader r = {table, length, 0};
  switch (how) {
  case PYTHON_LINES_LNOTAB: return line_in_lnotab(first_line, &r, offset);
  case PYTHON_LINES_RANGES: return line_in_ranges(first_line, &r, offset);
  case PYTHON_LINES_LOCATIONS: return line_in_locations(first_line, &r, offset);
  }
  return 0;
}
