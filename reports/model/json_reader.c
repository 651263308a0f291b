/* A key that is missing or null leaves the member as it is, unless it is required. Problems name the path of
 * keys to the value, as in findings[3].sink.line. */
#include "reports/model/json_reader.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* The copy of a text in the document, each once. */
static const char *keep(report_reader *r, const char *text) {
  uint32_t id = bs_intern_adds(&r->strings, text);
  while (r->kept.count <= id) (void)bs_vec_push(&r->kept);
  const char **kept = &r->kept.items[id];
  if (!*kept) *kept = *text ? bs_arena_strdup(&r->document->arena, text) : "";
  return *kept;
}

/* Goes into the value of a key, or an item of its array, for messages; leave goes back. */
static void enter(report_reader *r, const char *key, size_t index) {
  if (r->depth < JSON_READER_DEPTH) {
    r->at[r->depth].key = key;
    r->at[r->depth].index = index;
  }
  r->depth++;
}

static void leave(report_reader *r) { r->depth--; }

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

static bool read_number(report_reader *r, const char *key, const json_t *value, uint64_t limit,
                        uint64_t *number) {
  if (!json_is_integer(value)) return reader_fail(r, key, "is not a whole number");
  if (json_integer_value(value) < 0) return reader_fail(r, key, "is negative");
  *number = (uint64_t)json_integer_value(value);
  return *number <= limit || reader_fail(r, key, "is too large");
}

static bool read_time(report_reader *r, const char *key, const json_t *value, double unit, uint64_t *ns) {
  double number = round(json_number_value(value) * unit);
  if (!json_is_number(value)) return reader_fail(r, key, "is not a number");
  if (!(number >= 0 && number < 9e18)) return reader_fail(r, key, "is not a time");
  *ns = (uint64_t)number;
  return true;
}

static bool read_text(report_reader *r, const char *key, const json_t *value, const char **text) {
  if (!json_is_string(value)) return reader_fail(r, key, "is not a string");
  *text = keep(r, json_string_value(value));
  return true;
}

/* One of the field's names, as its index. */
static bool read_name(report_reader *r, const shape_field *f, const json_t *value, unsigned *index) {
  if (!json_is_string(value)) return reader_fail(r, f->key, "is not a string");
  for (unsigned i = 0; i < f->nnames; i++)
    if (!strcmp(f->names[i], json_string_value(value))) {
      *index = i;
      return true;
    }
  bs_strbuf what = BS_STRBUF_INIT;
  bs_strbuf_addf(&what, "is '%s'; %s", json_string_value(value),
                 f->kind == FIELD_CONSTANT ? "this blockscan reads" : "expected");
  const char *before = " ";
  for (unsigned i = 0; i < f->nnames; i++)
    if (*f->names[i]) {
      bs_strbuf_addf(&what, "%s%s", before, f->names[i]);
      before = ", ";
    }
  reader_fail(r, f->key, what.text);
  bs_strbuf_fini(&what);
  return false;
}

static bool read_id(report_reader *r, const shape_field *f, const json_t *value, char *id) {
  const char *text = "";
  if (!read_text(r, f->key, value, &text)) return false;
  if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
    return reader_fail(r, f->key, "is not 16 hexadecimal digits");
  memcpy(id, text, 17);
  return true;
}

static bool read_members(report_reader *r, const shape *s, const json_t *object, void *item) {
  for (const shape_field *f = s->fields; f < s->fields + s->count; f++) {
    const json_t *value = json_object_get(object, f->key);
    if (value && !json_is_null(value)) {
      if (!reader_value(r, f, value, item)) return false;
    } else if (f->flags & FIELD_REQUIRED) {
      return reader_fail(r, f->key, "is missing");
    }
  }
  return true;
}

static bool read_object(report_reader *r, const shape_field *f, const json_t *value, void *at) {
  if (!json_is_object(value)) return reader_fail(r, f->key, "is not an object");
  enter(r, f->key, SIZE_MAX);
  if (!read_members(r, f->of, value, at)) return false;
  leave(r);
  return true;
}

/* An id that no finding has is left out. The findings stand before what names them. */
static void read_finding_number(report_reader *r, const shape_field *f, const json_t *value, void *item) {
  const char *id = json_string_value(value);
  for (unsigned i = 0; id && i < r->document->findings.count; i++) {
    if (strcmp(r->document->findings.items[i].id, id) != 0) continue;
    *(unsigned *)shape_push(f, item) = i;
    return;
  }
}

/* The step of this number, empty as long as only ways have named it. */
static report_step *step_of(report_reader *r, uint32_t number) {
  bool is_new;
  uint32_t at = bs_map_add(&r->step_numbers, number, r->steps.count, &is_new);
  if (is_new) *bs_vec_push(&r->steps) = report_new_step(&r->document->arena);
  return r->steps.items[at];
}

static bool read_step_number(report_reader *r, const shape_field *f, const json_t *value, void *item) {
  uint64_t number = 0;
  if (!read_number(r, f->key, value, INT_MAX, &number)) return false;
  if (number >= r->named) r->named = (uint32_t)number + 1;
  *(const report_step **)shape_push(f, item) = step_of(r, (uint32_t)number);
  return true;
}

