/* Keeps the files that were read, and writes one line of one of them with a caret below it. */
#include "reports/excerpt.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TAB = 8, DEFAULT_COLUMNS = 110 };

void excerpts_fini(excerpts *sources) {
  for (uint32_t i = 0; i < sources->sources.count; i++) bs_strbuf_fini(&sources->sources.items[i].text);
  bs_vec_fini(&sources->sources);
}

const bs_strbuf *excerpt_text(excerpts *sources, const char *root, const char *file) {
  for (uint32_t i = 0; i < sources->sources.count; i++)
    if (!strcmp(sources->sources.items[i].file, file)) return &sources->sources.items[i].text;
  excerpt_source *source = bs_vec_push(&sources->sources);
  source->file = file;
  source->text = (bs_strbuf)BS_STRBUF_INIT;
  bs_strbuf path = BS_STRBUF_INIT;
  if (file[0] != '/') bs_strbuf_addf(&path, "%s/", root);
  bs_strbuf_adds(&path, file);
  if (bs_strbuf_read_file(&source->text, path.text) != 0) bs_strbuf_clear(&source->text);
  bs_strbuf_fini(&path);
  return &source->text;
}

/* The n-th line, without its end. */
static const char *find_line(const bs_strbuf *text, unsigned line, size_t *length) {
  const char *p = text->text, *end = p + text->length;
  for (unsigned i = 1; i < line && p < end; i++) {
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    p = newline ? newline + 1 : end;
  }
  if (!line || p >= end) return NULL;
  const char *newline = memchr(p, '\n', (size_t)(end - p));
  *length = (size_t)((newline ? newline : end) - p);
  if (*length && p[*length - 1] == '\r') --*length;
  return p;
}

/* Part of a line with its tabs as spaces. */
static void add_expanded(bs_strbuf *out, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (text[i] != '\t')
      bs_strbuf_addc(out, text[i] ? text[i] : ' ');
    else
      do bs_strbuf_addc(out, ' ');
      while (paint_columns(out->text) % TAB);
  }
}

static bool is_continuation(char c) { return ((unsigned char)c & 0xc0) == 0x80; }

static bool is_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

static void write_caret(painter *p, const char *before, const char *at, size_t left) {
  paint_pad(p, paint_columns(before));
  bs_strbuf mark = BS_STRBUF_INIT;
  bs_strbuf_addc(&mark, '^');
  for (size_t i = 1; i < left && is_name(at[0]) && is_name(at[i]); i++) bs_strbuf_addc(&mark, '~');
  paint(p, PAINT_CARET, mark.text);
  bs_strbuf_fini(&mark);
}

/* The line is cut to the width around the column, its indentation dropped. */
static void write_line(painter *p, const char *line, size_t length, unsigned number, size_t column) {
  size_t limit = p->width > 50 ? p->width - 15 : DEFAULT_COLUMNS;
  size_t start = 0;
  while (start < length && start < column && isblank((unsigned char)line[start])) start++;
  bool cut = column > start + limit * 2 / 3;
  if (cut) start = column - limit / 3;
  while (cut && start < column && is_continuation(line[start])) start++;
  size_t end = length - start > limit ? start + limit : length;
  while (end < length && end > start && is_continuation(line[end])) end--;
  const char *dots = cut ? "..." : "";
  bs_strbuf before = BS_STRBUF_INIT, whole = BS_STRBUF_INIT;
  bs_strbuf_adds(&before, dots);
  add_expanded(&before, line + start, column - start);
  bs_strbuf_adds(&whole, dots);
  add_expanded(&whole, line + start, end - start);
  if (end < length) bs_strbuf_adds(&whole, "...");
  paintf(p, PAINT_DIM, "%6u | ", number);
  paint_bytes(p, PAINT_NONE, whole.text, whole.length);
  bs_strbuf_addc(p->out, '\n');
  paint(p, PAINT_DIM, "       | ");
  write_caret(p, before.text, line + column, length - column);
  bs_strbuf_addc(p->out, '\n');
  bs_strbuf_fini(&before);
  bs_strbuf_fini(&whole);
}

void excerpt_write(excerpts *sources, painter *p, const char *root, const report_place *place) {
  size_t length = 0;
  const char *line = find_line(excerpt_text(sources, root, place->file), place->line, &length);
  if (!line || !place->column || place->column > length) return;
  write_line(p, line, length, place->line, place->column - 1);
}
