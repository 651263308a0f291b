/* Files of kind "blocking": rules. docs/adding-a-rule.md tells their form to people, schema.json to
 * editors. */
#include "rules/loader.h"

#include <stdlib.h>
#include <string.h>

static const rule_json_member file_members[] = {
    {"$schema", JSON_KIND_STRING, false}, {"kind", JSON_KIND_STRING, true},
    {"about", JSON_KIND_STRING, false},   {"library", JSON_KIND_OBJECT, false},
    {"advice", JSON_KIND_OBJECT, false},  {"rules", JSON_KIND_ARRAY, true},
    {NULL, JSON_KIND_ANY, false}};

static const rule_json_member library_members[] = {{"name", JSON_KIND_STRING, true},
                                                   {"packages", JSON_KIND_STRINGS, false},
                                                   {"headers", JSON_KIND_STRINGS, false},
                                                   {"flags", JSON_KIND_STRING, false},
                                                   {NULL, JSON_KIND_ANY, false}};

static const rule_json_member rule_members[] = {
    {"id", JSON_KIND_STRING, true},           {"functions", JSON_KIND_STRINGS, true},
    {"category", JSON_KIND_STRING, true},     {"latency", JSON_KIND_STRING, true},
    {"severity", JSON_KIND_STRING, false},    {"message", JSON_KIND_STRING, true},
    {"manual", JSON_KIND_STRING, false},      {"wait", JSON_KIND_BOOLEAN, false},
    {"wait_count", JSON_KIND_INTEGER, false}, {"unless", JSON_KIND_ARRAY, false},
    {"only_if", JSON_KIND_ARRAY, false},      {"ready", JSON_KIND_INTEGER, false},
    {"timeout", JSON_KIND_OBJECT, false},     {"confidence", JSON_KIND_STRING, false},
    {"unknown", JSON_KIND_STRING, false},     {"advice", JSON_KIND_OBJECT, false},
    {"examples", JSON_KIND_OBJECT, false},    {NULL, JSON_KIND_ANY, false}};

static const rule_json_member example_members[] = {
    {"language", JSON_KIND_STRING, false},  {"flags", JSON_KIND_STRING, false},
    {"includes", JSON_KIND_STRINGS, false}, {"declare", JSON_KIND_STRING, false},
    {"blocks", JSON_KIND_STRING, true},     {"silent", JSON_KIND_STRING, false},
    {"offloaded", JSON_KIND_ANY, false},    {NULL, JSON_KIND_ANY, false}};

static const char *const languages[] = {"c", "c++"};

static bool is_id(const char *text) {
  size_t word = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");
  if (!word) return false;
  return text[word] == 0 || (text[word] == '.' && is_id(text + word + 1));
}

static void load_id(rule_json_reader *reader, const rule_json_at *at, rule *r) {
  r->id = rule_json_get_string(reader, at, "id");
  rule_json_at id = rule_json_get(at, "id", JSON_KIND_STRING);
  if (!r->id) return;
  if (!is_id(r->id) || !strchr(r->id, '.'))
    rule_json_problem_at(
        reader, &id,
        "'%s' is not a rule id; expected a word, a dot and a word, of a-z, 0-9, '-' and '_': "
        "\"dns.getaddrinfo\"",
        r->id);
}

static void load_advice(rule_json_reader *reader, const rule_json_at *at, bool general, rule *r) {
  rule_json_at advice = rule_json_get(at, "advice", JSON_KIND_OBJECT);
  if (!advice.value) return;
  const char *loop;
  json_t *text;
  json_object_foreach(advice.value, loop, text) {
    rule_json_at member = {&advice, text, loop, 0};
    if (!json_is_string(text))
      rule_json_problem_at(reader, &member, "the advice for '%s' must be a string", loop);
    else
      *bs_vec_push(&r->advice) = (rule_advice){bs_arena_strdup(reader->arena, loop),
                                               rule_json_get_string(reader, &advice, loop), general};
  }
}

