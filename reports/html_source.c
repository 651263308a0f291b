/* The source lines of an HTML report: which are wanted, and which of them begin inside a comment, so that
 * they are coloured right. */
#include "reports/excerpt.h"
#include "reports/html.h"
#include "reports/model/json.h"

#include <string.h>

enum { LINE_BYTES = 400 };

/* A line of a file. */
typedef struct shown_line {
  uint32_t start, length; /* in the file's text, without the line's end */
  bool in_comment; /* it begins inside of one */
  bool wanted;
} shown_line;

typedef struct shown_file {
  const char *name, *text;
  BS_VEC(shown_line) lines;
} shown_file;

struct html_source {
  const char *root_path;
  excerpts texts;
  bs_intern names; /* the number of a file is its index in `files` */
  BS_VEC(shown_file) files;
  size_t bytes; /* of the wanted lines */
  unsigned left_out; /* lines that did not fit */
};

struct html_source *html_source_new(const char *root_path) {
  struct html_source *source = bs_calloc(1, sizeof *source);
  source->root_path = root_path;
  bs_intern_init(&source->names);
  bs_vec_push(&source->files); /* the number of "" */
  return source;
}

void html_source_free(struct html_source *source) {
  for (uint32_t i = 0; i < source->files.count; i++) bs_vec_fini(&source->files.items[i].lines);
  bs_vec_fini(&source->files);
  excerpts_fini(&source->texts);
  bs_intern_fini(&source->names);
  free(source);
}

/* What a line of C is in when it ends. */
enum state { IN_CODE, IN_COMMENT, IN_LINE_COMMENT, IN_STRING, IN_CHARACTER };

static bool is_pair(const char *p, const char *end, char first, char second) {
  return p + 1 < end && p[0] == first && p[1] == second;
}

/* Moves on by one character, two where they belong together. */
static size_t scan_character(const char *p, const char *end, enum state *state) {
  size_t used = 1;
  switch (*state) {
  case IN_CODE:
    if (is_pair(p, end, '/', '*'))
      *state = IN_COMMENT, used = 2;
    else if (is_pair(p, end, '/', '/'))
      *state = IN_LINE_COMMENT, used = 2;
    else if (*p == '"')
      *state = IN_STRING;
    else if (*p == '\'')
      *state = IN_CHARACTER;
    break;
  case IN_COMMENT:
    if (is_pair(p, end, '*', '/')) *state = IN_CODE, used = 2;
    break;
  case IN_STRING:
  case IN_CHARACTER:
    if (*p == '\\' && p + 1 < end)
      used = 2;
    else if (*p == (*state == IN_STRING ? '"' : '\''))
      *state = IN_CODE;
    break;
  case IN_LINE_COMMENT: break;
  }
  return used;
}

static void split_lines(shown_file *file, const bs_strbuf *text) {
  enum state state = IN_CODE;
  for (const char *p = text->text, *end = p + text->length; p < end;) {
    const char *newline = memchr(p, '\n', (size_t)(end - p)), *stop = newline ? newline : end;
    shown_line *line = bs_vec_push(&file->lines);
    line->start = (uint32_t)(p - text->text);
    line->length = (uint32_t)(stop - p);
    if (line->length && stop[-1] == '\r') line->length--;
    line->in_comment = state == IN_COMMENT;
    while (p < stop) p += scan_character(p, stop, &state);
    if (state != IN_COMMENT) state = IN_CODE;
    p = stop + 1;
  }
}

static shown_file *get_file(struct html_source *source, const char *name) {
  uint32_t number = bs_intern_adds(&source->names, name);
  if (number < source->files.count) return &source->files.items[number];
  shown_file *file = bs_vec_push(&source->files);
  const bs_strbuf *text = excerpt_text(&source->texts, source->root_path, name);
  file->name = name;
  file->text = text->text;
  if (text->length < UINT32_MAX) split_lines(file, text);
  return file;
}

static void want_line(struct html_source *source, shown_line *line) {
  if (line->wanted) return;
  size_t length = line->length < LINE_BYTES ? line->length : LINE_BYTES;
  if (source->bytes + length > HTML_SOURCE_BYTES) {
    source->left_out++;
    return;
  }
  line->wanted = true;
  source->bytes += length;
}

void html_source_want(struct html_source *source, const report_place *place, unsigned around) {
  if (!place->file || !*place->file || !place->line) return;
  shown_file *file = get_file(source, place->file);
  if (place->line > file->lines.count) return;
  unsigned first = place->line > around ? place->line - around : 1, last = place->line + around;
  for (unsigned n = first; n <= last && n <= file->lines.count; n++)
    want_line(source, &file->lines.items[n - 1]);
}

static void add_line(bs_strbuf *out, const shown_file *file, const shown_line *line) {
  char text[LINE_BYTES + 1];
  size_t length = line->length < LINE_BYTES ? line->length : LINE_BYTES;
  while (length < line->length && length && ((unsigned char)file->text[line->start + length] & 0xc0) == 0x80)
    length--;
  memcpy(text, file->text + line->start, length);
  text[length] = 0;
  for (size_t i = 0; i < length; i++)
    if (!text[i]) text[i] = ' ';
  report_json_text(out, "", text);
}

/* Runs of neighbours: [first line, it begins in a comment, text, text, …]. */
static void add_runs(bs_strbuf *out, const shown_file *file) {
  const char *separator = "[";
  bs_strbuf_addc(out, '[');
  for (uint32_t i = 0; i < file->lines.count; i++) {
    const shown_line *line = &file->lines.items[i];
    if (!line->wanted) continue;
    if (!i || !line[-1].wanted) bs_strbuf_addf(out, "%s%u,%d", separator, i + 1, line->in_comment);
    separator = ",[";
    bs_strbuf_addc(out, ',');
    add_line(out, file, line);
    if (i + 1 == file->lines.count || !line[1].wanted) bs_strbuf_addc(out, ']');
  }
  bs_strbuf_addc(out, ']');
}

static bool has_wanted(const shown_file *file) {
  for (uint32_t i = 0; i < file->lines.count; i++)
    if (file->lines.items[i].wanted) return true;
  return false;
}

void html_source_write(const struct html_source *source, bs_strbuf *out) {
  report_json_number(out, "{\"leftOut\":", source->left_out);
  report_json_number(out, ",\"limit\":", HTML_SOURCE_BYTES);
  bs_strbuf_adds(out, ",\"files\":{");
  const char *separator = "";
  for (uint32_t i = 1; i < source->files.count; i++) {
    const shown_file *file = &source->files.items[i];
    if (!has_wanted(file)) continue;
    report_json_text(out, separator, file->name);
    bs_strbuf_addc(out, ':');
    add_runs(out, file);
    separator = ",\n";
  }
  bs_strbuf_adds(out, "}}");
}
