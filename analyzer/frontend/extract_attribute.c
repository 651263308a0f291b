/* Attributes of functions. libclang names few of them: the others are read in the text. */
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
