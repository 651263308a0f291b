/* Files of kind "descriptors": which functions give a descriptor, which change its mode, which fork. */
#include "rules/loader.h"

static const rule_json_member file_members[] = {
    {"$schema", JSON_KIND_STRING, false}, {"kind", JSON_KIND_STRING, true},
    {"about", JSON_KIND_STRING, false},   {"create", JSON_KIND_ARRAY, false},
    {"set", JSON_KIND_ARRAY, false},      {"watch", JSON_KIND_ARRAY, false},
    {"mark", JSON_KIND_ARRAY, false},     {"handles", JSON_KIND_ARRAY, false},
    {"hand_on", JSON_KIND_ARRAY, false},  {"limits", JSON_KIND_ARRAY, false},
    {"forks", JSON_KIND_STRINGS, false},  {NULL, JSON_KIND_ANY, false}};

static const rule_json_member limit_members[] = {{"name", JSON_KIND_STRING, true},
                                                 {"about", JSON_KIND_STRING, false},
                                                 {"set", JSON_KIND_ARRAY, true},
                                                 {NULL, JSON_KIND_ANY, false}};

static const rule_json_member limit_set_members[] = {{"functions", JSON_KIND_STRINGS, true},
                                                     {"arg", JSON_KIND_INTEGER, true},
                                                     {"if", JSON_KIND_ARRAY, false},
                                                     {"timeout", JSON_KIND_OBJECT, true},
                                                     {NULL, JSON_KIND_ANY, false}};

static const rule_json_member hand_on_members[] = {
    {"functions", JSON_KIND_STRINGS, true}, {"descriptor", JSON_KIND_INTEGER, false},
    {"callback", JSON_KIND_INTEGER, false}, {"parameter", JSON_KIND_INTEGER, false},
    {"keeps", JSON_KIND_STRING, false},     {"gives", JSON_KIND_STRING, false},
    {"out", JSON_KIND_INTEGER, false},      {NULL, JSON_KIND_ANY, false}};

static const rule_json_member mark_members[] = {{"functions", JSON_KIND_STRINGS, true},
                                                {"descriptor", JSON_KIND_INTEGER, true},
                                                {"is", JSON_KIND_STRINGS, true},
                                                {"if", JSON_KIND_ARRAY, true},
                                                {NULL, JSON_KIND_ANY, false}};

static const rule_json_member handle_members[] = {
    {"name", JSON_KIND_STRING, true},   {"about", JSON_KIND_STRING, false},
    {"waits", JSON_KIND_STRING, false}, {"each", JSON_KIND_BOOLEAN, false},
    {"create", JSON_KIND_ARRAY, false}, {"set", JSON_KIND_ARRAY, false},
    {NULL, JSON_KIND_ANY, false}};

static const rule_json_member handle_create_members[] = {{"functions", JSON_KIND_STRINGS, true},
                                                         {"waits", JSON_KIND_BOOLEAN, false},
                                                         {"out", JSON_KIND_INTEGER, false},
                                                         {"flags", JSON_KIND_OBJECT, false},
                                                         {"from", JSON_KIND_INTEGER, false},
                                                         {"paths", JSON_KIND_OBJECT, false},
                                                         {NULL, JSON_KIND_ANY, false}};

static const rule_json_member handle_set_members[] = {{"functions", JSON_KIND_STRINGS, true},
                                                      {"arg", JSON_KIND_INTEGER, false},
                                                      {"if", JSON_KIND_OBJECT, false},
                                                      {"value", JSON_KIND_OBJECT, false},
                                                      {"from", JSON_KIND_INTEGER, false},
                                                      {"waits", JSON_KIND_BOOLEAN, false},
                                                      {NULL, JSON_KIND_ANY, false}};

static const rule_json_member create_members[] = {
    {"functions", JSON_KIND_STRINGS, true}, {"is", JSON_KIND_STRINGS, true},
    {"out", JSON_KIND_INTEGER, false},      {"flags", JSON_KIND_OBJECT, false},
    {"if", JSON_KIND_OBJECT, false},        {"unless", JSON_KIND_OBJECT, false},
    {"paths", JSON_KIND_OBJECT, false},     {NULL, JSON_KIND_ANY, false}};

