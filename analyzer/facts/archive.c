/* Archives of facts: a library's units in one file, so that every program that links it takes one input.
 *
 *   "BSARCHV", version     8 bytes
 *   units                  how many, 8 bytes, little-endian
 *   for each unit          the length of its facts, 8 bytes; the facts as codec.c writes them
 *
 * Facts have a hash of their own, so the archive has none. */
#include "analyzer/facts/archive.h"

#include <string.h>

static const char magic[8] = {'B', 'S', 'A', 'R', 'C', 'H', 'V', 1};
enum { NUMBER = 8, HEAD = sizeof magic + NUMBER };

static void add_number(bs_strbuf *out, uint64_t number) {
  for (int i = 0; i < NUMBER; i++) bs_strbuf_addc(out, (char)(number >> 8 * i & 0xff));
}

static uint64_t read_number(const unsigned char *bytes) {
  uint64_t number = 0;
  for (int i = NUMBER; i-- > 0;) number = number << 8 | bytes[i];
  return number;
}

void facts_archive_begin(bs_strbuf *out, uint64_t units) {
  bs_strbuf_add(out, magic, sizeof magic);
  add_number(out, units);
}

void facts_archive_add(bs_strbuf *out, const void *facts, size_t length) {
  add_number(out, length);
  bs_strbuf_add(out, facts, length);
}

bool facts_is_archive(const void *bytes, size_t length) {
  return length >= sizeof magic && !memcmp(bytes, magic, sizeof magic - 1);
}

bool facts_archive_read(const void *bytes, size_t length, facts_archive_visitor *visit, void *context,
                        bs_error *error) {
  const unsigned char *at = bytes, *end = at + length;
  if (length < HEAD) return bs_error_set(error, "an archive that is cut off");
  if (at[sizeof magic - 1] != magic[sizeof magic - 1])
    return bs_error_set(error, "an archive of version %u; this program reads version %d",
                        at[sizeof magic - 1], magic[sizeof magic - 1]);
  uint64_t units = read_number(at + sizeof magic);
  at += HEAD;
  for (uint64_t i = 0; i < units; i++) {
    uint64_t size = end - at < NUMBER ? UINT64_MAX : read_number(at);
    if (size > (uint64_t)(end - at) - NUMBER) return bs_error_set(error, "an archive that is cut off");
    visit(context, at + NUMBER, (size_t)size);
    at += NUMBER + size;
  }
  return at == end || bs_error_set(error, "an archive with bytes left over behind its units");
}