static void load_prelude(rule_json_reader *reader, const rule_json_at *examples, rule *r) {
  rule_json_strings includes = {0};
  bs_strbuf text = BS_STRBUF_INIT;
  rule_json_get_strings(reader, examples, "includes", &includes);
  for (uint32_t i = 0; i < includes.count; i++) bs_strbuf_addf(&text, "#include %s\n", includes.items[i]);
  const char *declare = rule_json_get_string(reader, examples, "declare");
  if (declare) bs_strbuf_addf(&text, "%s%s\n", includes.count ? "\n" : "", declare);
  r->example_includes = text.length ? bs_arena_strdup(reader->arena, text.text) : NULL;
  bs_strbuf_fini(&text);
  bs_vec_fini(&includes);
}

static void load_examples(rule_json_reader *reader, const rule_json_at *at, rule *r) {
  rule_json_at examples = rule_json_get(at, "examples", JSON_KIND_OBJECT);
  r->example_language = "c";
  r->example_flags = "";
  if (!examples.value || !rule_json_check_object(reader, &examples, "'examples'", example_members)) return;
  r->example_language = languages[rule_json_get_name(reader, &examples, "language", languages, 2, 0)];
  const char *flags = rule_json_get_string(reader, &examples, "flags");
  if (flags) r->example_flags = flags;
  load_prelude(reader, &examples, r);
  r->example_blocks = rule_json_get_string(reader, &examples, "blocks");
  r->example_silent = rule_json_get_string(reader, &examples, "silent");
  rule_json_at offloaded = rule_json_get(&examples, "offloaded", JSON_KIND_ANY);
  if (json_is_true(offloaded.value))
    r->example_offloaded = r->example_blocks;
  else if (json_is_string(offloaded.value))
    r->example_offloaded = rule_json_get_string(reader, &examples, "offloaded");
  else if (offloaded.value)
    rule_json_problem_at(reader, &offloaded, "'offloaded' must be true or a string");
  if (!r->example_silent == !r->example_offloaded)
    rule_json_problem_at(reader, &examples, "'examples' needs either 'silent' or 'offloaded'");
}

static enum rule_severity severity_of(enum rule_latency latency) {
  return latency == RULE_MICROSECONDS ? RULE_NOTE : latency == RULE_MILLISECONDS ? RULE_WARNING : RULE_ERROR;
}

static void load_words(rule_json_reader *reader, const rule_json_at *at, rule *r) {
  r->category =
      (enum rule_category)rule_json_get_name(reader, at, "category", rule_category_names, RULE_CATEGORIES, 0);
  r->latency =
      (enum rule_latency)rule_json_get_name(reader, at, "latency", rule_latency_names, RULE_LATENCIES, 0);
  r->severity = (enum rule_severity)rule_json_get_name(reader, at, "severity", rule_severity_names,
                                                       RULE_SEVERITIES, severity_of(r->latency));
  r->confidence = (enum rule_confidence)rule_json_get_name(reader, at, "confidence", rule_confidence_names,
                                                           RULE_CONFIDENCES, RULE_CERTAIN);
  r->unknown = (enum rule_confidence)rule_json_get_name(reader, at, "unknown", rule_confidence_names,
                                                        RULE_CONFIDENCES, RULE_LIKELY);
  r->message = rule_json_get_string(reader, at, "message");
  r->manual = rule_json_get_string(reader, at, "manual");
  if (!r->manual) r->manual = "";
  r->wait = rule_json_get_bool(at, "wait");
  rule_json_at count = rule_json_get(at, "wait_count", JSON_KIND_INTEGER);
  r->wait_count = count.value ? (int)json_integer_value(count.value) : -1;
  rule_json_at ready = rule_json_get(at, "ready", JSON_KIND_INTEGER);
  r->ready = ready.value ? (int)json_integer_value(ready.value) : -1;
}