static const rule_json_member set_members[] = {{"functions", JSON_KIND_STRINGS, true},
                                               {"descriptor", JSON_KIND_INTEGER, true},
                                               {"if", JSON_KIND_OBJECT, false},
                                               {"value", JSON_KIND_OBJECT, false},
                                               {NULL, JSON_KIND_ANY, false}};

static const rule_json_member watch_members[] = {{"functions", JSON_KIND_STRINGS, false},
                                                 {"descriptor", JSON_KIND_INTEGER, false},
                                                 {"fields", JSON_KIND_STRINGS, false},
                                                 {NULL, JSON_KIND_ANY, false}};

static const rule_json_member flags_members[] = {
    {"arg", JSON_KIND_INTEGER, true}, {"nonblock", JSON_KIND_ANY, true}, {NULL, JSON_KIND_ANY, false}};

static const rule_json_member paths_members[] = {{"arg", JSON_KIND_INTEGER, true},
                                                 {"begin", JSON_KIND_STRINGS, false},
                                                 {"hold", JSON_KIND_STRINGS, false},
                                                 {NULL, JSON_KIND_ANY, false}};

static const rule_json_member has_members[] = {
    {"arg", JSON_KIND_INTEGER, true}, {"has", JSON_KIND_ANY, true}, {NULL, JSON_KIND_ANY, false}};

static const rule_json_member if_members[] = {
    {"arg", JSON_KIND_INTEGER, true}, {"equals", JSON_KIND_ANY, true}, {NULL, JSON_KIND_ANY, false}};

static const rule_json_member value_members[] = {{"arg", JSON_KIND_INTEGER, true},
                                                 {"field", JSON_KIND_STRING, false},
                                                 {"nonblock", JSON_KIND_ANY, false},
                                                 {"inverted", JSON_KIND_BOOLEAN, false},
                                                 {NULL, JSON_KIND_ANY, false}};

static int argument_of(rule_json_reader *reader, const rule_json_at *at, const char *key) {
  rule_json_at member = rule_json_get(at, key, JSON_KIND_INTEGER);
  if (!member.value) return -1;
  json_int_t value = json_integer_value(member.value);
  if (value >= 0 && value < 64) return (int)value;
  rule_json_problem_at(reader, &member, "'%s' is %lld; expected the number of an argument, from 0", key,
                       (long long)value);
  return -1;
}

/* {"arg": 1, "nonblock": "O_NONBLOCK"}: sets the value and gives the argument, or -1. */
static int argument_value(rule_json_reader *reader, const rule_json_at *at, const char *key,
                          const rule_json_member *members, const char *value_key, int64_t *value) {
  rule_json_at member = rule_json_get(at, key, JSON_KIND_OBJECT);
  if (!member.value || !rule_json_check_object(reader, &member, key, members)) return -1;
  rule_json_at flag = rule_json_get(&member, value_key, JSON_KIND_ANY);
  const char *text;
  if (flag.value) rule_json_flag(reader, &flag, value, &text);
  return argument_of(reader, &member, "arg");
}

static void add_rows(rule_json_reader *reader, const rule_json_at *at, const char *key,
                     const descriptor_row *row, descriptor_list *out) {
  rule_json_strings functions = {0};
  rule_json_get_strings(reader, at, key, &functions);
  for (uint32_t i = 0; i < functions.count; i++) {
    descriptor_row *copy = bs_vec_push(out);
    *copy = *row;
    copy->function = functions.items[i];
  }
  bs_vec_fini(&functions);
}

/* {"arg": 0, "begin": ["/proc/", "/sys/"]}, {"arg": 0, "hold": ["fifo"]} */
static void load_paths(rule_json_reader *reader, const rule_json_at *at, descriptor_row *row) {
  rule_json_at member = rule_json_get(at, "paths", JSON_KIND_OBJECT);
  row->path_argument = -1;
  if (!member.value || !rule_json_check_object(reader, &member, "paths", paths_members)) return;
  rule_json_strings begin = {0}, hold = {0};
  rule_json_get_strings(reader, &member, "begin", &begin);
  rule_json_get_strings(reader, &member, "hold", &hold);
  const char **paths = bs_arena_alloc(reader->arena, (begin.count + hold.count + 1) * sizeof *paths);
  for (uint32_t i = 0; i < begin.count; i++) paths[i] = begin.items[i];
  for (uint32_t i = 0; i < hold.count; i++)
    paths[begin.count + i] = bs_arena_printf(reader->arena, "*%s", hold.items[i]);
  paths[begin.count + hold.count] = NULL;
  row->path_argument = argument_of(reader, &member, "arg");
  row->paths = paths;
  bs_vec_fini(&begin);
  bs_vec_fini(&hold);
}

