/* Reads .blockscan.yaml. libyaml keeps the place of every node, so that each complaint names its line and
 * column. */
#include "rules/config.h"

#include "base/nearest.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "rules/loader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

typedef struct reader {
  const char *path; /* for messages */
  const char *folder; /* absolute: relative files of the configuration are below it */
  yaml_document_t document;
  project_config *config;
  bs_error *error;
} reader;

static bool fail(reader *r, const yaml_node_t *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(reader *r, const yaml_node_t *node, const char *format, ...) {
  bs_strbuf text = BS_STRBUF_INIT;
  va_list args;
  va_start(args, format);
  bs_strbuf_vaddf(&text, format, args);
  va_end(args);
  bs_error_set(r->error, "%s:%zu:%zu: %s", r->path, node->start_mark.line + 1, node->start_mark.column + 1,
               text.text);
  bs_strbuf_fini(&text);
  return false;
}

/* "unknown WHAT 'WORD'; did you mean …": the message is the same for keys and values. */
static bool fail_unknown(reader *r, const yaml_node_t *node, const char *what, const char *word,
                         const char *const *names, int count) {
  bs_strbuf text = BS_STRBUF_INIT;
  const char *nearest = bs_nearest(word, names, count);
  bs_strbuf_addf(&text, "unknown %s '%s'", what, word);
  if (nearest) bs_strbuf_addf(&text, "; did you mean '%s'?", nearest);
  bs_strbuf_adds(&text, nearest ? " Expected one of " : "; expected one of ");
  for (int i = 0; i < count; i++) bs_strbuf_addf(&text, "%s'%s'", i ? ", " : "", names[i]);
  fail(r, node, "%s", text.text);
  bs_strbuf_fini(&text);
  return false;
}

static const char *kind_name(const yaml_node_t *node) {
  switch (node->type) {
  case YAML_SEQUENCE_NODE: return "a list";
  case YAML_MAPPING_NODE: return "a mapping";
  default: return "a text";
  }
}

/* A key without a value. */
static bool is_empty(const yaml_node_t *node) {
  return node->type == YAML_SCALAR_NODE && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
         !node->data.scalar.length;
}

/* A non-empty text, or NULL with an error. `what` names it: "a rule file". */
static const char *get_text(reader *r, const yaml_node_t *node, const char *what) {
  if (node->type != YAML_SCALAR_NODE) {
    fail(r, node, "%s is expected here, not %s", what, kind_name(node));
    return NULL;
  }
  const char *text = (const char *)node->data.scalar.value;
  size_t length = node->data.scalar.length;
  if (!length || memchr(text, 0, length)) {
    fail(r, node, "%s is expected here, not %s", what, length ? "a text with a zero byte" : "nothing");
    return NULL;
  }
  return bs_arena_strndup(&r->config->arena, text, length);
}

typedef bool item_reader(reader *r, const yaml_node_t *node);

static bool read_list(reader *r, const yaml_node_t *node, const char *what, item_reader *read) {
  if (is_empty(node)) return true;
  if (node->type != YAML_SEQUENCE_NODE)
    return fail(r, node, "a list of %s is expected here (lines that begin with '- '), not %s", what,
                kind_name(node));
  for (yaml_node_item_t *i = node->data.sequence.items.start; i < node->data.sequence.items.top; i++)
    if (!read(r, yaml_document_get_node(&r->document, *i))) return false;
  return true;
}

/* The text of a mapping's key; an error where it is no text or stands there twice. */
static const char *get_key(reader *r, const yaml_node_t *mapping, const yaml_node_pair_t *pair) {
  const yaml_node_t *node = yaml_document_get_node(&r->document, pair->key);
  const char *key = get_text(r, node, "a key");
  for (yaml_node_pair_t *p = mapping->data.mapping.pairs.start; key && p < pair; p++) {
    const yaml_node_t *other = yaml_document_get_node(&r->document, p->key);
    if (other->type != YAML_SCALAR_NODE || strcmp((const char *)other->data.scalar.value, key) != 0) continue;
    fail(r, node, "duplicate key '%s', first in line %zu", key, other->start_mark.line + 1);
    return NULL;
  }
  return key;
}

/* Reads a mapping with exactly two text keys: {function: f, like: g}. */
static bool read_pair(reader *r, const yaml_node_t *node, const char *const names[2], const char *values[2],
                      const yaml_node_t *nodes[2]) {
  if (node->type != YAML_MAPPING_NODE)
    return fail(r, node, "a mapping with '%s' and '%s' is expected here, not %s", names[0], names[1],
                kind_name(node));
  for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
    const char *key = get_key(r, node, p);
    if (!key) return false;
    int i = !strcmp(key, names[0]) ? 0 : 1;
    if (strcmp(key, names[i]) != 0)
      return fail_unknown(r, yaml_document_get_node(&r->document, p->key), "key", key, names, 2);
    nodes[i] = yaml_document_get_node(&r->document, p->value);
    values[i] = get_text(r, nodes[i], names[i]);
    if (!values[i]) return false;
  }
  for (int i = 0; i < 2; i++)
    if (!values[i]) return fail(r, node, "'%s' is missing here", names[i]);
  return true;
}

