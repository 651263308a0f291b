/* Goes over the text of an interface and blanks each `export` where it is the word and not a part of a
 * literal. */
#include "analyzer/frontend/exports.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

static bool starts(const char *at, const char *end, const char *word) {
  size_t length = strlen(word);
  return (size_t)(end - at) >= length && memcmp(at, word, length) == 0;
}

static bool is_named(const char *at, const char *end, const char *word) {
  size_t length = strlen(word);
  return starts(at, end, word) && (at + length == end || !is_word(at[length]));
}

/* Behind a comment or a literal that begins here; `at` itself where none does. */
static const char *skip_text(const char *at, const char *end) {
  if (starts(at, end, "//")) {
    const char *line = memchr(at, '\n', (size_t)(end - at));
    return line ? line : end;
  }
  if (starts(at, end, "/*")) {
    for (at += 2; at < end && !starts(at, end, "*/"); at++) {
    }
    return at < end ? at + 2 : end;
  }
  if (*at != '"' && *at != '\'') return at;
  char quote = *at++;
  while (at < end && *at != quote && *at != '\n') at += *at == '\\' && at + 1 < end ? 2 : 1;
  return at < end ? at + 1 : end;
}

/* What stands in the place of an `export`; `next` is what follows it. */
static const char *replacement(const char *next, const char *end) {
  while (next < end && isspace((unsigned char)*next)) next++;
  if (next == end || is_named(next, end, "module") || is_named(next, end, "import")) return "export";
  return *next == '{' ? "extern \"C++\"" : "      ";
}

void exports_remove(const char *text, size_t length, bs_strbuf *out) {
  const char *end = text + length;
  for (const char *at = text; at < end;) {
    const char *next = skip_text(at, end);
    if (next == at && is_word(*at)) {
      while (next < end && is_word(*next)) next++;
      bool found = next - at == 6 && memcmp(at, "export", 6) == 0;
      const char *word = found ? replacement(next, end) : NULL;
      if (word) bs_strbuf_adds(out, word);
      if (!word) bs_strbuf_add(out, at, (size_t)(next - at));
    } else {
      if (next == at) next++;
      bs_strbuf_add(out, at, (size_t)(next - at));
    }
    at = next;
  }
}
