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

/* What the word behind the marker makes of a comment. */
enum scope { SCOPE_LINE, SCOPE_BEGIN, SCOPE_END, SCOPE_FILE };

static enum scope scope_of(const char **at, const char *end) {
  static const struct {
    const char *word;
    enum scope scope;
  } words[] = {{"-begin", SCOPE_BEGIN}, {"-end", SCOPE_END}, {"-file", SCOPE_FILE}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    size_t length = strlen(words[i].word);
    if ((size_t)(end - *at) < length || memcmp(*at, words[i].word, length) != 0) continue;
    *at += length;
    return words[i].scope;
  }
  return SCOPE_LINE;
}

/* Blocks of one file that have begun and not ended: each is rows of `unit`, one a rule, from `first` on. */
typedef struct open_block {
  uint32_t first, count;
  const char *rules; /* "[…]" */
  size_t length;
} open_block;
typedef BS_VEC(open_block) open_blocks;

static size_t brackets_length(const char *at, const char *end) {
  const char *close = at < end && *at == '[' ? memchr(at, ']', (size_t)(end - at)) : NULL;
  return close ? (size_t)(close + 1 - at) : 0;
}

/* Ends the innermost block with these rules; without rules, the innermost one. False when there is none. */
static bool end_block(facts_unit *unit, open_blocks *open, const char *rules, size_t length, uint32_t line) {
  for (uint32_t i = open->count; i--;) {
    const open_block b = open->items[i];
    if (length && (b.length != length || memcmp(b.rules, rules, length) != 0)) continue;
    for (uint32_t k = 0; k < b.count; k++) unit->suppressions.items[b.first + k].last = line;
    memmove(&open->items[i], &open->items[i + 1], (open->count - i - 1) * sizeof *open->items);
    open->count--;
    return true;
  }
  return false;
}

static void add_comment(facts_unit *unit, open_blocks *open, facts_suppression row, const char *at,
                        const char *end) {
  enum scope scope = scope_of(&at, end);
  size_t length = brackets_length(at, end);
  uint32_t first = unit->suppressions.count;
  if (scope == SCOPE_END) {
    if (end_block(unit, open, at, length, row.place.line)) return;
    row.line = 0;
  } else if (scope == SCOPE_BEGIN) {
    row.line = row.place.line;
    row.last = FACTS_BLOCK_OPEN;
  } else if (scope == SCOPE_FILE) {
    row.line = 1;
    row.last = FACTS_FILE_END;
  }
  add_rules(unit, row, at, end);
  if (scope == SCOPE_BEGIN)
    *bs_vec_push(open) = (open_block){first, unit->suppressions.count - first, at, length};
}

void suppressions_read(facts_unit *unit, facts_str file, const char *text, size_t size) {
  const char *end = text + size, *counted = text;
  uint32_t line_number = 1;
  open_blocks open = {0};
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
    add_comment(unit, &open, row, at + sizeof marker - 1, line_end);
  }
  bs_vec_fini(&open);
}