static const char *get_file(reader *r, const yaml_node_t *node, const char *what) {
  const char *text = get_text(r, node, what);
  return text ? bs_path_normalise(&r->config->arena, r->folder, text) : NULL;
}

static const char *get_regular_file(reader *r, const yaml_node_t *node, const char *what) {
  const char *file = get_file(r, node, what);
  if (!file || access(file, F_OK) != 0 || bs_path_is_file(file)) return file;
  fail(r, node, "'%s' is not a regular file", (const char *)node->data.scalar.value);
  return NULL;
}

static bool read_rule_file(reader *r, const yaml_node_t *node) {
  const char *file = get_regular_file(r, node, "a rule file");
  if (file) *bs_vec_push(&r->config->rules) = file;
  return file;
}

static bool read_pack_file(reader *r, const yaml_node_t *node) {
  const char *file = get_regular_file(r, node, "a file with a loop pack");
  if (file) *bs_vec_push(&r->config->packs) = file;
  return file;
}

static bool read_startup_function(reader *r, const yaml_node_t *node) {
  const char *function = get_text(r, node, "a function's name");
  if (function) *bs_vec_push(&r->config->startup) = function;
  return function;
}

static bool read_wrapper(reader *r, const yaml_node_t *node) {
  static const char *const names[] = {"function", "like"};
  const char *values[2] = {0};
  const yaml_node_t *nodes[2];
  if (!read_pair(r, node, names, values, nodes)) return false;
  *bs_vec_push(&r->config->wrappers) =
      (config_wrapper){values[0], values[1], (unsigned)nodes[1]->start_mark.line + 1,
                       (unsigned)nodes[1]->start_mark.column + 1};
  return true;
}

/* {path, reason}, and perhaps the rules that are meant: {path, rule, reason}. */
static bool read_exclusion(reader *r, const yaml_node_t *node) {
  static const char *const names[] = {"path", "reason", "rule"};
  const char *values[3] = {0};
  if (node->type != YAML_MAPPING_NODE)
    return fail(r, node, "a mapping with 'path' and 'reason' is expected here, not %s", kind_name(node));
  for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
    const char *key = get_key(r, node, p);
    if (!key) return false;
    int i = 0;
    while (i < 3 && strcmp(key, names[i]) != 0) i++;
    if (i == 3) return fail_unknown(r, yaml_document_get_node(&r->document, p->key), "key", key, names, 3);
    values[i] = get_text(r, yaml_document_get_node(&r->document, p->value), names[i]);
    if (!values[i]) return false;
  }
  for (int i = 0; i < 2; i++)
    if (!values[i]) return fail(r, node, "'%s' is missing here", names[i]);
  *bs_vec_push(&r->config->exclude) = (config_exclusion){values[0], values[1], values[2]};
  return true;
}

static bool read_level(reader *r, const char *id, const yaml_node_t *key, const yaml_node_t *node) {
  static const char *const names[] = {"off", "note", "warning", "error"};
  const char *star = strchr(id, '*');
  if (star && star[1])
    return fail(r, key, "a rule is expected here, or a prefix with one star at its end: 'disk.*'");
  const char *level = get_text(r, node, "a level");
  if (!level) return false;
  int i = 0;
  while (i < 4 && strcmp(level, names[i]) != 0) i++;
  if (i == 4) return fail_unknown(r, node, "level", level, names, 4);
  *bs_vec_push(&r->config->levels) = (config_level){
      .rule = id,
      .off = i == 0,
      .severity = i ? (enum rule_severity)(i - 1) : RULE_NOTE,
      .line = (unsigned)key->start_mark.line + 1,
      .column = (unsigned)key->start_mark.column + 1,
  };
  return true;
}