static void load_create(rule_json_reader *reader, const rule_json_at *at, descriptor_list *out) {
  if (!rule_json_check_object(reader, at, "a row of 'create'", create_members)) return;
  descriptor_row row = {.kind = DESCRIPTOR_CREATE,
                        .descriptor_argument = -1,
                        .command_argument = -1,
                        .value_argument = -1,
                        .from_argument = -1};
  unsigned bits = load_descriptor_bits(reader, at, "is");
  row.bits = bits & ~(unsigned)(RULE_FD_NONBLOCKING | RULE_FD_BLOCKING);
  row.always_nonblocking = bits & RULE_FD_NONBLOCKING;
  row.out_argument = argument_of(reader, at, "out");
  row.flags_argument = argument_value(reader, at, "flags", flags_members, "nonblock", &row.nonblock_bit);
  rule_json_at only = rule_json_get(at, "if", JSON_KIND_OBJECT);
  row.only_bits = only.value && json_object_get(only.value, "has");
  row.only_argument = argument_value(reader, at, "if", row.only_bits ? has_members : if_members,
                                     row.only_bits ? "has" : "equals", &row.only);
  row.unless_argument = argument_value(reader, at, "unless", if_members, "equals", &row.unless);
  load_paths(reader, at, &row);
  add_rows(reader, at, "functions", &row, out);
}

static void load_set(rule_json_reader *reader, const rule_json_at *at, descriptor_list *out) {
  if (!rule_json_check_object(reader, at, "a row of 'set'", set_members)) return;
  descriptor_row row = {
      .kind = DESCRIPTOR_SET, .out_argument = -1, .flags_argument = -1, .from_argument = -1};
  row.descriptor_argument = argument_of(reader, at, "descriptor");
  row.command_argument = argument_value(reader, at, "if", if_members, "equals", &row.command);
  row.value_argument = argument_value(reader, at, "value", value_members, "nonblock", &row.nonblock_bit);
  rule_json_at value = rule_json_get(at, "value", JSON_KIND_OBJECT);
  row.value_inverted = value.value && rule_json_get_bool(&value, "inverted");
  row.value_field = value.value ? rule_json_get_string(reader, &value, "field") : NULL;
  row.always_nonblocking = row.value_argument < 0;
  add_rows(reader, at, "functions", &row, out);
}

static void load_watch(rule_json_reader *reader, const rule_json_at *at, descriptor_list *out) {
  if (!rule_json_check_object(reader, at, "a row of 'watch'", watch_members)) return;
  descriptor_row row = {
      .kind = DESCRIPTOR_WATCH, .out_argument = -1, .flags_argument = -1, .from_argument = -1};
  row.descriptor_argument = argument_of(reader, at, "descriptor");
  bool functions = rule_json_get(at, "functions", JSON_KIND_STRINGS).value;
  if (functions != (row.descriptor_argument >= 0))
    rule_json_problem_at(reader, at, "'functions' and 'descriptor' go together");
  if (functions) add_rows(reader, at, "functions", &row, out);
  add_rows(reader, at, "fields", &row, out);
}

static void load_section(rule_json_reader *reader, const rule_json_at *root, const char *key,
                         descriptor_list *out,
                         void (*load)(rule_json_reader *, const rule_json_at *, descriptor_list *)) {
  rule_json_at list = rule_json_get(root, key, JSON_KIND_ARRAY);
  for (size_t i = 0; i < json_array_size(list.value); i++) {
    rule_json_at item = rule_json_item(&list, i);
    load(reader, &item, out);
  }
}

