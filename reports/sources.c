/* Lines and columns of the files that a report names, in the units that other programs count in. */
#include "reports/sources.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "reports/line_hash.h"

#include <ctype.h>

void sources_init(sources *s, const char *root) { *s = (sources){.root = root}; }

void sources_fini(sources *s) {
  for (uint32_t i = 0; i < s->files.count; i++) {
    source_file *f = &s->files.items[i];
    for (uint32_t k = 0; k < f->hash_count; k++) free(f->hashes[k]);
    free(f->hashes);
    bs_vec_fini(&f->lines);
  }
  bs_vec_fini(&s->files);
  bs_map_fini(&s->index);
  excerpts_fini(&s->texts);
}

/* Lines end at \n, \r or \r\n, as GitHub counts them. */
static void find_lines(source_file *f) {
  *bs_vec_push(&f->lines) = 0;
  for (size_t i = 0; i < f->length; i++)
    if (f->text[i] == '\n' || (f->text[i] == '\r' && f->text[i + 1] != '\n')) *bs_vec_push(&f->lines) = i + 1;
}

static source_file *find_file(sources *s, const char *file) {
  bool is_new;
  uint32_t number = bs_map_add(&s->index, bs_hash(file, strlen(file)), s->files.count, &is_new);
  if (!is_new) return &s->files.items[number];
  const bs_strbuf *text = excerpt_text(&s->texts, s->root, file);
  source_file *f = bs_vec_push(&s->files);
  f->text = text->text;
  f->length = text->length;
  if (f->length) find_lines(f);
  return f;
}

/* The line, from 1, without its end; NULL when there is none. Not ended by a NUL. */
static const char *find_line(sources *s, const char *file, unsigned line, size_t *length) {
  source_file *f = find_file(s, file);
  if (!line || line > f->lines.count) return NULL;
  size_t start = f->lines.items[line - 1];
  size_t end = line < f->lines.count ? f->lines.items[line] : f->length;
  while (end > start && (f->text[end - 1] == '\n' || f->text[end - 1] == '\r')) end--;
  *length = end - start;
  return f->text + start;
}

static unsigned utf16_units(const char *text, size_t length) {
  unsigned units = 0;
  for (size_t i = 0; i < length;) {
    size_t n = utf8_length(text + i, length - i);
    units += n == 4 ? 2 : 1;
    i += n ? n : utf8_broken(text + i, length - i);
  }
  return units;
}

static bool is_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

bool sources_columns(sources *s, const char *file, unsigned line, unsigned column, unsigned *start,
                     unsigned *end) {
  size_t length = 0;
  const char *text = find_line(s, file, line, &length);
  *start = *end = column;
  if (!text || !column || column > length) return false;
  size_t name = column - 1;
  while (name < length && is_name(text[name])) name++;
  if (name == column - 1) name++;
  *start = utf16_units(text, column - 1) + 1;
  *end = utf16_units(text, name) + 1;
  return true;
}

const char *sources_line_hash(sources *s, const char *file, unsigned line) {
  source_file *f = find_file(s, file);
  if (!f->length) return NULL;
  if (!f->hashes) f->hashes = line_hashes(f->text, f->length, &f->hash_count);
  return line && line <= f->hash_count ? f->hashes[line - 1] : NULL;
}
