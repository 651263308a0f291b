/* JSON values with their places, and the checks that every rule file goes through. */
#include "rules/loader.h"

#include "base/nearest.h"

#include <stdio.h>
#include <string.h>

static const char *skip_space(const char *p) {
  while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r') p++;
  return p;
}

static const char *after(const char *p) { return *p ? p + 1 : p; }

static const char *skip_string(const char *p) {
  for (p = after(p); *p && *p != '"'; p++) {
    if (*p == '\\' && p[1]) p++;
  }
  return after(p);
}

static const char *skip_value(const char *p) {
  unsigned depth = 0;
  do {
    p = skip_space(p);
    if (*p == '"') {
      p = skip_string(p);
      continue;
    }
    if (*p == '{' || *p == '[')
      depth++;
    else if (*p == '}' || *p == ']')
      depth--;
    else if (*p != ',' && *p != ':') {
      while (*p && !strchr(" \t\r\n,:]}", *p)) p++;
      continue;
    }
    if (*p) p++;
  } while (depth && *p);
  return p;
}

/* The number of a member in its object: Jansson keeps the order of the file. */
static size_t ordinal(const rule_json_at *at) {
  if (!at->key) return at->index;
  size_t n = 0;
  const char *key;
  json_t *value;
  json_object_foreach(at->up->value, key, value) {
    if (strcmp(key, at->key) == 0) return n;
    n++;
  }
  return n;
}

static const char *locate(const char *text, const rule_json_at *at, bool key) {
  if (!at->up) return skip_space(text);
  const char *p = skip_space(after(locate(text, at->up, false)));
  for (size_t n = ordinal(at); n > 0 && *p; n--) {
    p = skip_value(p);
    if (at->key) p = skip_value(after(skip_space(p)));
    p = skip_space(p);
    if (*p == ',') p = skip_space(p + 1);
  }
  if (!at->key || key) return p;
  return skip_space(after(skip_space(skip_string(p))));
}

/* Line and column, from 1, of a value in the text; of its key where it has one and `key` is set. */
static void find_position(const char *text, const rule_json_at *at, bool key, unsigned *line,
                          unsigned *column) {
  const char *place = locate(text, at, key);
  *line = 1;
  *column = 1;
  for (const char *p = text; p < place && *p; p++) {
    if (*p == '\n') {
      (*line)++;
      *column = 1;
    } else {
      (*column)++;
    }
  }
}

rule_json_cursor rule_json_cursor_start(const char *text, const rule_json_at *array) {
  rule_json_cursor cursor = {locate(text, array, false), 1};
  for (const char *p = text; p < cursor.next; p++) cursor.line += *p == '\n';
  if (*cursor.next) cursor.next++;
  return cursor;
}

unsigned rule_json_cursor_line(rule_json_cursor *cursor) {
  const char *place = skip_space(cursor->next);
  for (const char *p = cursor->next; p < place; p++) cursor->line += *p == '\n';
  unsigned line = cursor->line;
  const char *end = skip_space(skip_value(place));
  if (*end == ',') end++;
  for (const char *p = place; p < end; p++) cursor->line += *p == '\n';
  cursor->next = end;
  return line;
}

static void add_problem(rule_json_reader *reader, unsigned line, unsigned column, const char *text) {
  bs_strbuf whole = BS_STRBUF_INIT;
  bs_strbuf_addf(&whole, "%s:%u:%u: %s", reader->path, line, column, text);
  *bs_vec_push(&reader->problems) = (rule_json_problem){line, column, bs_strbuf_take(&whole)};
}

void rule_json_problem_at(rule_json_reader *reader, const rule_json_at *at, const char *format, ...) {
  unsigned line, column;
  find_position(reader->text, at, false, &line, &column);
  bs_strbuf text = BS_STRBUF_INIT;
  va_list args;
  va_start(args, format);
  bs_strbuf_vaddf(&text, format, args);
  va_end(args);
  add_problem(reader, line, column, text.text);
  bs_strbuf_fini(&text);
}

