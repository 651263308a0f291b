/* Facts as bytes: what is written is read again, and no damaged byte gets past. */
#include "analyzer/facts/facts.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static facts_str str(facts_unit *unit, const char *text) { return bs_intern_adds(&unit->strings, text); }

static facts_place place(facts_unit *unit, uint32_t line) {
  return (facts_place){str(unit, "src/a.c"), line, line / 2 + 1};
}

static void add_functions_and_nodes(facts_unit *unit) {
  for (int i = 0; i < 300; i++) {
    char name[16];
    snprintf(name, sizeof name, "f%d", i);
    *bs_vec_push(&unit->functions) = (facts_function){.name = str(unit, name),
                                                      .symbol = str(unit, name),
                                                      .type = str(unit, "int (int)"),
                                                      .place = place(unit, (uint32_t)(1000 - i)),
                                                      .end_line = 70000,
                                                      .flags = 3,
                                                      .nparams = 1};
    *bs_vec_push(&unit->nodes) = (facts_node_row){.kind = FACTS_NODE_PARAM, .a = (uint32_t)i};
  }
  *bs_vec_push(&unit->nodes) =
      (facts_node_row){.kind = FACTS_NODE_TEMP, .a = UINT32_MAX, .b = 5, .holds = FACTS_HOLDS_INTEGER};
  *bs_vec_push(&unit->nodes) = (facts_node_row){.kind = FACTS_NODE_GLOBAL, .a = str(unit, "g")};
}

static facts_unit example(void) {
  facts_unit unit;
  facts_unit_init(&unit);
  unit.file = str(&unit, "src/a.c");
  unit.language = str(&unit, "c");
  unit.group = str(&unit, "server.p");
  unit.errors = 2;
  unit.first_error = str(&unit, "src/a.c:1:1: \"x\"");
  unit.parser = str(&unit, "19.1.7");
  *bs_vec_push(&unit.files) = (facts_file){unit.file, false};
  *bs_vec_push(&unit.files) = (facts_file){str(&unit, "/usr/include/stdio.h"), true};
  add_functions_and_nodes(&unit);
  *bs_vec_push(&unit.integers) = (facts_integer){INT64_MIN, 0};
  *bs_vec_push(&unit.integers) = (facts_integer){INT64_MAX, 1};
  *bs_vec_push(&unit.flows) = (facts_flow){.kind = FACTS_FLOW_INTEGER,
                                           .dst = 3,
                                           .src = 1,
                                           .function = UINT32_MAX,
                                           .place = place(&unit, INT32_MAX)};
  *bs_vec_push(&unit.flows) = (facts_flow){.kind = FACTS_FLOW_FUNCTION,
                                           .flags = FACTS_FLOW_CAST,
                                           .dst = 300,
                                           .src = 299,
                                           .table = 2,
                                           .function = 7,
                                           .place = place(&unit, 4)};
  *bs_vec_push(&unit.arguments) = (facts_argument){.kind = FACTS_ARGUMENT_INTEGER, .value = -1};
  *bs_vec_push(&unit.arguments) =
      (facts_argument){.kind = FACTS_ARGUMENT_FUNCTION, .ref = 299, .record = str(&unit, "r@h")};
  *bs_vec_push(&unit.guards) = (facts_guard){.outer = 0, .node = 2, .op = FACTS_GUARD_LE, .value = -7};
  *bs_vec_push(&unit.guards) = (facts_guard){.outer = 1, .node = 3, .op = FACTS_GUARD_HAS, .value = 1 << 30};
  *bs_vec_push(&unit.cycles) = (facts_cycle){.function = 5, .outer = 0, .place = place(&unit, 12)};
  *bs_vec_push(&unit.calls) = (facts_call){.caller = 4,
                                           .kind = FACTS_CALL_INDIRECT,
                                           .callee = 9,
                                           .type = str(&unit, "int (int)"),
                                           .place = place(&unit, 13),
                                           .first_argument = 0,
                                           .narguments = 2,
                                           .guard = 2,
                                           .cycle = 1};
  *bs_vec_push(&unit.overrides) = (facts_override){1, 2};
  *bs_vec_push(&unit.suppressions) = (facts_suppression){place(&unit, 3), 4, str(&unit, "*"), 0, 9};
  return unit;
}

static void reads_what_it_wrote(void **state) {
  (void)state;
  facts_unit unit = example(), again;
  bs_strbuf bytes = BS_STRBUF_INIT, second = BS_STRBUF_INIT;
  bs_error error = BS_ERROR_INIT;
  facts_encode(&unit, &bytes);
  assert_true(facts_intact(bytes.text, bytes.length));
  facts_unit_init(&again);
  if (!facts_decode(&again, bytes.text, bytes.length, &error)) fail_msg("%s", error.text.text);
  facts_encode(&again, &second);
  assert_int_equal(bytes.length, second.length);
  assert_memory_equal(bytes.text, second.text, bytes.length);
  assert_string_equal(facts_text(&again, again.first_error), "src/a.c:1:1: \"x\"");
  assert_string_equal(facts_text(&again, again.parser), "19.1.7");
  assert_int_equal(again.functions.count, 300);
  assert_memory_equal(again.functions.items, unit.functions.items, 300 * sizeof(facts_function));
  assert_true(again.integers.items[0].value == INT64_MIN && again.integers.items[1].value == INT64_MAX);
  assert_int_equal(again.integers.items[1].guard, 1);
  assert_int_equal(again.flows.items[0].function, UINT32_MAX);
  assert_int_equal(again.flows.items[0].place.line, INT32_MAX);
  assert_int_equal(again.calls.items[0].narguments, 2);
  assert_int_equal(again.arguments.items[0].value, -1);
  assert_int_equal(bs_intern_find(&again.strings, "r@h", 3), bs_intern_find(&unit.strings, "r@h", 3));
  assert_int_equal(str(&again, "f17"), str(&unit, "f17"));
  assert_int_equal(str(&again, "new"), unit.strings.count);
  facts_unit_fini(&unit);
  facts_unit_fini(&again);
  bs_strbuf_fini(&bytes);
  bs_strbuf_fini(&second);
  bs_error_fini(&error);
}

