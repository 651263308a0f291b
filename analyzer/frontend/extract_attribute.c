/* Attributes of functions, and suppression comments. libclang names few attributes: the others are read in
 * the text. */
#include "analyzer/frontend/extract.h"

#include <ctype.h>
#include <string.h>

typedef struct attribute_reader {
  extract *x;
  uint32_t flags;
} attribute_reader;

static bool text_at(extract *x, CXSourceLocation location, const char **text, size_t *length) {
  CXFile file;
  unsigned offset;
  size_t size;
  clang_getSpellingLocation(location, &file, NULL, NULL, &offset);
  const char *contents = file ? clang_getFileContents(x->tu, file, &size) : NULL;
  if (!contents || offset >= size) return false;
  *text = contents + offset;
  *length = 0;
  while (offset + *length < size && (isalnum((unsigned char)(*text)[*length]) || (*text)[*length] == '_'))
    ++*length;
  return true;
}

static bool is_word(const char *text, size_t length, const char *word) {
  while (length && *text == '_') {
    text++;
    length--;
  }
  while (length && text[length - 1] == '_') length--;
  return length == strlen(word) && memcmp(text, word, length) == 0;
}

static enum CXChildVisitResult read_attribute(CXCursor cursor, CXCursor parent, CXClientData data) {
  (void)parent;
  attribute_reader *reader = data;
  if (!clang_isAttribute(cursor.kind)) return CXChildVisit_Break;
  const char *text;
  size_t length;
  if (cursor.kind == CXCursor_AnnotateAttr) {
    CXString spelling = clang_getCursorSpelling(cursor);
    if (strcmp(clang_getCString(spelling), "blockscan::blocking") == 0)
      reader->flags |= FACTS_FUNCTION_BLOCKING;
    if (strcmp(clang_getCString(spelling), "blockscan::nonblocking") == 0)
      reader->flags |= FACTS_FUNCTION_NONBLOCKING;
    if (strcmp(clang_getCString(spelling), "blockscan::entry") == 0) reader->flags |= FACTS_FUNCTION_ENTRY;
    clang_disposeString(spelling);
  } else if (cursor.kind == CXCursor_UnexposedAttr &&
             text_at(reader->x, clang_getRangeStart(clang_getCursorExtent(cursor)), &text, &length)) {
    if (is_word(text, length, "weak")) reader->flags |= FACTS_FUNCTION_WEAK;
    if (is_word(text, length, "noreturn") || is_word(text, length, "Noreturn"))
      reader->flags |= FACTS_FUNCTION_NORETURN;
  }
  return CXChildVisit_Continue;
}

static enum CXChildVisitResult find_alias(CXCursor cursor, CXCursor parent, CXClientData data) {
  (void)parent;
  attribute_reader *reader = data;
  const char *text;
  size_t length;
  if (!clang_isAttribute(cursor.kind)) return CXChildVisit_Break;
  if (!text_at(reader->x, clang_getRangeStart(clang_getCursorExtent(cursor)), &text, &length) ||
      !is_word(text, length, "alias"))
    return CXChildVisit_Continue;
  reader->flags = 1;
  return CXChildVisit_Break;
}

bool attribute_is_alias(extract *x, CXCursor function) {
  attribute_reader reader = {.x = x};
  clang_visitChildren(function, find_alias, &reader);
  return reader.flags != 0;
}

/* These are part of the type. */
static uint32_t type_flags(CXCursor function) {
  CXString type = clang_getTypeSpelling(clang_getCursorType(function));
  const char *text = clang_getCString(type);
  uint32_t flags = 0;
  if (strstr(text, "__attribute__((blocking))")) flags |= FACTS_FUNCTION_BLOCKING;
  if (strstr(text, "__attribute__((nonblocking))")) flags |= FACTS_FUNCTION_NONBLOCKING;
  if (strstr(text, "__attribute__((noreturn))")) flags |= FACTS_FUNCTION_NORETURN;
  clang_disposeString(type);
  return flags;
}

uint32_t attribute_flags(extract *x, CXCursor function) {
  attribute_reader reader = {.x = x};
  clang_visitChildren(function, read_attribute, &reader);
  return reader.flags | type_flags(function);
}

/* ---- suppression comments ---- */

static const char marker[] = "blockscan: ignore";

/* Where the comment that holds `at` starts on its line, or NULL: the marker stands in code or in a string. */
static const char *comment_start(const char *line, const char *at) {
  char quote = 0;
  for (const char *c = line; c < at; c++) {
    if (quote) {
      if (*c == '\\')
        c++;
      else if (*c == quote)
        quote = 0;
    } else if (*c == '"' || *c == '\'') {
      quote = *c;
    } else if (c[0] == '/' && (c[1] == '/' || c[1] == '*')) {
      return c;
    }
  }
  return NULL;
}

static bool is_blank(const char *from, const char *to) {
  while (from < to && isspace((unsigned char)*from)) from++;
  return from == to;
}

static facts_str trimmed(extract *x, const char *from, const char *to) {
  while (from < to && isspace((unsigned char)*from)) from++;
  while (from < to && isspace((unsigned char)to[-1])) to--;
  return bs_intern_add(&x->unit->strings, from, (size_t)(to - from));
}

static facts_str reason_of(extract *x, const char *from, const char *end) {
  while (from < end && (*from == ' ' || *from == '\t')) from++;
  if (end - from < 2 || from[0] != '-' || from[1] != '-') return 0;
  const char *close = memmem(from, (size_t)(end - from), "*/", 2);
  return trimmed(x, from + 2, close ? close : end);
}

static void add_rules(extract *x, facts_suppression row, const char *at, const char *end) {
  const char *close = at < end && *at == '[' ? memchr(at, ']', (size_t)(end - at)) : NULL;
  if (!close) {
    *bs_vec_push(&x->unit->suppressions) = row;
    return;
  }
  row.reason = reason_of(x, close + 1, end);
  for (const char *from = at + 1; from <= close;) {
    const char *comma = memchr(from, ',', (size_t)(close - from));
    const char *to = comma ? comma : close;
    row.rule = trimmed(x, from, to);
    *bs_vec_push(&x->unit->suppressions) = row;
    from = to + 1;
  }
}

void suppression_scan(extract *x, CXFile file) {
  size_t size;
  const char *text = clang_getFileContents(x->tu, file, &size);
  if (!text) return;
  const char *end = text + size, *counted = text;
  uint32_t line_number = 1;
  for (const char *at = text; (at = memmem(at, (size_t)(end - at), marker, sizeof marker - 1)); at++) {
    const char *line = at;
    while (line > text && line[-1] != '\n') line--;
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    if (!line_end) line_end = end;
    const char *comment = comment_start(line, at);
    if (!comment) continue;
    for (; counted < line; counted++) line_number += *counted == '\n';
    facts_suppression row = {.place = {name_path(x, file), line_number, (uint32_t)(comment - line) + 1}};
    row.line = is_blank(line, comment) ? line_number + 1 : line_number;
    add_rules(x, row, at + sizeof marker - 1, line_end);
  }
}