/* {"functions": ["event_new"], "descriptor": 1, "callback": 3, "parameter": 0} */
static void load_hand_on(rule_json_reader *reader, const rule_json_at *at, descriptor_list *out) {
  if (!rule_json_check_object(reader, at, "a row of 'hand_on'", hand_on_members)) return;
  descriptor_row row = {.kind = DESCRIPTOR_HAND_ON, .flags_argument = -1, .from_argument = -1};
  row.descriptor_argument = argument_of(reader, at, "descriptor");
  row.callback_argument = argument_of(reader, at, "callback");
  row.callback_parameter = argument_of(reader, at, "parameter");
  row.out_argument = argument_of(reader, at, "out");
  const char *keeps = rule_json_get_string(reader, at, "keeps"),
             *gives = rule_json_get_string(reader, at, "gives");
  row.handle = keeps ? keeps : gives;
  bool to_callback = row.callback_argument >= 0 && row.callback_parameter >= 0;
  if (to_callback + (keeps != NULL) + (gives != NULL) != 1)
    rule_json_problem_at(reader, at, "expected one of 'callback' with 'parameter', 'keeps' and 'gives'");
  if ((row.descriptor_argument >= 0) != (gives == NULL))
    rule_json_problem_at(reader, at, "'descriptor' goes with 'callback' and 'keeps'");
  add_rows(reader, at, "functions", &row, out);
}

/* The conditions of a row, all of which must hold. */
static void load_if(rule_json_reader *reader, const rule_json_at *at, descriptor_row *row) {
  condition_list conditions = {0};
  load_conditions(reader, at, "if", &conditions);
  for (uint32_t i = 0; i < conditions.count; i++)
    if (conditions.items[i].pattern || conditions.items[i].all)
      rule_json_problem_at(reader, at, "'if' takes neither 'string' nor 'all' here");
  conditions_fini(conditions.items, conditions.count); /* what has a pattern is a problem */
  bs_vec_settle(&conditions, reader->arena);
  row->nconditions = conditions.count;
  row->conditions = conditions.items;
}

/* {"functions": ["setsockopt"], "descriptor": 0, "is": "lingering", "if": [{…}, {…}]} */
static void load_mark(rule_json_reader *reader, const rule_json_at *at, descriptor_list *out) {
  if (!rule_json_check_object(reader, at, "a row of 'mark'", mark_members)) return;
  descriptor_row row = {
      .kind = DESCRIPTOR_MARK, .out_argument = -1, .flags_argument = -1, .from_argument = -1};
  row.descriptor_argument = argument_of(reader, at, "descriptor");
  row.bits = load_descriptor_bits(reader, at, "is");
  load_if(reader, at, &row);
  add_rows(reader, at, "functions", &row, out);
}

/* {"functions": ["curl_easy_setopt"], "arg": 0, "if": [{…}], "timeout": {"arg": 2, "unit": "s"}} */
static void load_limit_set(rule_json_reader *reader, const rule_json_at *at, const char *name,
                           descriptor_list *out) {
  if (!rule_json_check_object(reader, at, "a row of 'set'", limit_set_members)) return;
  descriptor_row row = {.kind = DESCRIPTOR_LIMIT,
                        .handle = name,
                        .out_argument = -1,
                        .flags_argument = -1,
                        .from_argument = -1};
  row.descriptor_argument = argument_of(reader, at, "arg");
  load_timeout(reader, at, &row.timeout);
  load_if(reader, at, &row);
  add_rows(reader, at, "functions", &row, out);
}

static void load_limit(rule_json_reader *reader, const rule_json_at *at, descriptor_list *out) {
  if (!rule_json_check_object(reader, at, "a row of 'limits'", limit_members)) return;
  const char *name = rule_json_get_string(reader, at, "name");
  rule_json_at set = rule_json_get(at, "set", JSON_KIND_ARRAY);
  for (size_t i = 0; name && i < json_array_size(set.value); i++) {
    rule_json_at item = rule_json_item(&set, i);
    load_limit_set(reader, &item, name, out);
  }
}

