/* Files of kind "loop": packs. docs/adding-a-loop.md tells their form to people, schema.json to editors. */
#include "rules/loader.h"

#include <stdlib.h>
#include <string.h>

static const rule_json_member pack_members[] = {
    {"$schema", JSON_KIND_STRING, false},        {"kind", JSON_KIND_STRING, true},
    {"about", JSON_KIND_STRING, false},          {"name", JSON_KIND_STRING, true},
    {"title", JSON_KIND_STRING, true},           {"manual", JSON_KIND_STRING, false},
    {"offload_advice", JSON_KIND_STRING, false}, {"offload_example", JSON_KIND_OBJECT, false},
    {"like", JSON_KIND_STRING, false},           {"guests", JSON_KIND_BOOLEAN, false},
    {"recorder", JSON_KIND_OBJECT, false},       {"register", JSON_KIND_ARRAY, false},
    {"offload", JSON_KIND_ARRAY, false},         {"run", JSON_KIND_ARRAY, false},
    {"dispatch", JSON_KIND_ARRAY, false},        {"call", JSON_KIND_ARRAY, false},
    {"defer", JSON_KIND_ARRAY, false},           {"offload_types", JSON_KIND_STRINGS, false},
    {NULL, JSON_KIND_ANY, false}};

/* `includes`, `language` and `flags` are for the test that compiles it. */
static const rule_json_member example_members[] = {
    {"language", JSON_KIND_STRING, false}, {"packages", JSON_KIND_STRING, false},
    {"flags", JSON_KIND_STRING, false},    {"includes", JSON_KIND_STRINGS, false},
    {"code", JSON_KIND_STRINGS, true},     {NULL, JSON_KIND_ANY, false}};

static const char *const section_names[PACK_KINDS] = {"register", "offload", "run",
                                                      "dispatch", "call",    "defer"};

static const rule_json_member row_members[] = {{"functions", JSON_KIND_STRINGS, false},
                                               {"callbacks", JSON_KIND_ARRAY, false},
                                               {"table", JSON_KIND_INTEGER, false},
                                               {"records", JSON_KIND_STRINGS, false},
                                               {"fields", JSON_KIND_STRINGS, false},
                                               {"role", JSON_KIND_STRING, false},
                                               {"unless", JSON_KIND_ARRAY, false},
                                               {"override", JSON_KIND_BOOLEAN, false},
                                               {"slots", JSON_KIND_INTEGER, false},
                                               {"object", JSON_KIND_BOOLEAN, false},
                                               {"returns", JSON_KIND_ANY, false},
                                               {"holds_loop", JSON_KIND_BOOLEAN, false},
                                               {NULL, JSON_KIND_ANY, false}};

/* `returns` as a condition: one that a wrapper can test, which knows no flags by name. */
static const rule_json_member returns_members[] = {{"arg", JSON_KIND_INTEGER, true},
                                                   {"equals", JSON_KIND_INTEGER, false},
                                                   {"lacks", JSON_KIND_INTEGER, false},
                                                   {NULL, JSON_KIND_ANY, false}};

static const rule_json_member recorder_members[] = {
    {"modules", JSON_KIND_STRINGS, false}, {"prefixes", JSON_KIND_STRINGS, false},
    {"turns", JSON_KIND_STRINGS, false},   {"dispatchers", JSON_KIND_STRINGS, false},
    {"python", JSON_KIND_STRINGS, false},  {"python_turns", JSON_KIND_STRINGS, false},
    {NULL, JSON_KIND_ANY, false}};

static const rule_json_member callback_members[] = {
    {"arg", JSON_KIND_INTEGER, true}, {"role", JSON_KIND_STRING, false}, {NULL, JSON_KIND_ANY, false}};

typedef struct row_source {
  rule_json_reader *reader;
  const rule_json_at *at;
  loop_pack *pack;
  enum pack_kind kind;
  enum rule_role role;
  enum pack_returns returns;
  rule_json_strings functions, records, fields;
} row_source;

