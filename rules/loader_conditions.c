/* Conditions on a call's arguments, in rules as in packs: {"arg": 2, "has": "WNOHANG"}. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/loader.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ARGUMENT = 63 };

static const rule_json_member condition_members[] = {{"arg", JSON_KIND_INTEGER, false},
                                                     {"field", JSON_KIND_STRING, false},
                                                     {"equals", JSON_KIND_ANY, false},
                                                     {"has", JSON_KIND_ANY, false},
                                                     {"lacks", JSON_KIND_ANY, false},
                                                     {"is", JSON_KIND_STRING, false},
                                                     {"descriptor", JSON_KIND_STRINGS, false},
                                                     {"string", JSON_KIND_STRING, false},
                                                     {"above", JSON_KIND_ANY, false},
                                                     {"handle", JSON_KIND_STRING, false},
                                                     {"type", JSON_KIND_STRING, false},
                                                     {"after", JSON_KIND_STRINGS, false},
                                                     {"all", JSON_KIND_ARRAY, false},
                                                     {"at_most", JSON_KIND_ANY, false},
                                                     {NULL, JSON_KIND_ANY, false}};

static const char *const state_names[] = {"null", "not-null", "zero-struct", "retried", "fifo"};
static const char *const descriptor_names[] = {"file",    "socket",      "pipe",      "tty",
                                               "event",   "nonblocking", "blocking",  "datagram",
                                               "watched", "memory",      "lingering", "connectionless"};

unsigned load_descriptor_bits(rule_json_reader *reader, const rule_json_at *at, const char *key) {
  rule_json_at member = rule_json_get(at, key, JSON_KIND_STRINGS);
  rule_json_strings words = {0};
  unsigned bits = 0;
  rule_json_get_strings(reader, at, key, &words);
  const int count = sizeof descriptor_names / sizeof *descriptor_names;
  for (uint32_t i = 0; i < words.count; i++) {
    int n = 0;
    while (n < count && strcmp(descriptor_names[n], words.items[i]) != 0) n++;
    if (n < count) {
      bits |= 1u << n;
      continue;
    }
    rule_json_problem_at(
        reader, &member,
        "unknown descriptor '%s'; expected one of 'file', 'socket', 'pipe', 'tty', 'event', "
        "'nonblocking', 'blocking', 'datagram', 'watched', 'memory', 'lingering', 'connectionless'",
        words.items[i]);
  }
  bs_vec_fini(&words);
  return bits;
}

static void load_pattern(rule_json_reader *reader, const rule_json_at *at, rule_condition *condition) {
  condition->text = rule_json_get_string(reader, at, "string");
  if (!condition->text) return;
  int code;
  PCRE2_SIZE offset;
  condition->pattern =
      pcre2_compile((PCRE2_SPTR)condition->text, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &offset, NULL);
  if (condition->pattern) return;
  char text[160];
  pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
  rule_json_at member = rule_json_get(at, "string", JSON_KIND_STRING);
  rule_json_problem_at(reader, &member,
                       "not a pattern: %s (at character %zu); expected a PCRE2 regular expression", text,
                       (size_t)offset + 1);
}

static void load_value(rule_json_reader *reader, const rule_json_at *at, const char *key, enum rule_test test,
                       rule_condition *condition) {
  condition->test = test;
  rule_json_at member = rule_json_get(at, key, JSON_KIND_ANY);
  rule_json_flag(reader, &member, &condition->value, &condition->text);
}

/* Several values: any of them. */
static void load_values(rule_json_reader *reader, const rule_json_at *at, rule_condition *condition) {
  rule_json_at list = rule_json_get(at, "equals", JSON_KIND_ANY);
  size_t count = json_array_size(list.value);
  if (!json_is_array(list.value)) {
    load_value(reader, at, "equals", RULE_TEST_EQUALS, condition);
    return;
  }
  int64_t *values = bs_arena_alloc(reader->arena, (count + 1) * sizeof *values);
  bs_strbuf words = BS_STRBUF_INIT;
  for (size_t i = 0; i < count; i++) {
    rule_json_at item = rule_json_item(&list, i);
    const char *text = "";
    rule_json_flag(reader, &item, &values[i], &text);
    bs_strbuf_addf(&words, "%s%s", i ? " or " : "", text);
  }
  if (!count) rule_json_problem_at(reader, &list, "'equals' is empty; expected a number or a flag");
  condition->test = RULE_TEST_EQUALS;
  condition->values = values;
  condition->nvalues = (uint32_t)count;
  condition->text = bs_arena_strdup(reader->arena, words.text ? words.text : "");
  bs_strbuf_fini(&words);
}