static const char *joined(rule_json_reader *reader, const rule_json_at *at, const char *key) {
  rule_json_strings words = {0};
  bs_strbuf text = BS_STRBUF_INIT;
  rule_json_get_strings(reader, at, key, &words);
  for (uint32_t i = 0; i < words.count; i++) bs_strbuf_addf(&text, "%s%s", i ? " " : "", words.items[i]);
  const char *kept = text.length ? bs_arena_strdup(reader->arena, text.text) : "";
  bs_strbuf_fini(&text);
  bs_vec_fini(&words);
  return kept;
}

static const rule_library *load_library(rule_json_reader *reader, const rule_json_at *root) {
  rule_library *library = bs_arena_alloc(reader->arena, sizeof *library);
  *library = (rule_library){.packages = "", .headers = "", .flags = ""};
  rule_json_at at = rule_json_get(root, "library", JSON_KIND_OBJECT);
  if (!at.value || !rule_json_check_object(reader, &at, "'library'", library_members)) return library;
  library->name = rule_json_get_string(reader, &at, "name");
  library->packages = joined(reader, &at, "packages");
  library->headers = joined(reader, &at, "headers");
  const char *flags = rule_json_get_string(reader, &at, "flags");
  if (flags) library->flags = flags;
  return library;
}

static rule *load_rule(rule_json_reader *reader, const rule_json_at *root, const rule_json_at *at) {
  rule_json_check_object(reader, at, "a rule", rule_members);
  if (!json_is_object(at->value)) return NULL;
  rule *r = bs_arena_alloc(reader->arena, sizeof *r);
  rule_json_strings functions = {0};
  condition_list unless = {0}, only_if = {0};
  load_id(reader, at, r);
  rule_json_get_strings(reader, at, "functions", &functions);
  load_words(reader, at, r);
  load_timeout(reader, at, &r->timeout);
  load_conditions(reader, at, "unless", &unless);
  load_conditions(reader, at, "only_if", &only_if);
  load_advice(reader, at, false, r);
  load_advice(reader, root, true, r);
  load_examples(reader, at, r);
  bs_vec_settle(&functions, reader->arena);
  bs_vec_settle(&unless, reader->arena);
  bs_vec_settle(&only_if, reader->arena);
  bs_vec_settle(&r->advice, reader->arena);
  memcpy(&r->functions, &functions, sizeof functions);
  memcpy(&r->unless, &unless, sizeof unless);
  memcpy(&r->only_if, &only_if, sizeof only_if);
  r->file = bs_arena_strdup(reader->arena, reader->path);
  return r;
}

static void check_unique(rule_json_reader *reader, const rule_json_at *at, const rule_list *rules,
                         const rule *r) {
  for (uint32_t i = 0; r->id && i < rules->count; i++) {
    if (!rules->items[i]->id || strcmp(rules->items[i]->id, r->id) != 0) continue;
    rule_json_at id = rule_json_get(at, "id", JSON_KIND_STRING);
    rule_json_problem_at(reader, &id, "duplicate rule '%s' in this file", r->id);
  }
}

void load_rules(rule_json_reader *reader, const rule_json_at *root, rule_list *out) {
  rule_json_check_object(reader, root, "a file of kind 'blocking'", file_members);
  rule_json_at list = rule_json_get(root, "rules", JSON_KIND_ARRAY);
  const rule_library *library = load_library(reader, root);
  rule_json_cursor cursor = rule_json_cursor_start(reader->text, &list);
  for (size_t i = 0; i < json_array_size(list.value); i++) {
    rule_json_at item = rule_json_item(&list, i);
    unsigned line = rule_json_cursor_line(&cursor);
    rule *r = load_rule(reader, root, &item);
    if (!r) continue;
    r->line = line;
    r->library = library;
    check_unique(reader, &item, out, r);
    *bs_vec_push(out) = r;
  }
}

void rule_fini(rule *r) {
  conditions_fini(r->unless.items, r->unless.count);
  conditions_fini(r->only_if.items, r->only_if.count);
}