void rule_json_reader_fini(rule_json_reader *reader) {
  for (uint32_t i = 0; i < reader->problems.count; i++) free(reader->problems.items[i].text);
  bs_vec_fini(&reader->problems);
}

static int by_place(const void *a, const void *b) {
  const rule_json_problem *x = a, *y = b;
  if (x->line != y->line) return x->line < y->line ? -1 : 1;
  if (x->column != y->column) return x->column < y->column ? -1 : 1;
  return strcmp(x->text, y->text);
}

void rule_json_reader_sort(rule_json_reader *reader) {
  bs_vec_sort(&reader->problems, by_place);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < reader->problems.count; i++) {
    rule_json_problem *problem = &reader->problems.items[i];
    if (kept && strcmp(reader->problems.items[kept - 1].text, problem->text) == 0)
      free(problem->text);
    else
      reader->problems.items[kept++] = *problem;
  }
  reader->problems.count = kept;
}

json_t *rule_json_reader_parse(rule_json_reader *reader, size_t length) {
  json_error_t error;
  json_t *root = json_loadb(reader->text, length, JSON_REJECT_DUPLICATES, &error);
  if (root) return root;
  unsigned line = error.line > 0 ? (unsigned)error.line : 1;
  unsigned column = error.column > 0 ? (unsigned)error.column : 1;
  bs_strbuf text = BS_STRBUF_INIT;
  const char *near =
      strstr(error.text, " near '"); /* the place says where; the file may be none that is to be quoted */
  bs_strbuf_addf(&text, "not JSON: %.*s", near ? (int)(near - error.text) : (int)strlen(error.text),
                 error.text);
  add_problem(reader, line, column, text.text);
  bs_strbuf_fini(&text);
  return NULL;
}

static bool has_kind(const json_t *value, enum rule_json_kind kind) {
  switch (kind) {
  case JSON_KIND_STRING: return json_is_string(value);
  case JSON_KIND_STRINGS: return json_is_string(value) || json_is_array(value);
  case JSON_KIND_INTEGER: return json_is_integer(value);
  case JSON_KIND_BOOLEAN: return json_is_boolean(value);
  case JSON_KIND_ARRAY: return json_is_array(value);
  case JSON_KIND_OBJECT: return json_is_object(value);
  case JSON_KIND_ANY: return true;
  }
  return false;
}

static const char *const kind_names[] = {"a string",        "a string or an array of strings",
                                         "a whole number",  "true or false",
                                         "an array in [ ]", "an object in { }",
                                         "a value"};

/* "; did you mean 'x'? Expected one of 'x', 'y'" */
static void add_suggestion(bs_strbuf *text, const char *word, const char *const *names, int count) {
  const char *nearest = bs_nearest(word, names, count);
  if (nearest) bs_strbuf_addf(text, "; did you mean '%s'?", nearest);
  bs_strbuf_adds(text, nearest ? " Expected one of " : "; expected one of ");
  for (int i = 0; i < count; i++) bs_strbuf_addf(text, "%s'%s'", i ? ", " : "", names[i]);
}

static void unknown_key(rule_json_reader *reader, const rule_json_at *at, const char *key, const char *what,
                        const rule_json_member *members) {
  const char *names[32];
  int count = 0;
  for (; count < 32 && members[count].name; count++) names[count] = members[count].name;
  bs_strbuf text = BS_STRBUF_INIT;
  bs_strbuf_addf(&text, "unknown key '%s' in %s", key, what);
  add_suggestion(&text, key, names, count);
  unsigned line, column;
  rule_json_at member = {at, NULL, key, 0};
  find_position(reader->text, &member, true, &line, &column);
  add_problem(reader, line, column, text.text);
  bs_strbuf_fini(&text);
}

