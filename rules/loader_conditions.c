/* Conditions on a call's arguments, in rules as in packs: {"arg": 2, "has": "WNOHANG"}. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/loader.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ARGUMENT = 63 };

static const json_member condition_members[] = {{"arg", JSON_KIND_INTEGER, true},
                                                {"field", JSON_KIND_STRING, false},
                                                {"equals", JSON_KIND_ANY, false},
                                                {"has", JSON_KIND_ANY, false},
                                                {"lacks", JSON_KIND_ANY, false},
                                                {"is", JSON_KIND_STRING, false},
                                                {"descriptor", JSON_KIND_STRINGS, false},
                                                {"string", JSON_KIND_STRING, false},
                                                {NULL, JSON_KIND_ANY, false}};

static const char *const state_names[] = {"null", "not-null", "zero-struct"};
static const char *const descriptor_names[] = {"file",        "socket",   "pipe",     "tty",    "event",
                                               "nonblocking", "blocking", "datagram", "watched"};

unsigned load_descriptor_bits(json_reader *reader, const json_at *at, const char *key) {
  json_at member = json_get(at, key, JSON_KIND_STRINGS);
  json_strings words = {0};
  unsigned bits = 0;
  json_get_strings(reader, at, key, &words);
  const int count = sizeof descriptor_names / sizeof *descriptor_names;
  for (uint32_t i = 0; i < words.count; i++) {
    int n = 0;
    while (n < count && strcmp(descriptor_names[n], words.items[i]) != 0) n++;
    if (n < count) {
      bits |= 1u << n;
      continue;
    }
    json_problem_at(reader, &member,
                    "unknown descriptor '%s'; expected one of 'file', 'socket', 'pipe', 'tty', 'event', "
                    "'nonblocking', 'blocking', 'datagram', 'watched'",
                    words.items[i]);
  }
  bs_vec_fini(&words);
  return bits;
}

static void load_pattern(json_reader *reader, const json_at *at, rule_condition *condition) {
  condition->text = json_get_string(reader, at, "string");
  if (!condition->text) return;
  int code;
  PCRE2_SIZE offset;
  condition->pattern =
      pcre2_compile((PCRE2_SPTR)condition->text, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &offset, NULL);
  if (condition->pattern) return;
  char text[160];
  pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
  json_at member = json_get(at, "string", JSON_KIND_STRING);
  json_problem_at(reader, &member,
                  "not a pattern: %s (at character %zu); expected a PCRE2 regular expression", text,
                  (size_t)offset + 1);
}

static void load_value(json_reader *reader, const json_at *at, const char *key, enum rule_test test,
                       rule_condition *condition) {
  condition->test = test;
  json_at member = json_get(at, key, JSON_KIND_ANY);
  json_flag(reader, &member, &condition->value, &condition->text);
}

static void load_state(json_reader *reader, const json_at *at, rule_condition *condition) {
  static const enum rule_test tests[] = {RULE_TEST_NULL, RULE_TEST_NOT_NULL, RULE_TEST_ZERO_STRUCT};
  int state = json_get_name(reader, at, "is", state_names, 3, 0);
  condition->test = tests[state];
  condition->text = state_names[state];
}

static void load_test(json_reader *reader, const json_at *at, rule_condition *condition) {
  if (json_object_get(at->value, "equals")) {
    load_value(reader, at, "equals", RULE_TEST_EQUALS, condition);
  } else if (json_object_get(at->value, "has")) {
    load_value(reader, at, "has", RULE_TEST_HAS, condition);
  } else if (json_object_get(at->value, "lacks")) {
    load_value(reader, at, "lacks", RULE_TEST_LACKS, condition);
  } else if (json_object_get(at->value, "is")) {
    load_state(reader, at, condition);
  } else if (json_object_get(at->value, "descriptor")) {
    condition->test = RULE_TEST_DESCRIPTOR;
    condition->value = load_descriptor_bits(reader, at, "descriptor");
    condition->text = "descriptor";
  } else {
    condition->test = RULE_TEST_STRING;
    load_pattern(reader, at, condition);
  }
}

static void load_condition(json_reader *reader, const json_at *at, condition_list *out) {
  if (!json_check_object(reader, at, "a condition", condition_members)) return;
  json_at argument = json_get(at, "arg", JSON_KIND_INTEGER);
  json_int_t index = json_integer_value(argument.value);
  if (index < 0 || index > MAX_ARGUMENT) {
    json_problem_at(reader, &argument, "'arg' is %lld; expected the number of an argument, from 0",
                    (long long)index);
    return;
  }
  const char *field = json_get_string(reader, at, "field");
  if (json_object_size(at->value) != (field ? 3 : 2)) {
    json_problem_at(reader, at,
                    "a condition needs 'arg' and one test: 'equals', 'has', 'lacks', 'is', 'descriptor' or "
                    "'string'");
    return;
  }
  rule_condition *condition = bs_vec_push(out);
  condition->argument = (int)index;
  condition->field = field;
  load_test(reader, at, condition);
  if (field && condition->test != RULE_TEST_EQUALS && condition->test != RULE_TEST_HAS &&
      condition->test != RULE_TEST_LACKS)
    json_problem_at(reader, at, "'field' goes with 'equals', 'has' or 'lacks' only");
}

void load_conditions(json_reader *reader, const json_at *at, const char *key, condition_list *out) {
  json_at list = json_get(at, key, JSON_KIND_ARRAY);
  if (!list.value) return;
  for (size_t i = 0; i < json_array_size(list.value); i++) {
    json_at item = json_item(&list, i);
    load_condition(reader, &item, out);
  }
}

void conditions_fini(rule_condition *items, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) pcre2_code_free(items[i].pattern);
  free(items);
}
