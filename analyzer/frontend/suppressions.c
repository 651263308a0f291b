/* Suppression comments: libclang's tree has no comments, so they are found in the text. */
#include "analyzer/frontend/suppressions.h"

#include <ctype.h>
#include <string.h>

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

static facts_str trimmed(facts_unit *unit, const char *from, const char *to) {
  while (from < to && isspace((unsigned char)*from)) from++;
  while (from < to && isspace((unsigned char)to[-1])) to--;
  return bs_intern_add(&unit->strings, from, (size_t)(to - from));
}

static facts_str reason_of(facts_unit *unit, const char *from, const char *end) {
  while (from < end && (*from == ' ' || *from == '\t')) from++;
  if (end - from < 2 || from[0] != '-' || from[1] != '-') return 0;
  const char *close = memmem(from, (size_t)(end - from), "*/", 2);
  return trimmed(unit, from + 2, close ? close : end);
}

static void add_rules(facts_unit *unit, facts_suppression row, const char *at, const char *end) {
  const char *close = at < end && *at == '[' ? memchr(at, ']', (size_t)(end - at)) : NULL;
  if (!close) {
    *bs_vec_push(&unit->suppressions) = row;
    return;
  }
  row.reason = reason_of(unit, close + 1, end);
  for (const char *from = at + 1; from <= close;) {
    const char *comma = memchr(from, ',', (size_t)(close - from));
    const char *to = comma ? comma : close;
    row.rule = trimmed(unit, from, to);
    *bs_vec_push(&unit->suppressions) = row;
    from = to + 1;
  }
}

void suppressions_read(facts_unit *unit, facts_str file, const char *text, size_t size) {
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
    facts_suppression row = {.place = {file, line_number, (uint32_t)(comment - line) + 1}};
    row.line = is_blank(line, comment) ? line_number + 1 : line_number;
    add_rules(unit, row, at + sizeof marker - 1, line_end);
  }
}