bool rule_json_check_object(rule_json_reader *reader, const rule_json_at *at, const char *what,
                            const rule_json_member *members) {
  if (!json_is_object(at->value)) {
    rule_json_problem_at(reader, at, "%s must be an object in { }", what);
    return false;
  }
  uint32_t before = reader->problems.count;
  const char *key;
  json_t *value;
  json_object_foreach(at->value, key, value) {
    const rule_json_member *m = members;
    while (m->name && strcmp(m->name, key) != 0) m++;
    rule_json_at member = {at, value, key, 0};
    if (!m->name)
      unknown_key(reader, at, key, what, members);
    else if (!has_kind(value, m->kind))
      rule_json_problem_at(reader, &member, "'%s' must be %s", key, kind_names[m->kind]);
  }
  for (const rule_json_member *m = members; m->name; m++) {
    if (m->required && !json_object_get(at->value, m->name))
      rule_json_problem_at(reader, at, "%s needs the key '%s'", what, m->name);
  }
  return reader->problems.count == before;
}

rule_json_at rule_json_get(const rule_json_at *at, const char *key, enum rule_json_kind kind) {
  json_t *value = json_object_get(at->value, key);
  return (rule_json_at){at, value && has_kind(value, kind) ? value : NULL, key, 0};
}

rule_json_at rule_json_item(const rule_json_at *array, size_t index) {
  return (rule_json_at){array, json_array_get(array->value, index), NULL, index};
}

const char *rule_json_get_string(rule_json_reader *reader, const rule_json_at *at, const char *key) {
  rule_json_at member = rule_json_get(at, key, JSON_KIND_STRING);
  if (!member.value) return NULL;
  return bs_arena_strndup(reader->arena, json_string_value(member.value), json_string_length(member.value));
}

bool rule_json_get_bool(const rule_json_at *at, const char *key) {
  return json_is_true(json_object_get(at->value, key));
}

int rule_json_get_name(rule_json_reader *reader, const rule_json_at *at, const char *key,
                       const char *const *names, int count, int missing) {
  rule_json_at member = rule_json_get(at, key, JSON_KIND_STRING);
  if (!member.value) return missing;
  const char *word = json_string_value(member.value);
  for (int i = 0; i < count; i++) {
    if (strcmp(names[i], word) == 0) return i;
  }
  bs_strbuf text = BS_STRBUF_INIT;
  bs_strbuf_addf(&text, "unknown word '%s' for '%s'", word, key);
  add_suggestion(&text, word, names, count);
  rule_json_problem_at(reader, &member, "%s", text.text);
  bs_strbuf_fini(&text);
  return missing;
}

static void add_string(rule_json_reader *reader, const rule_json_at *at, rule_json_strings *out) {
  if (!json_is_string(at->value) || !json_string_length(at->value)) {
    rule_json_problem_at(reader, at, "expected a string that is not empty");
    return;
  }
  *bs_vec_push(out) =
      bs_arena_strndup(reader->arena, json_string_value(at->value), json_string_length(at->value));
}

void rule_json_get_strings(rule_json_reader *reader, const rule_json_at *at, const char *key,
                           rule_json_strings *out) {
  rule_json_at member = rule_json_get(at, key, JSON_KIND_STRINGS);
  if (!member.value) return;
  if (json_is_string(member.value)) {
    add_string(reader, &member, out);
    return;
  }
  size_t count = json_array_size(member.value);
  if (!count) rule_json_problem_at(reader, &member, "'%s' is empty; expected at least one string", key);
  for (size_t i = 0; i < count; i++) {
    rule_json_at item = rule_json_item(&member, i);
    add_string(reader, &item, out);
  }
}

bool rule_json_flag(rule_json_reader *reader, const rule_json_at *at, int64_t *value, const char **text) {
  if (json_is_integer(at->value)) {
    *value = json_integer_value(at->value);
    *text = bs_arena_printf(reader->arena, "%lld", (long long)*value);
    return true;
  }
  if (!json_is_string(at->value)) {
    rule_json_problem_at(reader, at, "expected a whole number or the name of a flag");
    return false;
  }
  *text = bs_arena_strdup(reader->arena, json_string_value(at->value));
  if (rule_flag_value(*text, value)) return true;
  rule_json_problem_at(
      reader, at,
      "unknown flag '%s'; expected a flag that docs/rules.md lists, several with '|', or a number", *text);
  return false;
}
