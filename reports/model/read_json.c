/* The document's members, each with the function that reads it. */
#include "reports/model/read_json.h"

#include "reports/model/json_reader.h"

#include <errno.h>
#include <string.h>

#define SCHEMA "blockscan/findings/1"

/* The document's text, read value by value. */
typedef struct walk {
  report_reader r;
  const char *next, *end;
  unsigned line;          /* of `next` */
  const char *line_start;
  unsigned seen; /* bits of the keys that came */
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

/* An array of objects, one at a time. */
static bool walk_items(walk *w, const char *key, report_item_reader *read_item) {
  if (peek(w) != '[') return fail(w, "is not an array");
  advance(w, 1);
  if (take(w, ']')) return true;
  for (size_t i = 0;; i++) {
    json_t *item = parse_value(w);
    if (!item) return false;
    reader_enter(&w->r, key, i);
    bool good =
        json_is_object(item) ? read_item(&w->r, item, NULL) : reader_fail(&w->r, NULL, "is not an object");
    json_decref(item);
    if (!good) return false;
    reader_leave(&w->r);
    if (!take(w, ',')) return expect(w, ']');
  }
}

/* The other keys of a document. */

static bool read_schema(report_reader *r, const json_t *value) {
  if (!json_is_string(value)) return reader_fail(r, "schema", "is not a string");
  if (!strcmp(json_string_value(value), SCHEMA)) return true;
  bs_strbuf what = BS_STRBUF_INIT;
  bs_strbuf_addf(&what, "is '%s'; this blockscan reads " SCHEMA, json_string_value(value));
  reader_fail(r, "schema", what.text);
  bs_strbuf_fini(&what);
  return false;
}

static bool read_tool(report_reader *r, const json_t *value) {
  static const char *const names[] = {"blockscan"};
  unsigned name = 0;
  return reader_name(r, value, "name", true, names, 1, &name) &&
         reader_text(r, value, "version", true, &r->document->tool_version) &&
         reader_text(r, value, "libclang", false, &r->document->libclang_version);
}

/* The texts of the array at `key`, added to a list of the document. */
#define READ_TEXTS(r, object, key, list) \
  do { \
    json_t *array_; \
    if (!reader_array(r, object, key, false, &array_)) return false; \
    for (size_t i_ = 0; array_ && i_ < json_array_size(array_); i_++) { \
      const char *text_ = json_string_value(json_array_get(array_, i_)); \
      if (!text_) return reader_fail(r, key, "holds something that is not a string"); \
      *bs_vec_push(list) = reader_keep(r, text_); \
    } \
  } while (0)

static bool read_project(report_reader *r, const json_t *value) {
  report_document *d = r->document;
  READ_TEXTS(r, value, "loops", &d->loops);
  return reader_text(r, value, "root", true, &d->root) &&
         reader_unsigned(r, value, "units", false, &d->units) &&
         reader_unsigned(r, value, "functions", false, &d->functions) &&
         reader_unsigned(r, value, "entry_points", false, &d->entry_points) &&
         reader_unsigned(r, value, "rules", false, &d->rules);
}

static bool read_broken_unit(report_reader *r, const json_t *object, void *context) {
  report_broken_unit *unit = bs_vec_push(&r->document->broken_units);
  (void)context;
  unit->file = "";
  return reader_text(r, object, "file", true, &unit->file) &&
         reader_unsigned(r, object, "errors", true, &unit->errors) &&
         reader_text(r, object, "first_error", false, &unit->first_error);
}

static bool read_handed_over(report_reader *r, const json_t *object, void *context) {
  report_handed_over *h = bs_vec_push(&r->document->handed_over);
  json_t *place = NULL;
  (void)context;
  *h = (report_handed_over){.api = "", .place = {.function = "", .file = ""}};
  return reader_text(r, object, "api", true, &h->api) &&
         reader_unsigned(r, object, "argument", true, &h->argument) &&
         reader_unsigned(r, object, "functions", true, &h->functions) &&
         reader_object(r, object, "place", true, &place) && reader_place(r, place, &h->place);
}

static bool read_unresolved(report_reader *r, const json_t *object, void *context) {
  report_unresolved *u = bs_vec_push(&r->document->unresolved);
  json_t *place = NULL;
  (void)context;
  *u = (report_unresolved){.through = "", .type = "", .place = {.function = "", .file = ""}};
  return reader_object(r, object, "place", true, &place) && reader_place(r, place, &u->place) &&
         reader_text(r, object, "through", false, &u->through) &&
         reader_text(r, object, "type", false, &u->type) &&
         reader_unsigned(r, object, "entries", true, &u->entries);
}

static bool read_limit(report_reader *r, const json_t *object, void *context) {
  report_limit *l = bs_vec_push(&r->document->limits);
  (void)context;
  *l = (report_limit){.name = "", .text = "", .hides = json_is_true(json_object_get(object, "hides"))};
  return reader_text(r, object, "limit", true, &l->name) &&
         reader_unsigned(r, object, "count", true, &l->count) &&
         reader_text(r, object, "text", true, &l->text);
}

static bool read_gap(report_reader *r, const json_t *object, void *context) {
  report_gap *gap = bs_vec_push(&r->document->incomplete);
  (void)context;
  *gap = (report_gap){.reason = "", .text = ""};
  return reader_text(r, object, "reason", true, &gap->reason) &&
         reader_text(r, object, "text", true, &gap->text) &&
         reader_text(r, object, "unit", false, &gap->unit) &&
         reader_text(r, object, "hint", false, &gap->hint);
}

static bool read_ledger(report_reader *r, const json_t *value) {
  report_document *d = r->document;
  READ_TEXTS(r, value, "notes", &d->notes);
  return reader_each(r, value, "broken_units", true, read_broken_unit, NULL) &&
         reader_each(r, value, "handed_over", false, read_handed_over, NULL) &&
         reader_each(r, value, "unresolved", false, read_unresolved, NULL) &&
         reader_each(r, value, "limits", false, read_limit, NULL) &&
         reader_each(r, value, "incomplete", false, read_gap, NULL) &&
         reader_unsigned(r, value, "unresolved_indirect_calls", true, &d->unresolved_indirect_calls) &&
         reader_unsigned(r, value, "capped_indirect_calls", true, &d->capped_indirect_calls);
}

static bool read_comparison(report_reader *r, const json_t *value) {
  r->document->is_comparison = true;
  return reader_text(r, value, "with", false, &r->document->compared_with) &&
         reader_each(r, value, "fixed", true, reader_fixed, NULL);
}

static bool find_finding(const report_document *document, const char *id, unsigned *index) {
  for (*index = 0; *index < document->findings.count; ++*index)
    if (!strcmp(document->findings.items[*index].id, id)) return true;
  return false;
}

/* The findings stand before the cuts; an id that none of them has is left out. */
static bool read_cut(report_reader *r, const json_t *object, void *context) {
  report_cut *cut = bs_vec_push(&r->document->cuts);
  json_t *place = NULL, *ids = NULL;
  (void)context;
  *cut = (report_cut){.place = {.function = "", .file = ""}, .loop = "own", .advice = "", .code = ""};
  if (!reader_object(r, object, "place", true, &place) || !reader_place(r, place, &cut->place)) return false;
  if (!reader_array(r, object, "findings", true, &ids)) return false;
  for (size_t i = 0; i < json_array_size(ids); i++) {
    const char *id = json_string_value(json_array_get(ids, i));
    unsigned index;
    if (id && find_finding(r->document, id, &index)) *bs_vec_push(&cut->findings) = index;
  }
  return reader_text(r, object, "loop", false, &cut->loop) &&
         reader_unsigned(r, object, "paths", true, &cut->paths) &&
         reader_text(r, object, "advice", false, &cut->advice) &&
         reader_text(r, object, "code", false, &cut->code);
}

static bool read_run(report_reader *r, const json_t *value) {
  r->document->is_recording = true;
  report_document *document = r->document;
  return reader_time(r, value, "threshold_ms", false, JSON_MS, &document->threshold_ns) &&
         reader_time(r, value, "duration_ms", false, JSON_MS, &document->recorded_ns) &&
         reader_count(r, value, "stalls", false, &document->all_stalls) &&
         reader_time(r, value, "stalled_ms", false, JSON_MS, &document->stalls_ns) &&
         reader_time(r, value, "longest_ms", false, JSON_MS, &document->longest_ns);
}

typedef struct key_reader {
  const char *key;
  bool required;
  bool (*read)(report_reader *r, const json_t *value); /* of an object or a text */
  report_item_reader *read_item; /* or of each item of an array */
} key_reader;

static const key_reader keys[] = {
    {"schema", true, read_schema, NULL},   {"tool", true, read_tool, NULL},
    {"project", true, read_project, NULL}, {"findings", true, NULL, reader_finding},
    {"ledger", true, read_ledger, NULL},   {"comparison", false, read_comparison, NULL},
    {"stalls", false, NULL, reader_stall}, {"loops", false, NULL, reader_loop},
    {"cuts", false, NULL, read_cut},       {"calls", false, NULL, reader_call},
    {"recording", false, read_run, NULL},  {"scopes", false, NULL, reader_scope},
};
enum { KEYS = sizeof keys / sizeof *keys };

static bool walk_value(walk *w, const key_reader *reader) {
  report_reader *r = &w->r;
  if (reader && reader->read_item) {
    if (reader->read_item == reader_stall || reader->read_item == reader_loop ||
        reader->read_item == reader_call || reader->read_item == reader_scope)
      r->document->is_recording = true;
    return walk_items(w, reader->key, reader->read_item);
  }
  json_t *value = parse_value(w);
  if (!value) return false;
  bool good = true;
  if (reader && reader->read != read_schema) {
    reader_enter(r, reader->key, SIZE_MAX);
    good = json_is_object(value) ? reader->read(r, value) : reader_fail(r, NULL, "is not an object");
    reader_leave(r);
  } else if (reader) {
    good = reader->read(r, value);
  }
  json_decref(value);
  return good;
}

static bool walk_member(walk *w) {
  if (peek(w) != '"') return fail(w, "not a JSON report: expected a key");
  json_t *key = parse_value(w);
  if (!key) return false;
  unsigned i = 0;
  while (i < KEYS && strcmp(keys[i].key, json_string_value(key)) != 0) i++;
  json_decref(key);
  if (!expect(w, ':')) return false;
  if (i < KEYS && w->seen & 1u << i) return fail(w, "not a JSON report: a duplicate key");
  if (i < KEYS) w->seen |= 1u << i;
  return walk_value(w, i < KEYS ? &keys[i] : NULL);
}

static bool walk_document(walk *w) {
  if (!expect(w, '{')) return false;
  if (!take(w, '}')) {
    do
      if (!walk_member(w)) return false;
    while (take(w, ','));
    if (!expect(w, '}')) return false;
  }
  if (peek(w) || w->next < w->end) return fail(w, "not a JSON report: unexpected text after it");
  for (unsigned i = 0; i < KEYS; i++)
    if (keys[i].required && !(w->seen & 1u << i)) {
      bs_error_set(w->r.error, "%s: not a blockscan report: '%s' is missing", w->r.file, keys[i].key);
      return false;
    }
  return true;
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