static void load_state(rule_json_reader *reader, const rule_json_at *at, rule_condition *condition) {
  static const enum rule_test tests[] = {RULE_TEST_NULL, RULE_TEST_NOT_NULL, RULE_TEST_ZERO_STRUCT,
                                         RULE_TEST_RETRIED, RULE_TEST_FIFO};
  int state = rule_json_get_name(reader, at, "is", state_names, 5, 0);
  condition->test = tests[state];
  condition->text = state_names[state];
}

/* {"after": ["XPending"], "is": "not-null"} or {"after": ["PQisBusy"], "equals": 0}. */
static void load_after(rule_json_reader *reader, const rule_json_at *at, rule_condition *condition) {
  rule_json_strings names = {0};
  rule_json_get_strings(reader, at, "after", &names);
  const char **functions = bs_arena_alloc(reader->arena, (names.count + 1) * sizeof *functions);
  for (uint32_t i = 0; i < names.count; i++) functions[i] = names.items[i];
  functions[names.count] = NULL;
  condition->functions = functions;
  if (json_object_get(at->value, "equals")) {
    load_value(reader, at, "equals", RULE_TEST_AFTER, condition);
  } else {
    load_state(reader, at, condition);
    condition->negated = condition->test == RULE_TEST_NOT_NULL;
    if (condition->test != RULE_TEST_NULL && condition->test != RULE_TEST_NOT_NULL)
      rule_json_problem_at(reader, at, "'after' requires 'equals', 'null' or 'not-null'");
  }
  condition->test = RULE_TEST_AFTER;
  condition->text = bs_arena_printf(reader->arena, "%s() %s", names.count ? names.items[0] : "",
                                    condition->negated ? "found something" : condition->text);
  bs_vec_fini(&names);
}

static void load_handle(rule_json_reader *reader, const rule_json_at *at, rule_condition *condition) {
  condition->test = RULE_TEST_HANDLE;
  condition->text = rule_json_get_string(reader, at, "handle");
}

static void load_test(rule_json_reader *reader, const rule_json_at *at, rule_condition *condition) {
  if (json_object_get(at->value, "after")) {
    load_after(reader, at, condition);
  } else if (json_object_get(at->value, "equals")) {
    load_values(reader, at, condition);
  } else if (json_object_get(at->value, "has")) {
    load_value(reader, at, "has", RULE_TEST_HAS, condition);
  } else if (json_object_get(at->value, "lacks")) {
    load_value(reader, at, "lacks", RULE_TEST_LACKS, condition);
  } else if (json_object_get(at->value, "above")) {
    load_value(reader, at, "above", RULE_TEST_ABOVE, condition);
  } else if (json_object_get(at->value, "at_most")) {
    load_value(reader, at, "at_most", RULE_TEST_AT_MOST, condition);
  } else if (json_object_get(at->value, "is")) {
    load_state(reader, at, condition);
  } else if (json_object_get(at->value, "handle")) {
    load_handle(reader, at, condition);
  } else if (json_object_get(at->value, "type")) {
    condition->test = RULE_TEST_TYPE;
    condition->text = rule_json_get_string(reader, at, "type");
  } else if (json_object_get(at->value, "descriptor")) {
    condition->test = RULE_TEST_DESCRIPTOR;
    condition->value = load_descriptor_bits(reader, at, "descriptor");
    condition->text = "descriptor";
  } else {
    condition->test = RULE_TEST_STRING;
    load_pattern(reader, at, condition);
  }
}

/* {"all": [{…}, {…}]} */
static void load_all(rule_json_reader *reader, const rule_json_at *at, condition_list *out) {
  condition_list parts = {0};
  load_conditions(reader, at, "all", &parts);
  if (json_object_size(at->value) != 1 || parts.count < 2)
    rule_json_problem_at(reader, at, "'all' takes two or more conditions, and no other test");
  rule_condition *condition = bs_vec_push(out);
  condition->test = RULE_TEST_ALL;
  condition->argument = parts.count ? parts.items[0].argument : -1;
  condition->text = parts.count ? parts.items[0].text : "";
  bs_vec_settle(&parts, reader->arena);
  condition->all = parts.items;
  condition->nall = parts.count;
}

/* How many keys a condition has: its argument, the field, and one test, or `after` with what it gave. */
static bool has_one_test(const rule_json_at *at, bool argument, bool field) {
  size_t tests = json_object_size(at->value) - argument - field;
  return tests == (json_object_get(at->value, "after") ? 2 : 1);
}