/* Each row owns its conditions: the same text is read once for each. */
static pack_row *add_row(const row_source *source, const char *function, int argument) {
  condition_list unless = {0};
  load_conditions(source->reader, source->at, "unless", &unless);
  pack_row *row = bs_vec_push(&source->pack->rows);
  *row = (pack_row){.kind = source->kind,
                    .function = function,
                    .argument = argument,
                    .role = source->role,
                    .returns = source->returns,
                    .pack = source->pack};
  bs_vec_settle(&unless, source->reader->arena);
  memcpy(&row->unless, &unless, sizeof unless);
  return row;
}

static bool argument_of(rule_json_reader *reader, const rule_json_at *at, int *argument) {
  json_int_t value = json_integer_value(at->value);
  *argument = (int)value;
  if (value >= 0 && value < 64) return true;
  return rule_json_problem_at(reader, at, "expected the number of an argument, from 0"), false;
}

static enum rule_role role_of(rule_json_reader *reader, const rule_json_at *at, enum rule_role missing) {
  return (enum rule_role)rule_json_get_name(reader, at, "role", rule_role_names, RULE_ROLES, (int)missing);
}

static void load_callback(const row_source *source, const rule_json_at *at) {
  int argument;
  row_source one = *source;
  rule_json_at number = *at;
  if (json_is_object(at->value)) {
    if (!rule_json_check_object(source->reader, at, "a callback", callback_members)) return;
    number = rule_json_get(at, "arg", JSON_KIND_INTEGER);
    one.role = role_of(source->reader, at, source->role);
  } else if (!json_is_integer(at->value)) {
    rule_json_problem_at(source->reader, at,
                         "expected the number of an argument or {\"arg\": …, \"role\": …}");
    return;
  }
  if (!argument_of(source->reader, &number, &argument)) return;
  for (uint32_t f = 0; f < source->functions.count; f++) add_row(&one, source->functions.items[f], argument);
}

static void load_fields(const row_source *source, const char *function) {
  for (uint32_t r = 0; r < source->records.count; r++) {
    for (uint32_t f = 0; f < source->fields.count; f++) {
      pack_row *row = add_row(source, function, -1);
      row->record = source->records.items[r];
      row->field = source->fields.items[f];
    }
  }
}

/* The row names callbacks by argument, by table, by field, or (run) none at all. */
static bool check_row(const row_source *source) {
  const json_t *row = source->at->value;
  bool functions = source->functions.count, records = source->records.count;
  bool arguments = json_object_get(row, "callbacks") || json_object_get(row, "table") ||
                   json_is_true(json_object_get(row, "override")) ||
                   json_is_true(json_object_get(row, "object")) || json_object_get(row, "slots");
  const char *expected = NULL;
  if (records != (source->fields.count > 0))
    expected = "'records' and 'fields' together";
  else if (source->kind == PACK_RUN && (!functions || records || arguments))
    expected = "'functions' alone in 'run'";
  else if (source->kind == PACK_DISPATCH && (!functions || !records || arguments))
    expected = "'functions' with 'records' and 'fields' in 'dispatch'";
  else if (source->kind != PACK_RUN && source->kind != PACK_DISPATCH &&
           (functions != arguments || functions == records))
    expected = "either 'functions' with 'callbacks', 'table' or 'override', or 'records' with 'fields'";
  else if (source->kind != PACK_RUN && json_object_get(row, "returns"))
    expected = "no 'returns' here: only functions in 'run' have it";
  else if (source->kind != PACK_REGISTER && json_object_get(row, "slots"))
    expected = "no 'slots' here: only functions in 'register' have it";
  else if (source->kind != PACK_OFFLOAD && json_object_get(row, "object"))
    expected = "no 'object' here: only functions in 'offload' have it";
  else if (source->kind != PACK_REGISTER && json_object_get(row, "role"))
    expected = "no 'role' here: only callbacks in 'register' have one";
  if (expected) rule_json_problem_at(source->reader, source->at, "expected %s", expected);
  return !expected;
}