static bool read_levels(reader *r, const yaml_node_t *node) {
  if (is_empty(node)) return true;
  if (node->type != YAML_MAPPING_NODE)
    return fail(r, node, "a mapping from rules to levels is expected here ('disk.open: note'), not %s",
                kind_name(node));
  for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
    const char *id = get_key(r, node, p);
    if (!id) return false;
    const yaml_node_t *key = yaml_document_get_node(&r->document, p->key);
    if (!read_level(r, id, key, yaml_document_get_node(&r->document, p->value))) return false;
  }
  return true;
}

static bool read_rules(reader *r, const yaml_node_t *node) {
  return read_list(r, node, "rule files", read_rule_file);
}
static bool read_packs(reader *r, const yaml_node_t *node) {
  return read_list(r, node, "files with loop packs", read_pack_file);
}
static bool read_wrappers(reader *r, const yaml_node_t *node) {
  return read_list(r, node, "wrappers", read_wrapper);
}
static bool read_exclude(reader *r, const yaml_node_t *node) {
  return read_list(r, node, "paths with reasons", read_exclusion);
}
static bool read_startup(reader *r, const yaml_node_t *node) {
  return read_list(r, node, "functions", read_startup_function);
}

/* A text for every file, or for some: {path: GLOB, NAME: TEXT}. */
static bool read_scoped(reader *r, const yaml_node_t *node, const char *name, const char *what,
                        const char *values[2]) {
  const char *const names[] = {"path", name};
  const yaml_node_t *nodes[2];
  values[0] = NULL;
  if (node->type == YAML_MAPPING_NODE) return read_pair(r, node, names, values, nodes);
  values[1] = get_text(r, node, what);
  return values[1] != NULL;
}

static bool read_word(reader *r, const yaml_node_t *node, enum config_word_kind kind) {
  const char *values[2];
  if (!read_scoped(r, node, "arg", "a word of a command line, or 'path' and 'arg',", values)) return false;
  *bs_vec_push(&r->config->words) = (config_word){kind, values[0], values[1]};
  return true;
}

static bool read_extra(reader *r, const yaml_node_t *node) { return read_word(r, node, CONFIG_EXTRA_ARG); }
static bool read_before(reader *r, const yaml_node_t *node) {
  return read_word(r, node, CONFIG_EXTRA_ARG_BEFORE);
}
static bool read_remove(reader *r, const yaml_node_t *node) { return read_word(r, node, CONFIG_REMOVE_ARG); }

static bool read_driver(reader *r, const yaml_node_t *node) {
  const char *values[2];
  if (!read_scoped(r, node, "driver", "a glob of compilers, or 'path' and 'driver',", values)) return false;
  *bs_vec_push(&r->config->query_drivers) = (config_driver){values[0], values[1]};
  return true;
}

static bool read_extra_args(reader *r, const yaml_node_t *node) {
  return read_list(r, node, "words", read_extra);
}
static bool read_extra_args_before(reader *r, const yaml_node_t *node) {
  return read_list(r, node, "words", read_before);
}
static bool read_remove_args(reader *r, const yaml_node_t *node) {
  return read_list(r, node, "globs of words", read_remove);
}
static bool read_drivers(reader *r, const yaml_node_t *node) {
  return read_list(r, node, "globs of compilers", read_driver);
}

static bool read_path_map(reader *r, const yaml_node_t *node) {
  if (is_empty(node)) return true;
  if (node->type != YAML_MAPPING_NODE)
    return fail(r, node, "a mapping from folders to folders is expected here ('/ci/project: .'), not %s",
                kind_name(node));
  for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
    const char *from = get_key(r, node, p);
    const char *to = from ? get_file(r, yaml_document_get_node(&r->document, p->value), "a folder") : NULL;
    if (!to) return false;
    *bs_vec_push(&r->config->path_maps) = (config_path_map){from, to};
  }
  return true;
}

static const struct config_key {
  const char *name;
  item_reader *read;
} config_keys[] = {
    {"rules", read_rules},
    {"packs", read_packs},
    {"wrappers", read_wrappers},
    {"exclude", read_exclude},
    {"levels", read_levels},
    {"startup", read_startup},
    {"extra-arg", read_extra_args},
    {"extra-arg-before", read_extra_args_before},
    {"remove-arg", read_remove_args},
    {"query-driver", read_drivers},
    {"path-map", read_path_map},
};
enum { KEYS = sizeof config_keys / sizeof *config_keys };

static bool fail_key(reader *r, const yaml_node_t *node, const char *key) {
  const char *names[KEYS];
  for (int i = 0; i < KEYS; i++) names[i] = config_keys[i].name;
  return fail_unknown(r, node, "key", key, names, KEYS);
}