static bool check_argument(rule_json_reader *reader, const rule_json_at *at, int *argument) {
  rule_json_at member = rule_json_get(at, "arg", JSON_KIND_INTEGER);
  json_int_t index = member.value ? json_integer_value(member.value) : -1;
  bool needless = json_object_get(at->value, "after") || json_object_get(at->value, "handle") ||
                  json_object_get(at->value, "type");
  *argument = (int)index;
  if (member.value && (index < 0 || index > MAX_ARGUMENT)) {
    rule_json_problem_at(reader, &member, "'arg' is %lld; expected the number of an argument, from 0",
                         (long long)index);
    return false;
  }
  if (!member.value && !needless) rule_json_problem_at(reader, at, "a condition needs the key 'arg'");
  return member.value || needless;
}

static void load_condition(rule_json_reader *reader, const rule_json_at *at, condition_list *out) {
  if (!rule_json_check_object(reader, at, "a condition", condition_members)) return;
  if (json_object_get(at->value, "all")) {
    load_all(reader, at, out);
    return;
  }
  int argument;
  if (!check_argument(reader, at, &argument)) return;
  const char *field = rule_json_get_string(reader, at, "field");
  if (!has_one_test(at, argument >= 0, field != NULL)) {
    rule_json_problem_at(
        reader, at,
        "a condition needs 'arg' and one test: 'equals', 'has', 'lacks', 'above', 'is', 'descriptor', "
        "'handle' or 'string'");
    return;
  }
  rule_condition *condition = bs_vec_push(out);
  condition->argument = argument;
  condition->field = field;
  load_test(reader, at, condition);
  bool of_number = condition->test == RULE_TEST_EQUALS || condition->test == RULE_TEST_HAS ||
                   condition->test == RULE_TEST_LACKS || condition->test == RULE_TEST_ABOVE ||
                   condition->test == RULE_TEST_AT_MOST;
  if (field && !of_number)
    rule_json_problem_at(reader, at,
                         "'field' can only be combined with 'equals', 'has', 'lacks', 'above' or 'at_most'");
}

void load_conditions(rule_json_reader *reader, const rule_json_at *at, const char *key, condition_list *out) {
  rule_json_at list = rule_json_get(at, key, JSON_KIND_ARRAY);
  if (!list.value) return;
  for (size_t i = 0; i < json_array_size(list.value); i++) {
    rule_json_at item = rule_json_item(&list, i);
    load_condition(reader, &item, out);
  }
}

void conditions_fini(rule_condition *items, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    pcre2_code_free(items[i].pattern);
    conditions_fini(items[i].all, items[i].nall);
  }
}

static const rule_json_member timeout_members[] = {
    {"arg", JSON_KIND_INTEGER, true},       {"unit", JSON_KIND_STRING, false},
    {"absolute", JSON_KIND_BOOLEAN, false}, {"limit", JSON_KIND_STRING, false},
    {"find", JSON_KIND_STRING, false},      {"zero", JSON_KIND_STRING, false},
    {"names", JSON_KIND_INTEGER, false},    {NULL, JSON_KIND_ANY, false}};

void load_timeout(rule_json_reader *reader, const rule_json_at *at, rule_timeout *timeout) {
  static const char *const units[] = {"ns", "us", "ms", "s", "timespec", "timeval"};
  static const char *const zeros[] = {"unlimited", "none"};
  rule_json_at member = rule_json_get(at, "timeout", JSON_KIND_OBJECT);
  timeout->argument = -1;
  if (!member.value || !rule_json_check_object(reader, &member, "'timeout'", timeout_members)) return;
  rule_json_at argument = rule_json_get(&member, "arg", JSON_KIND_INTEGER);
  timeout->argument = (int)json_integer_value(argument.value);
  if (timeout->argument < 0 || timeout->argument > 63)
    rule_json_problem_at(reader, &argument, "expected the number of an argument, from 0");
  timeout->limit = rule_json_get_string(reader, &member, "limit");
  timeout->find = rule_json_get_string(reader, &member, "find");
  rule_json_at names = rule_json_get(&member, "names", JSON_KIND_INTEGER);
  timeout->names = names.value ? (int)json_integer_value(names.value) : -1;
  if (names.value && (!timeout->find || timeout->names < 0 || timeout->names > 63))
    rule_json_problem_at(reader, &names, "expected the number of an argument, from 0, together with 'find'");
  timeout->absolute = rule_json_get_bool(&member, "absolute");
  timeout->zero_is_none = rule_json_get_name(reader, &member, "zero", zeros, 2, 1) == 0;
  bool unit = rule_json_get(&member, "unit", JSON_KIND_STRING).value;
  if (unit == (timeout->limit != NULL))
    rule_json_problem_at(reader, &member, "expected either 'unit' or 'limit'");
  if (unit)
    timeout->unit =
        (enum rule_unit)(rule_json_get_name(reader, &member, "unit", units, RULE_UNITS - 1, 0) + 1);
}
