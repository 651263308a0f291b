/* Names of V8's: what was compiled, how ("*" optimised, "~" interpreted, "^" in between), the function, which
 * may have no name or several words ("get size"), and where it begins. */
#include "runtime-check/collect/script.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Behind "JS:*"; NULL: none of them. */
static const char *behind_kind(const char *name) {
  static const char *const kinds[] = {"JS:", "LazyCompile:", "Function:", "Script:", "Eval:"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    size_t length = strlen(kinds[i]);
    if (strncmp(name, kinds[i], length) == 0) return name + length + strspn(name + length, "*~^+-");
  }
  return NULL;
}

/* Goes back over ":12"; NULL when there is no such number. */
static const char *before_number(const char *start, const char *end, unsigned *number) {
  const char *digits = end;
  while (digits > start && isdigit((unsigned char)digits[-1])) digits--;
  if (digits == end || digits == start || digits[-1] != ':') return NULL;
  *number = (unsigned)strtoul(digits, NULL, 10);
  return digits - 1;
}

/* Where a file begins: a path may have blanks, too. */
static const char *find_file(const char *text, const char *end) {
  static const char *const beginnings[] = {" /", " file:///", " node:"};
  const char *first = NULL, *blank = NULL;
  for (const char *at = text; at < end && !first; at++) {
    if (*at != ' ') continue;
    blank = at;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
      if (strncmp(at, beginnings[i], strlen(beginnings[i])) == 0) first = at;
  }
  return first ? first : blank;
}

bool script_place_parse(const char *name, script_place *out) {
  const char *text = behind_kind(name);
  unsigned column;
  if (!text) return false;
  /* The line; from V8 11 (node 20) on, a column behind it. */
  const char *last = before_number(text, text + strlen(text), &column);
  const char *end = last ? before_number(text, last, &out->line) : NULL;
  if (last && !end) {
    out->line = column;
    end = last;
  }
  const char *blank = end ? find_file(text, end) : NULL;
  if (!blank) return false;
  const char *file = blank + 1;
  if (strncmp(file, "file:///", 8) == 0) file += 7;
  out->function = text;
  out->function_length = (size_t)(blank - text);
  out->file = file;
  out->file_length = (size_t)(end - file);
  return out->file_length != 0;
}

bool script_file_is_library(const char *file) {
  static const char *const parts[] = {"/node_modules/", "/usr/share/nodejs/", "/usr/lib/nodejs/"};
  if (*file != '/') return true;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (strstr(file, parts[i])) return true;
  return false;
}
