/* Percent-encoding of all but unreserved characters and slashes. */
#include "base/uri.h"

#include "base/strbuf.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* What a path segment may hold stays, but for a colon, which would make a scheme of what stands before it. */
const char *uri_of_path(bs_arena *arena, const char *path) {
  bs_strbuf uri = BS_STRBUF_INIT;
  if (*path == '/') bs_strbuf_adds(&uri, "file://");
  for (; *path; path++) {
    unsigned char c = (unsigned char)*path;
    if (isalnum(c) || strchr("-._~/!$&'()*+,;=@", c))
      bs_strbuf_addc(&uri, *path);
    else
      bs_strbuf_addf(&uri, "%%%02X", c);
  }
  const char *copy = bs_arena_strndup(arena, uri.text, uri.length);
  bs_strbuf_fini(&uri);
  return copy;
}

static int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = (char)tolower((unsigned char)c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Writes the text with its %XX undone; false when one is none, or is a NUL. */
static bool decode(const char *text, char *to) {
  for (; *text; text++) {
    if (*text != '%') {
      *to++ = *text;
      continue;
    }
    int high = hex_value(text[1]), low = high < 0 ? -1 : hex_value(text[2]);
    if (low < 0 || high * 16 + low == 0) return false;
    *to++ = (char)(high * 16 + low);
    text += 2;
  }
  *to = 0;
  return true;
}

const char *uri_to_path(bs_arena *arena, const char *uri) {
  if (strncmp(uri, "file://", 7) != 0) return NULL;
  const char *path = strchr(uri + 7, '/'); /* behind the host: empty or "localhost" */
  if (!path) return NULL;
  char *decoded = bs_arena_alloc(arena, strlen(path) + 1);
  return decode(path, decoded) ? decoded : NULL;
}
