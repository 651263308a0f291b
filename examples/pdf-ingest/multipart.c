/* Takes a form apart: RFC 2046 has the boundaries, RFC 7578 what a file is. */
#include "multipart.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char type[] = "multipart/form-data";

bool multipart_is(const char *content_type) { return !strncasecmp(content_type, type, sizeof type - 1); }

/* "--" and the boundary into `out`; false when there is none, or one longer than the 70 characters of RFC
 * 2046. */
static bool delimiter(const char *content_type, char *out, size_t size) {
  const char *value = strcasestr(content_type, "boundary=");
  if (!value) return false;
  value += strlen("boundary=");
  bool quoted = *value == '"';
  value += quoted;
  size_t length = strcspn(value, quoted ? "\"" : "; \t");
  return length > 0 && length <= 70 && (size_t)snprintf(out, size, "--%.*s", (int)length, value) < size;
}

static const char *find(const char *from, const char *end, const char *text, size_t length) {
  return memmem(from, (size_t)(end - from), text, length);
}

static bool has_file_name(const char *head, size_t length) {
  for (size_t i = 0; i + 9 <= length; i++)
    if (!strncasecmp(head + i, "filename=", 9) || !strncasecmp(head + i, "filename*", 9)) return true;
  return false;
}

bool multipart_file(const char *content_type, const char *body, size_t length, const char **file,
                    size_t *file_length) {
  char mark[80];
  if (!delimiter(content_type, mark, sizeof mark)) return false;
  size_t mark_length = strlen(mark), parts = 0;
  const char *end = body + length, *at = find(body, end, mark, mark_length);
  while (at) {
    at += mark_length;
    if (end - at >= 2 && !memcmp(at, "--", 2)) return parts == 1; /* the last boundary */
    const char *head = find(at, end, "\r\n", 2);
    const char *blank = head ? find(head, end, "\r\n\r\n", 4) : NULL;
    const char *next = blank ? find(blank + 4, end, mark, mark_length) : NULL;
    if (!next || next - (blank + 4) < 2 || memcmp(next - 2, "\r\n", 2)) return false;
    *file = blank + 4;
    *file_length = (size_t)(next - 2 - *file);
    if (has_file_name(head, (size_t)(blank - head))) return true;
    parts++;
    at = next;
  }
  return false;
}