static bool read_root(reader *r, const yaml_node_t *root) {
  if (!root || is_empty(root)) return true;
  if (root->type != YAML_MAPPING_NODE)
    return fail(r, root, "a mapping is expected here ('rules:', 'exclude:' …), not %s", kind_name(root));
  for (yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top; p++) {
    const char *key = get_key(r, root, p);
    if (!key) return false;
    int i = 0;
    while (i < KEYS && strcmp(key, config_keys[i].name) != 0) i++;
    if (i == KEYS) return fail_key(r, yaml_document_get_node(&r->document, p->key), key);
    if (!config_keys[i].read(r, yaml_document_get_node(&r->document, p->value))) return false;
  }
  return true;
}

/* What libyaml complains about. Bytes that are no text have an offset only. */
static bool fail_syntax(const reader *r, const yaml_parser_t *parser, const char *text) {
  size_t line = parser->problem_mark.line, column = parser->problem_mark.column;
  if (parser->error == YAML_READER_ERROR) {
    line = column = 0;
    for (size_t i = 0; i < parser->problem_offset && text[i]; i++) {
      column = text[i] == '\n' ? 0 : column + 1;
      line += text[i] == '\n';
    }
  }
  const char *context = parser->context ? parser->context : "";
  return bs_error_set(r->error, "%s:%zu:%zu: %s%s%s", r->path, line + 1, column + 1,
                      parser->problem ? parser->problem : "not YAML", *context ? " " : "", context);
}

/* Whether nothing but the end follows the document that was read. */
static bool is_last_document(reader *r, yaml_parser_t *parser, const char *text) {
  yaml_document_t next;
  if (!yaml_parser_load(parser, &next)) return fail_syntax(r, parser, text);
  const yaml_node_t *root = yaml_document_get_root_node(&next);
  bool last = !root;
  if (root) fail(r, root, "expected one YAML document; a second one begins here");
  yaml_document_delete(&next);
  return last;
}

enum { MOST_DEEP = 64 };

/* libyaml's time grows with the square of the depth. */
static bool check_depth(const char *path, const char *text, size_t length, bs_error *error) {
  yaml_parser_t parser;
  yaml_event_t event;
  int depth = 0;
  bool good = true, more = yaml_parser_initialize(&parser);
  if (more) yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
  while (more && good && yaml_parser_parse(&parser, &event)) {
    depth += event.type == YAML_SEQUENCE_START_EVENT || event.type == YAML_MAPPING_START_EVENT;
    depth -= event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
    more = event.type != YAML_STREAM_END_EVENT;
    if (depth > MOST_DEEP)
      good = bs_error_set(error, "%s:%zu:%zu: nested more than %d levels deep", path,
                          event.start_mark.line + 1, event.start_mark.column + 1, MOST_DEEP);
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  return good;
}

bool project_config_parse(project_config *config, const char *path, const char *text, size_t length,
                          bs_error *error) {
  *config = (project_config){0};
  if (!check_depth(path, text, length, error)) return false;
  const char *file = bs_path_normalise(&config->arena, bs_path_cwd(&config->arena), path);
  reader r = {.path = path, .config = config, .error = error};
  config->file = bs_arena_strdup(&config->arena, path);
  r.folder = bs_path_dirname(&config->arena, file);
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser)) return bs_error_set(error, "%s: out of memory", path);
  yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
  bool good = yaml_parser_load(&parser, &r.document);
  if (!good) {
    fail_syntax(&r, &parser, text);
  } else {
    good = read_root(&r, yaml_document_get_root_node(&r.document));
    if (good && yaml_document_get_root_node(&r.document)) good = is_last_document(&r, &parser, text);
    yaml_document_delete(&r.document);
  }
  yaml_parser_delete(&parser);
  return good;
}

bool project_config_load(project_config *config, const char *path, bs_error *error) {
  *config = (project_config){0};
  if (!path) return true;
  bs_strbuf text = BS_STRBUF_INIT;
  bool good = bs_strbuf_read_file(&text, path) == 0;
  if (!good)
    bs_error_set(error, "%s: %s", path, strerror(errno));
  else
    good = project_config_parse(config, path, text.text, text.length, error);
  bs_strbuf_fini(&text);
  return good;
}

void project_config_fini(project_config *config) {
  bs_vec_fini(&config->rules);
  bs_vec_fini(&config->packs);
  bs_vec_fini(&config->wrappers);
  bs_vec_fini(&config->exclude);
  bs_vec_fini(&config->levels);
  bs_vec_fini(&config->startup);
  bs_vec_fini(&config->words);
  bs_vec_fini(&config->path_maps);
  bs_vec_fini(&config->query_drivers);
  bs_arena_fini(&config->arena);
}