static void add_rows(const row_source *source) {
  rule_json_at callbacks = rule_json_get(source->at, "callbacks", JSON_KIND_ARRAY);
  for (size_t i = 0; i < json_array_size(callbacks.value); i++) {
    rule_json_at item = rule_json_item(&callbacks, i);
    load_callback(source, &item);
  }
  rule_json_at table = rule_json_get(source->at, "table", JSON_KIND_INTEGER);
  int argument = -1;
  bool overridden = rule_json_get_bool(source->at, "override");
  bool of_object = rule_json_get_bool(source->at, "object");
  bool has_table = table.value && argument_of(source->reader, &table, &argument);
  rule_json_at slots = rule_json_get(source->at, "slots", JSON_KIND_INTEGER);
  bool has_slots = slots.value && argument_of(source->reader, &slots, &argument);
  for (uint32_t f = 0; f < source->functions.count; f++) {
    if (has_table) add_row(source, source->functions.items[f], argument)->table = true;
    if (has_slots) add_row(source, source->functions.items[f], argument)->slots = true;
    if (overridden) add_row(source, source->functions.items[f], -1);
    if (of_object) add_row(source, source->functions.items[f], -1)->object = true;
    if (source->kind == PACK_RUN) add_row(source, source->functions.items[f], -1);
    if (source->kind == PACK_DISPATCH) load_fields(source, source->functions.items[f]);
  }
  if (!source->functions.count) load_fields(source, NULL);
}

enum { RUN_ARGUMENTS = 6 }; /* that a wrapper passes on */

/* "at-end" (also when left out), "each-turn", or the condition under which it returns at the end. */
static enum pack_returns returns_of(rule_json_reader *reader, const rule_json_at *at) {
  static const char *const words[] = {"at-end", "each-turn"};
  rule_json_at returns = rule_json_get(at, "returns", JSON_KIND_ANY);
  if (!returns.value || json_is_string(returns.value))
    return (enum pack_returns)rule_json_get_name(reader, at, "returns", words, 2, PACK_RETURNS_AT_END);
  if (!rule_json_check_object(reader, &returns, "a condition of 'returns'", returns_members))
    return PACK_RETURNS_BY_ARGUMENT;
  rule_json_at argument = rule_json_get(&returns, "arg", JSON_KIND_INTEGER);
  if (argument.value &&
      (json_integer_value(argument.value) < 0 || json_integer_value(argument.value) >= RUN_ARGUMENTS))
    rule_json_problem_at(reader, &argument, "expected one of the first 6 arguments, from 0");
  if (!json_object_get(returns.value, "equals") == !json_object_get(returns.value, "lacks"))
    rule_json_problem_at(reader, &returns, "expected either 'equals' or 'lacks'");
  return PACK_RETURNS_BY_ARGUMENT;
}

static void load_row(rule_json_reader *reader, loop_pack *pack, enum pack_kind kind, const rule_json_at *at) {
  if (!rule_json_check_object(reader, at, "a row", row_members)) return;
  row_source source = {.reader = reader, .at = at, .pack = pack, .kind = kind};
  source.role = role_of(reader, at, RULE_ROLE_OTHER);
  source.returns = returns_of(reader, at);
  rule_json_get_strings(reader, at, "functions", &source.functions);
  rule_json_get_strings(reader, at, "records", &source.records);
  rule_json_get_strings(reader, at, "fields", &source.fields);
  if (check_row(&source)) add_rows(&source);
  bs_vec_fini(&source.functions);
  bs_vec_fini(&source.records);
  bs_vec_fini(&source.fields);
}

