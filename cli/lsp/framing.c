/* Messages behind a Content-Length header, as they come in pieces. */
#include "cli/lsp/framing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HEADERS_MAX = 4096 };

void lsp_framing_fini(lsp_framing *framing) { bs_strbuf_fini(&framing->bytes); }

void lsp_framing_add(lsp_framing *framing, const void *bytes, size_t length) {
  if (framing->used) {
    framing->bytes.length -= framing->used;
    memmove(framing->bytes.text, framing->bytes.text + framing->used, framing->bytes.length);
    framing->used = 0;
  }
  if (!framing->bytes.text) framing->bytes = (bs_strbuf)BS_STRBUF_INIT;
  bs_strbuf_add(&framing->bytes, bytes, length);
}

/* A decimal number that fills the line. */
static bool read_length(const char *text, const char *end, size_t *length) {
  *length = 0;
  while (text < end && (*text == ' ' || *text == '\t')) text++;
  while (end > text && (end[-1] == ' ' || end[-1] == '\t')) end--;
  if (text == end) return false;
  for (; text < end; text++) {
    if (*text < '0' || *text > '9') return false;
    *length = *length * 10 + (size_t)(*text - '0');
    if (*length > LSP_MESSAGE_MAX) return false;
  }
  return true;
}

/* Content-Length of the header lines in front of `end`, each of which ends with CR LF. */
static bool read_headers(const char *text, const char *end, size_t *length) {
  static const char name[] = "Content-Length:";
  bool found = false;
  while (text < end) {
    const char *line_end = memmem(text, (size_t)(end - text), "\r\n", 2);
    if (!line_end) return false;
    if ((size_t)(line_end - text) >= sizeof name - 1 && !strncasecmp(text, name, sizeof name - 1)) {
      if (found || !read_length(text + sizeof name - 1, line_end, length)) return false;
      found = true;
    }
    text = line_end + 2;
  }
  return found;
}

enum lsp_framing_result lsp_framing_next(lsp_framing *framing, const char **text, size_t *length) {
  if (!framing->bytes.length) return LSP_INCOMPLETE;
  const char *start = framing->bytes.text + framing->used;
  size_t left = framing->bytes.length - framing->used;
  const char *blank = memmem(start, left < HEADERS_MAX ? left : HEADERS_MAX, "\r\n\r\n", 4);
  if (!blank) return left < HEADERS_MAX ? LSP_INCOMPLETE : LSP_BROKEN;
  if (!read_headers(start, blank + 2, length)) return LSP_BROKEN;
  size_t head = (size_t)(blank + 4 - start);
  if (left - head < *length) return LSP_INCOMPLETE;
  *text = start + head;
  framing->used += head + *length;
  return LSP_MESSAGE;
}

void lsp_framing_write(bs_strbuf *out, const char *text, size_t length) {
  bs_strbuf_addf(out, "Content-Length: %zu\r\n\r\n", length);
  bs_strbuf_add(out, text, length);
}
