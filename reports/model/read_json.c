/* Takes the text of a report apart: a list of the document is parsed item by item, everything else at once.
 */
#include "reports/model/read_json.h"

#include "reports/model/json_reader.h"

#include <errno.h>
#include <string.h>

/* The document's text, read value by value. */
typedef struct walk {
  report_reader r;
  const char *next, *end;
  unsigned line;          /* of `next` */
  const char *line_start;
  unsigned seen; /* bits of the keys that came, by their rows */
} walk;

static void advance(walk *w, size_t length) {
  const char *end = w->next + length;
  for (const char *p; (p = memchr(w->next, '\n', (size_t)(end - w->next))); w->line++)
    w->next = w->line_start = p + 1;
  w->next = end;
}

static bool fail(walk *w, const char *what) {
  w->r.line = w->line;
  return reader_fail(&w->r, NULL, what);
}

/* Goes past white space to the next character; 0 at the end. */
static char peek(walk *w) {
  size_t length = strspn(w->next, " \t\r\n");
  if (length > (size_t)(w->end - w->next)) length = (size_t)(w->end - w->next);
  advance(w, length);
  return w->next < w->end ? *w->next : 0;
}

static bool take(walk *w, char c) {
  if (peek(w) != c) return false;
  advance(w, 1);
  return true;
}

static bool expect(walk *w, char c) {
  char what[] = "not a JSON report: expected ' '";
  what[sizeof what - 3] = c;
  return take(w, c) || fail(w, what);
}

/* The next value; the caller gives it back. NULL with the error set. */
static json_t *parse_value(walk *w) {
  const size_t flags = JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES;
  json_error_t error;
  peek(w);
  w->r.line = w->line;
  json_t *value = json_loadb(w->next, (size_t)(w->end - w->next), flags, &error);
  advance(w, (size_t)error.position);
  if (!value)
    bs_error_set(w->r.error, "%s:%u:%zu: not a JSON report: %s", w->r.file, w->line,
                 (size_t)(w->next - w->line_start) + 1, error.text);
  return value;
}

/* An array, one item at a time. */
static bool walk_items(walk *w, const shape_field *list) {
  if (peek(w) != '[') return fail(w, "is not an array");
  advance(w, 1);
  if (take(w, ']')) return true;
  for (size_t i = 0;; i++) {
    json_t *item = parse_value(w);
    if (!item) return false;
    bool good = reader_item(&w->r, list, i, item, w->r.document);
    json_decref(item);
    if (!good) return false;
    if (!take(w, ',')) return expect(w, ']');
  }
}

/* The value of a key; NULL: of one that is unknown. */
static bool walk_value(walk *w, const shape_field *field) {
  if (field && (field->kind == FIELD_LIST || field->kind == FIELD_STEPS || field->kind == FIELD_CALLBACKS)) {
    if (field->there) *shape_there(field, w->r.document) = true;
    return walk_items(w, field);
  }
  json_t *value = parse_value(w);
  if (!value) return false;
  bool good = !field || reader_value(&w->r, field, value, w->r.document);
  json_decref(value);
  return good;
}

static bool walk_member(walk *w) {
  const shape *s = &report_document_shape;
  if (peek(w) != '"') return fail(w, "not a JSON report: expected a key");
  json_t *key = parse_value(w);
  if (!key) return false;
  unsigned i = 0;
  while (i < s->count && strcmp(s->fields[i].key, json_string_value(key)) != 0) i++;
  json_decref(key);
  if (!expect(w, ':')) return false;
  if (i == s->count) return walk_value(w, NULL);
  if (w->seen & 1u << i) return fail(w, "not a JSON report: a duplicate key");
  w->seen |= 1u << i;
  return walk_value(w, &s->fields[i]);
}

static bool walk_document(walk *w) {
  const shape *s = &report_document_shape;
  if (!expect(w, '{')) return false;
  if (!take(w, '}')) {
    do
      if (!walk_member(w)) return false;
    while (take(w, ','));
    if (!expect(w, '}')) return false;
  }
  if (peek(w) || w->next < w->end) return fail(w, "not a JSON report: unexpected text after it");
  for (unsigned i = 0; i < s->count; i++)
    if (s->fields[i].flags & FIELD_REQUIRED && !(w->seen & 1u << i)) {
      bs_error_set(w->r.error, "%s: not a blockscan report: '%s' is missing", w->r.file, s->fields[i].key);
      return false;
    }
  w->r.line = w->line;
  return reader_has_all_steps(&w->r);
}

bool report_parse_json(report_document *document, const char *file, const char *text, size_t length,
                       bs_error *error) {
  walk w = {.r = {.file = file, .document = document, .error = error},
            .next = text,
            .end = text + length,
            .line = 1,
            .line_start = text};
  bs_intern_init(&w.r.strings);
  bool good = walk_document(&w);
  bs_intern_fini(&w.r.strings);
  bs_vec_fini(&w.r.kept);
  bs_map_fini(&w.r.step_numbers);
  bs_vec_fini(&w.r.steps);
  for (uint32_t i = 0; i < w.r.callbacks.count; i++) bs_vec_fini(&w.r.callbacks.items[i].path);
  bs_vec_fini(&w.r.callbacks);
  return good;
}

bool report_read_json(report_document *document, const char *file, bs_error *error) {
  bs_strbuf text = BS_STRBUF_INIT;
  bool good = bs_strbuf_read_file(&text, file) == 0;
  if (good)
    good = report_parse_json(document, file, text.text, text.length, error);
  else
    bs_error_set(error, "%s: cannot be read: %s", file, strerror(errno));
  bs_strbuf_fini(&text);
  return good;
}