static const char *load_example(rule_json_reader *reader, const rule_json_at *root) {
  rule_json_at example = rule_json_get(root, "offload_example", JSON_KIND_OBJECT);
  if (!example.value || !rule_json_check_object(reader, &example, "an example", example_members)) return NULL;
  rule_json_strings lines = {0};
  bs_strbuf code = BS_STRBUF_INIT;
  rule_json_get_strings(reader, &example, "code", &lines);
  for (uint32_t i = 0; i < lines.count; i++) bs_strbuf_addf(&code, "%s\n", lines.items[i]);
  const char *kept = bs_arena_strdup(reader->arena, code.text);
  bs_strbuf_fini(&code);
  bs_vec_fini(&lines);
  return kept;
}

static void load_recorder(rule_json_reader *reader, const rule_json_at *root, loop_pack *pack) {
  rule_json_at recorder = rule_json_get(root, "recorder", JSON_KIND_OBJECT);
  if (!recorder.value || !rule_json_check_object(reader, &recorder, "'recorder'", recorder_members)) return;
  rule_json_strings modules = {0}, prefixes = {0}, turns = {0}, dispatchers = {0};
  rule_json_strings python = {0}, python_turns = {0};
  rule_json_get_strings(reader, &recorder, "modules", &modules);
  rule_json_get_strings(reader, &recorder, "prefixes", &prefixes);
  rule_json_get_strings(reader, &recorder, "turns", &turns);
  rule_json_get_strings(reader, &recorder, "dispatchers", &dispatchers);
  rule_json_get_strings(reader, &recorder, "python", &python);
  rule_json_get_strings(reader, &recorder, "python_turns", &python_turns);
  rule_json_strings *const lists[] = {&modules, &prefixes, &turns, &dispatchers, &python, &python_turns};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) bs_vec_settle(lists[i], reader->arena);
  memcpy(&pack->modules, &modules, sizeof modules);
  memcpy(&pack->prefixes, &prefixes, sizeof prefixes);
  memcpy(&pack->turns, &turns, sizeof turns);
  memcpy(&pack->dispatchers, &dispatchers, sizeof dispatchers);
  memcpy(&pack->python, &python, sizeof python);
  memcpy(&pack->python_turns, &python_turns, sizeof python_turns);
}

loop_pack *load_pack(rule_json_reader *reader, const rule_json_at *root) {
  rule_json_check_object(reader, root, "a file of kind 'loop'", pack_members);
  loop_pack *pack = bs_arena_alloc(reader->arena, sizeof *pack);
  pack->name = rule_json_get_string(reader, root, "name");
  pack->title = rule_json_get_string(reader, root, "title");
  pack->manual = rule_json_get_string(reader, root, "manual");
  pack->guests = rule_json_get_bool(root, "guests");
  pack->like = rule_json_get_string(reader, root, "like");
  pack->offload_advice = rule_json_get_string(reader, root, "offload_advice");
  pack->offload_code = load_example(reader, root);
  rule_json_strings offload_types = {0};
  rule_json_get_strings(reader, root, "offload_types", &offload_types);
  bs_vec_settle(&offload_types, reader->arena);
  memcpy(&pack->offload_types, &offload_types, sizeof offload_types);
  load_recorder(reader, root, pack);
  pack->file = bs_arena_strdup(reader->arena, reader->path);
  for (int kind = 0; kind < PACK_KINDS; kind++) {
    rule_json_at rows = rule_json_get(root, section_names[kind], JSON_KIND_ARRAY);
    for (size_t i = 0; i < json_array_size(rows.value); i++) {
      rule_json_at item = rule_json_item(&rows, i);
      load_row(reader, pack, (enum pack_kind)kind, &item);
    }
  }
  bs_vec_settle(&pack->rows, reader->arena);
  return pack;
}

void pack_fini(loop_pack *pack) {
  if (!pack) return;
  for (uint32_t i = 0; i < pack->rows.count; i++)
    conditions_fini(pack->rows.items[i].unless.items, pack->rows.items[i].unless.count);
}