static bool read_step(report_reader *r, const shape_field *f, size_t index, const json_t *value,
                      report_step *step) {
  enter(r, f->key, index);
  if (!json_is_object(value)) return reader_fail(r, NULL, "is not an object");
  if (!read_members(r, f->of, value, step)) return false;
  leave(r);
  return true;
}

static bool read_path_step(report_reader *r, const shape_field *f, size_t index, const json_t *value,
                           void *item) {
  report_step *step = report_new_step(&r->document->arena);
  *(const report_step **)shape_push(f, item) = step;
  return read_step(r, f, index, value, step);
}

static bool read_callback(report_reader *r, const shape_field *f, size_t index, const json_t *value) {
  report_entry *entry = bs_vec_push(&r->callbacks);
  shape_init(f->of, entry);
  entry->role = RULE_ROLE_OTHER;
  enter(r, f->key, index);
  if (!json_is_object(value)) return reader_fail(r, NULL, "is not an object");
  if (!read_members(r, f->of, value, entry)) return false;
  leave(r);
  return true;
}

/* One more entry of a finding, without a path. */
static bool read_more(report_reader *r, const shape_field *f, const json_t *value, void *item) {
  uint64_t number = 0;
  if (!read_number(r, f->key, value, INT_MAX, &number)) return false;
  if (number >= r->callbacks.count)
    return reader_fail(r, f->key, "names a callback that 'callbacks' does not have");
  report_entry *entry = report_add_entry(item);
  *entry = r->callbacks.items[number];
  memset(&entry->path, 0, sizeof entry->path);
  return true;
}

bool reader_has_all_steps(report_reader *r) {
  return r->named <= r->told || reader_fail(r, NULL, "a way names a step that 'steps' does not have");
}

bool reader_item(report_reader *r, const shape_field *f, size_t index, const json_t *value, void *item) {
  if (f->kind == FIELD_PATH) return read_path_step(r, f, index, value, item);
  if (f->kind == FIELD_WAY) return read_step_number(r, f, value, item);
  if (f->kind == FIELD_CALLBACKS) return read_callback(r, f, index, value);
  if (f->kind == FIELD_MORE) return read_more(r, f, value, item);
  if (f->kind == FIELD_STEPS) return read_step(r, f, index, value, step_of(r, r->told++));
  if (f->kind == FIELD_FINDINGS) {
    read_finding_number(r, f, value, item);
    return true;
  }
  if (f->kind == FIELD_TEXTS) {
    if (!json_is_string(value)) return reader_fail(r, f->key, "holds something that is not a string");
    *(const char **)shape_push(f, item) = keep(r, json_string_value(value));
    return true;
  }
  enter(r, f->key, index);
  if (!json_is_object(value)) return reader_fail(r, NULL, "is not an object");
  void *added = shape_push(f, item);
  if (f->of->before) f->of->before(added, item);
  if (!read_members(r, f->of, value, added)) return false;
  if (f->of->after) f->of->after(added);
  leave(r);
  return true;
}

static bool read_items(report_reader *r, const shape_field *f, const json_t *value, void *item) {
  if (!json_is_array(value)) return reader_fail(r, f->key, "is not an array");
  for (size_t i = 0; i < json_array_size(value); i++)
    if (!reader_item(r, f, i, json_array_get(value, i), item)) return false;
  return true;
}

bool reader_value(report_reader *r, const shape_field *f, const json_t *value, void *item) {
  void *at = (char *)item + f->offset;
  uint64_t number = 0;
  unsigned index = 0;
  if (f->there) *shape_there(f, item) = true;
  switch (f->kind) {
  case FIELD_TEXT: return read_text(r, f->key, value, at);
  case FIELD_WORD:
    if (!read_name(r, f, value, &index)) return false;
    *(const char **)at = f->names[index];
    return true;
  case FIELD_ID: return read_id(r, f, value, at);
  case FIELD_NUMBER:
  case FIELD_INDEX:
    if (!read_number(r, f->key, value, INT_MAX, &number)) return false;
    *(unsigned *)at = (unsigned)number + (f->kind == FIELD_INDEX);
    return true;
  case FIELD_COUNT: return read_number(r, f->key, value, UINT64_MAX, at);
  case FIELD_MS: return read_time(r, f->key, value, 1e6, at);
  case FIELD_US: return read_time(r, f->key, value, 1e3, at);
  case FIELD_BOOL:
    if (!json_is_boolean(value)) return reader_fail(r, f->key, "is neither true nor false");
    *(bool *)at = json_is_true(value);
    return true;
  case FIELD_NAME: return read_name(r, f, value, at);
  case FIELD_OBJECT: return read_object(r, f, value, at);
  case FIELD_LIST:
  case FIELD_TEXTS:
  case FIELD_FINDINGS:
  case FIELD_PATH:
  case FIELD_WAY:
  case FIELD_STEPS:
  case FIELD_MORE:
  case FIELD_CALLBACKS: return read_items(r, f, value, item);
  case FIELD_CONSTANT:
  case FIELD_DERIVED: return read_name(r, f, value, &index); /* it follows from the others */
  }
  return false;
}