static void load_handle_create(rule_json_reader *reader, const rule_json_at *at, const char *handle,
                               descriptor_list *out) {
  if (!rule_json_check_object(reader, at, "a row of 'create'", handle_create_members)) return;
  descriptor_row row = {.kind = DESCRIPTOR_CREATE,
                        .handle = handle,
                        .descriptor_argument = -1,
                        .command_argument = -1,
                        .value_argument = -1,
                        .only_argument = -1,
                        .unless_argument = -1};
  row.out_argument = argument_of(reader, at, "out");
  row.from_argument = argument_of(reader, at, "from");
  row.flags_argument = argument_value(reader, at, "flags", flags_members, "nonblock", &row.nonblock_bit);
  rule_json_at waits = rule_json_get(at, "waits", JSON_KIND_BOOLEAN);
  row.always_blocking = waits.value && json_is_true(waits.value);
  row.always_nonblocking = waits.value && !json_is_true(waits.value);
  load_paths(reader, at, &row);
  add_rows(reader, at, "functions", &row, out);
}

static void load_handle_set(rule_json_reader *reader, const rule_json_at *at, const char *handle,
                            descriptor_list *out) {
  if (!rule_json_check_object(reader, at, "a row of 'set'", handle_set_members)) return;
  descriptor_row row = {.kind = DESCRIPTOR_SET, .handle = handle, .out_argument = -1, .flags_argument = -1};
  row.descriptor_argument = argument_of(reader, at, "arg");
  row.from_argument = argument_of(reader, at, "from");
  rule_json_at only = rule_json_get(at, "if", JSON_KIND_OBJECT);
  row.only_bits = only.value && json_object_get(only.value, "has");
  row.only_argument = row.only_bits ? argument_value(reader, at, "if", has_members, "has", &row.only) : -1;
  row.command_argument =
      row.only_bits ? -1 : argument_value(reader, at, "if", if_members, "equals", &row.command);
  row.value_argument = argument_value(reader, at, "value", value_members, "nonblock", &row.nonblock_bit);
  rule_json_at value = rule_json_get(at, "value", JSON_KIND_OBJECT);
  row.value_inverted = value.value ? rule_json_get_bool(&value, "inverted") : rule_json_get_bool(at, "waits");
  row.always_nonblocking = row.value_argument < 0 && row.from_argument < 0;
  add_rows(reader, at, "functions", &row, out);
}

/* What is known of a library's objects as a whole is a row of its own, found by the library's name. */
static void load_handle(rule_json_reader *reader, const rule_json_at *at, descriptor_list *out) {
  static const char *const waits[] = {"yes", "no", "unknown"};
  if (!rule_json_check_object(reader, at, "a row of 'handles'", handle_members)) return;
  const char *name = rule_json_get_string(reader, at, "name");
  if (!name) return;
  int state = rule_json_get_name(reader, at, "waits", waits, 3, 0);
  descriptor_row *family = bs_vec_push(out);
  *family = (descriptor_row){.kind = DESCRIPTOR_HANDLE, .function = name, .handle = name, .out_argument = -1};
  family->always_blocking = state == 0;
  family->always_nonblocking = state == 1;
  family->each = rule_json_get_bool(at, "each");
  rule_json_at create = rule_json_get(at, "create", JSON_KIND_ARRAY),
               set = rule_json_get(at, "set", JSON_KIND_ARRAY);
  for (size_t i = 0; i < json_array_size(create.value); i++) {
    rule_json_at item = rule_json_item(&create, i);
    load_handle_create(reader, &item, name, out);
  }
  for (size_t i = 0; i < json_array_size(set.value); i++) {
    rule_json_at item = rule_json_item(&set, i);
    load_handle_set(reader, &item, name, out);
  }
}

void load_descriptors(rule_json_reader *reader, const rule_json_at *root, descriptor_list *rows,
                      rule_json_strings *forks) {
  rule_json_check_object(reader, root, "a file of kind 'descriptors'", file_members);
  load_section(reader, root, "create", rows, load_create);
  load_section(reader, root, "set", rows, load_set);
  load_section(reader, root, "watch", rows, load_watch);
  load_section(reader, root, "mark", rows, load_mark);
  load_section(reader, root, "handles", rows, load_handle);
  load_section(reader, root, "hand_on", rows, load_hand_on);
  load_section(reader, root, "limits", rows, load_limit);
  rule_json_get_strings(reader, root, "forks", forks);
}