static void reads_an_empty_unit(void **state) {
  (void)state;
  facts_unit unit, again;
  bs_strbuf bytes = BS_STRBUF_INIT;
  facts_unit_init(&unit);
  facts_encode(&unit, &bytes);
  facts_unit_init(&again);
  assert_true(facts_decode(&again, bytes.text, bytes.length, NULL));
  assert_int_equal(again.nodes.count, 1);
  facts_unit_fini(&unit);
  facts_unit_fini(&again);
  bs_strbuf_fini(&bytes);
}

static bool decodes(const char *bytes, size_t length) {
  facts_unit unit;
  facts_unit_init(&unit);
  bool ok = facts_decode(&unit, bytes, length, NULL);
  facts_unit_fini(&unit);
  return ok;
}

static void refuses_damage(void **state) {
  (void)state;
  facts_unit unit = example();
  bs_strbuf bytes = BS_STRBUF_INIT;
  facts_encode(&unit, &bytes);
  for (size_t length = 0; length < bytes.length; length += 1 + length / 50)
    assert_false(decodes(bytes.text, length));
  for (size_t i = 0; i < bytes.length; i += 1 + i / 50) {
    bytes.text[i] ^= 0x10;
    assert_false(decodes(bytes.text, bytes.length));
    assert_false(facts_intact(bytes.text, bytes.length));
    bytes.text[i] ^= 0x10;
  }
  assert_true(decodes(bytes.text, bytes.length));
  facts_unit_fini(&unit);
  bs_strbuf_fini(&bytes);
}

/* Encodes a unit after `spoil` made one index wrong: the bytes are whole, but must be refused. */
static void refuses(void (*spoil)(facts_unit *)) {
  facts_unit unit = example();
  bs_strbuf bytes = BS_STRBUF_INIT;
  spoil(&unit);
  facts_encode(&unit, &bytes);
  assert_false(decodes(bytes.text, bytes.length));
  bs_strbuf_fini(&bytes);
  facts_unit_fini(&unit);
}

static void spoil_string(facts_unit *u) { u->functions.items[3].name = u->strings.count; }
static void spoil_parameters(facts_unit *u) { u->functions.items[3].nparams = 1 << 16; }
static void spoil_node(facts_unit *u) { u->nodes.items[5].a = u->functions.count; }
static void spoil_node_kind(facts_unit *u) { u->nodes.items[5].kind = FACTS_NODE_KINDS; }
static void spoil_node_zero(facts_unit *u) { u->nodes.items[0].kind = FACTS_NODE_RETURN; }
static void spoil_flow(facts_unit *u) { u->flows.items[0].src = u->integers.count; }
static void spoil_flow_function(facts_unit *u) { u->flows.items[1].function = u->functions.count; }
static void spoil_call(facts_unit *u) { u->calls.items[0].callee = u->nodes.count; }
static void spoil_caller(facts_unit *u) { u->calls.items[0].caller = UINT32_MAX; }
static void spoil_line(facts_unit *u) { u->calls.items[0].place.line = UINT32_MAX; }
static void spoil_arguments(facts_unit *u) { u->calls.items[0].narguments = UINT32_MAX; }
static void spoil_argument(facts_unit *u) { u->arguments.items[1].ref = u->functions.count; }
static void spoil_guard(facts_unit *u) { u->guards.items[1].outer = 2; }
static void spoil_cycle(facts_unit *u) { u->cycles.items[1].outer = 1; }
static void spoil_override(facts_unit *u) { u->overrides.items[0].overridden = u->functions.count; }

static void refuses_wrong_indices(void **state) {
  (void)state;
  refuses(spoil_string);
  refuses(spoil_parameters);
  refuses(spoil_node);
  refuses(spoil_node_kind);
  refuses(spoil_node_zero);
  refuses(spoil_flow);
  refuses(spoil_flow_function);
  refuses(spoil_call);
  refuses(spoil_caller);
  refuses(spoil_line);
  refuses(spoil_arguments);
  refuses(spoil_argument);
  refuses(spoil_guard);
  refuses(spoil_cycle);
  refuses(spoil_override);
}

/* A count that the bytes cannot hold is refused before memory is asked for. */
static void refuses_large_counts(void **state) {
  (void)state;
  char bytes[64] = {'B', 'S', 'F', 'A', 'C', 'T', 'S', FACTS_VERSION, 1, 0, 0, 0, 0, 0, 0, 0};
  const unsigned char huge[] = {0xff, 0xff, 0xff, 0xff, 0x0f};
  memcpy(bytes + 16, huge, sizeof huge);
  uint64_t hash = bs_hash(bytes, sizeof bytes - 8);
  for (int i = 0; i < 8; i++) bytes[sizeof bytes - 8 + (size_t)i] = (char)(hash >> (8 * i));
  assert_true(facts_intact(bytes, sizeof bytes));
  assert_false(decodes(bytes, sizeof bytes));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_what_it_wrote),   cmocka_unit_test(reads_an_empty_unit),
      cmocka_unit_test(refuses_damage),        cmocka_unit_test(refuses_large_counts),
      cmocka_unit_test(refuses_wrong_indices),
  };
  return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
