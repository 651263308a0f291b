/* Problems name the path of keys to the value, as in findings[3].sink.line. */
#include "reports/model/json_reader.h"

#include <limits.h>
#include <math.h>
#include <string.h>

const char *reader_keep(report_reader *r, const char *text) {
  uint32_t id = bs_intern_adds(&r->strings, text);
  while (r->kept.count <= id) (void)bs_vec_push(&r->kept);
  const char **kept = &r->kept.items[id];
  if (!*kept) *kept = *text ? bs_arena_strdup(&r->document->arena, text) : "";
  return *kept;
}

void reader_enter(report_reader *r, const char *key, size_t index) {
  if (r->depth < JSON_READER_DEPTH) {
    r->at[r->depth].key = key;
    r->at[r->depth].index = index;
  }
  r->depth++;
}

void reader_leave(report_reader *r) { r->depth--; }

bool reader_fail(report_reader *r, const char *key, const char *what) {
  bs_strbuf path = BS_STRBUF_INIT;
  for (unsigned i = 0; i < r->depth && i < JSON_READER_DEPTH; i++) {
    bs_strbuf_addf(&path, "%s%s", i ? "." : "", r->at[i].key);
    if (r->at[i].index != SIZE_MAX) bs_strbuf_addf(&path, "[%zu]", r->at[i].index);
  }
  if (key) bs_strbuf_addf(&path, "%s%s", path.length ? "." : "", key);
  bs_error_set(r->error, "%s:%u: %s%s%s", r->file, r->line, path.text, path.length ? ": " : "", what);
  bs_strbuf_fini(&path);
  return false;
}

/* The value of a key, NULL when it is not there. False when it is required, or not of the kind. */
static bool find(report_reader *r, const json_t *object, const char *key, bool required, json_type type,
                 const char *expected, json_t **value) {
  *value = json_object_get(object, key);
  if (json_is_null(*value)) *value = NULL;
  if (!*value) return !required || reader_fail(r, key, "is missing");
  return json_typeof(*value) == type || reader_fail(r, key, expected);
}

bool reader_text(report_reader *r, const json_t *object, const char *key, bool required, const char **text) {
  json_t *value;
  if (!find(r, object, key, required, JSON_STRING, "is not a string", &value)) return false;
  if (value) *text = reader_keep(r, json_string_value(value));
  return true;
}

bool reader_bool(report_reader *r, const json_t *object, const char *key, bool *result) {
  json_t *value = json_object_get(object, key);
  if (value && !json_is_boolean(value)) return reader_fail(r, key, "is neither true nor false");
  if (value) *result = json_is_true(value);
  return true;
}

bool reader_count(report_reader *r, const json_t *object, const char *key, bool required, uint64_t *result) {
  json_t *value;
  if (!find(r, object, key, required, JSON_INTEGER, "is not a whole number", &value)) return false;
  if (!value) return true;
  if (json_integer_value(value) < 0) return reader_fail(r, key, "is negative");
  *result = (uint64_t)json_integer_value(value);
  return true;
}

bool reader_unsigned(report_reader *r, const json_t *object, const char *key, bool required,
                     unsigned *result) {
  uint64_t value = *result;
  if (!reader_count(r, object, key, required, &value)) return false;
  if (value > INT_MAX) return reader_fail(r, key, "is too large");
  *result = (unsigned)value;
  return true;
}

bool reader_time(report_reader *r, const json_t *object, const char *key, bool required, double unit,
                 uint64_t *ns) {
  json_t *value = json_object_get(object, key);
  if (!value) return !required || reader_fail(r, key, "is missing");
  double number = round(json_number_value(value) * unit);
  if (!json_is_number(value)) return reader_fail(r, key, "is not a number");
  if (!(number >= 0 && number < 9e18)) return reader_fail(r, key, "is not a time");
  *ns = (uint64_t)number;
  return true;
}

bool reader_name(report_reader *r, const json_t *object, const char *key, bool required,
                 const char *const *names, unsigned count, unsigned *result) {
  json_t *value;
  if (!find(r, object, key, required, JSON_STRING, "is not a string", &value)) return false;
  if (!value) return true;
  for (unsigned i = 0; i < count; i++)
    if (!strcmp(names[i], json_string_value(value))) {
      *result = i;
      return true;
    }
  bs_strbuf what = BS_STRBUF_INIT;
  bs_strbuf_addf(&what, "is '%s'; expected", json_string_value(value));
  const char *before = " ";
  for (unsigned i = 0; i < count; i++, before = ", ")
    if (*names[i]) bs_strbuf_addf(&what, "%s%s", before, names[i]);
  reader_fail(r, key, what.text);
  bs_strbuf_fini(&what);
  return false;
}

bool reader_object(report_reader *r, const json_t *object, const char *key, bool required, json_t **value) {
  return find(r, object, key, required, JSON_OBJECT, "is not an object", value);
}

bool reader_array(report_reader *r, const json_t *object, const char *key, bool required, json_t **value) {
  return find(r, object, key, required, JSON_ARRAY, "is not an array", value);
}

bool reader_place(report_reader *r, const json_t *object, report_place *place) {
  return reader_text(r, object, "function", true, &place->function) &&
         reader_text(r, object, "file", true, &place->file) &&
         reader_unsigned(r, object, "line", true, &place->line) &&
         reader_unsigned(r, object, "column", false, &place->column);
}

bool reader_each(report_reader *r, const json_t *object, const char *key, bool required,
                 report_item_reader *read_item, void *context) {
  json_t *array;
  if (!reader_array(r, object, key, required, &array)) return false;
  for (size_t i = 0; array && i < json_array_size(array); i++) {
    const json_t *item = json_array_get(array, i);
    reader_enter(r, key, i);
    if (!json_is_object(item)) return reader_fail(r, NULL, "is not an object");
    if (!read_item(r, item, context)) return false;
    reader_leave(r);
  }
  return true;
}
