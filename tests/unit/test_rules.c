/* Rule files: what is read, what each mistake is answered with, and the look-ups. */
#include "rules/loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static bool load(rule_set *set, const char *text, bs_error *error) {
  return rule_set_load_text(set, "my.json", text, strlen(text), error);
}

static void load_good(rule_set *set, const char *text) {
  bs_error error = BS_ERROR_INIT;
  if (!load(set, text, &error)) fail_msg("%s", error.text.text);
  bs_error_fini(&error);
}

#define RULE "\"category\": \"disk\", \"latency\": \"seconds\", \"message\": \"waits\""

static void reads_a_rule(void **state) {
  (void)state;
  rule_set set;
  rule_set_init(&set);
  load_good(
      &set,
      "{\"kind\": \"blocking\", \"advice\": {\"any\": \"a thread\", \"libuv\": \"x\"}, \"rules\": [\n"
      " {\"id\": \"my.wait\", \"functions\": [\"my_wait\", \"ns::wait\"], " RULE ",\n"
      "  \"unless\": [{\"arg\": 2, \"has\": \"WNOHANG|WUNTRACED\"}, {\"arg\": 1, \"is\": \"zero-struct\"}],\n"
      "  \"only_if\": [{\"arg\": 0, \"descriptor\": [\"socket\", \"pipe\"]},\n"
      "              {\"arg\": 3, \"field\": \"flags\", \"lacks\": 8}, {\"arg\": 1, \"string\": "
      "\"^/proc\"}],\n"
      "  \"unknown\": \"possible\", \"advice\": {\"libuv\": \"uv_poll_start()\"},\n"
      "  \"examples\": {\"includes\": \"<my.h>\", \"blocks\": \"my_wait();\", \"offloaded\": true}}]}");
  rule_set_index(&set);
  const rule *r = rule_set_find(&set, "my.wait");
  assert_non_null(r);
  assert_int_equal(r->line, 2);
  assert_int_equal(r->category, RULE_DISK);
  assert_int_equal(r->severity, RULE_ERROR);
  assert_int_equal(r->unknown, RULE_POSSIBLE);
  assert_int_equal(r->confidence, RULE_CERTAIN);
  assert_int_equal(r->unless.count, 2);
  assert_int_equal(r->unless.items[0].value, WNOHANG | WUNTRACED);
  assert_int_equal(r->unless.items[1].test, RULE_TEST_ZERO_STRUCT);
  assert_int_equal(r->only_if.items[0].value, RULE_FD_SOCKET | RULE_FD_PIPE);
  assert_string_equal(r->only_if.items[1].field, "flags");
  assert_int_equal(r->only_if.items[1].value, 8);
  assert_non_null(r->only_if.items[2].pattern);
  assert_string_equal(rule_advice_for(&set, r, "libuv"), "uv_poll_start()");
  assert_string_equal(rule_advice_for(&set, r, "libev"), "a thread");
  assert_ptr_equal(rule_set_for_function(&set, "ns::wait")[0], r);
  assert_null(rule_set_for_function(&set, "ns::wait")[1]);
  assert_null(rule_set_for_function(&set, "other"));
  rule_set_fini(&set);
}

static void severity_follows_latency(void **state) {
  (void)state;
  static const enum rule_severity expected[] = {RULE_NOTE, RULE_WARNING, RULE_ERROR, RULE_ERROR};
  for (int i = 0; i < RULE_LATENCIES; i++) {
    rule_set set;
    char text[256];
    snprintf(text, sizeof text,
             "{\"kind\": \"blocking\", \"rules\": [{\"id\": \"a.b\", \"functions\": \"f\", \"category\": "
             "\"cpu\", \"latency\": \"%s\", \"message\": \"m\"}]}",
             rule_latency_names[i]);
    rule_set_init(&set);
    load_good(&set, text);
    assert_int_equal(set.rules.items[0]->severity, expected[i]);
    rule_set_fini(&set);
  }
}

static void makes_whole_programs_of_examples(void **state) {
  (void)state;
  rule_set set;
  bs_strbuf text = BS_STRBUF_INIT;
  rule_set_init(&set);
  load_good(&set, "{\"kind\": \"blocking\", \"rules\": [{\"id\": \"a.b\", \"functions\": \"f\", " RULE
                  ", \"examples\": "
                  "{\"includes\": \"<f.h>\", \"blocks\": \"f(1);\", \"offloaded\": \"f(2);\"}}]}");
  assert_true(rule_example(set.rules.items[0], true, &text));
  assert_non_null(strstr(text.text, "#include <f.h>\n"));
  assert_non_null(strstr(text.text, "on_timer(uv_timer_t *timer) {\n  (void)timer;\n  f(1);\n}"));
  assert_null(strstr(text.text, "uv_queue_work"));
  bs_strbuf_clear(&text);
  assert_true(rule_example(set.rules.items[0], false, &text));
  assert_non_null(strstr(text.text, "on_worker(uv_work_t *req) {\n  (void)req;\n  f(2);\n}"));
  bs_strbuf_fini(&text);
  rule_set_fini(&set);
}

static void names_the_place_of_a_mistake(void **state) {
  (void)state;
  static const struct {
    const char *text, *error;
  } cases[] = {
      {"", "my.json:1:1: not JSON: "},
      {"{\n  \"kind\": \"blocking\",\n  \"rules\": [}\n", "my.json:3:1"},
      {"[]", "my.json:1:1: a rule file must be an object"},
      {"{}", "my.json:1:1: a rule file needs the key 'kind'"},
      {"{\"kind\": 3}", "my.json:1:10: 'kind' must be a string"},
      {"{\"kind\": \"lop\"}", "my.json:1:10: unknown word 'lop' for 'kind'; did you mean 'loop'?"},
      {"{\"kind\": \"blocking\"}", "my.json:1:1: a file of kind 'blocking' needs the key 'rules'"},
      {"{\"kind\": \"blocking\", \"kind\": \"loop\"}", "my.json:1:"},
      {"{\"kind\": \"blocking\", \"rules\": [\n  3]}", "my.json:2:3: a rule must be an object"},
      {"{\"kind\": \"blocking\", \"rules\": [{\"id\": \"a.b\", \"fuctions\": \"f\", " RULE "}]}",
       "my.json:1:32: a rule needs the key 'functions'"},
      {"{\"kind\": \"blocking\", \"rules\": [{\"id\": \"a.b\", \"functions\": \"f\",\n\"fuctions\": 1, " RULE
       "}]}",
       "my.json:2:1: unknown key 'fuctions' in a rule; did you mean 'functions'?"},
      {"{\"kind\": \"blocking\", \"rules\": [{\"id\": \"Ab\", \"functions\": \"f\", " RULE "}]}",
       "my.json:1:39: 'Ab' is not a rule id"},
      {"{\"kind\": \"blocking\", \"rules\": [{\"id\": \"a.b\", \"functions\": [], " RULE "}]}",
       "my.json:1:59: 'functions' is empty"},
      {"{\"kind\": \"blocking\", \"rules\": [{\"id\": \"a.b\", \"functions\": [\"f\", 1], " RULE "}]}",
       "my.json:1:65: expected a string"},
      {"{\"kind\": \"blocking\", \"rules\": [{\"id\": \"a.b\", \"functions\": \"f\", " RULE
       ", \"unless\": [\n"
       "{\"arg\": 1, \"has\": \"WNOHNG\"}]}]}",
       "my.json:2:19: unknown flag 'WNOHNG'"},
      {"{\"kind\": \"blocking\", \"rules\": [{\"id\": \"a.b\", \"functions\": \"f\", " RULE
       ", \"unless\": [\n"
       "{\"arg\": 1, \"string\": \"a(\"}]}]}",
       "my.json:2:22: not a pattern: missing closing parenthesis (at character 3)"},
      {"{\"kind\": \"blocking\", \"rules\": [{\"id\": \"a.b\", \"functions\": \"f\", " RULE
       ", \"unless\": [\n"
       "{\"arg\": 99, \"is\": \"null\"}]}]}",
       "my.json:2:9: 'arg' is 99"},
      {"{\"kind\": \"blocking\", \"rules\": [{\"id\": \"a.b\", \"functions\": \"f\", " RULE
       ", \"unless\": [\n"
       "{\"arg\": 1, \"is\": \"null\", \"has\": 1}]}]}",
       "my.json:2:1: a condition needs 'arg' and one test"},
      {"{\"kind\": \"blocking\", \"rules\": [{\"id\": \"a.b\", \"functions\": \"f\", " RULE
       ", \"unless\": [\n"
       "{\"arg\": 1, \"is\": \"null\", \"field\": \"x\"}]}]}",
       "my.json:2:1: 'field' can only be combined with"},
      {"{\"kind\": \"blocking\", \"rules\": [{\"id\": \"a.b\", \"functions\": \"f\", " RULE "},\n"
       "{\"id\": \"a.b\", \"functions\": \"f\", " RULE "}]}",
       "my.json:2:8: duplicate rule 'a.b'"},
      {"{\"kind\": \"blocking\", \"rules\": [{\"id\": \"a.b\", \"functions\": \"f\", " RULE ",\n"
       "\"examples\": {\"blocks\": \"f();\"}}]}",
       "my.json:2:13: 'examples' needs either 'silent' or 'offloaded'"},
      {"{\"kind\": \"loop\", \"name\": \"l\", \"title\": \"t\", \"register\": [\n{\"functions\": \"f\"}]}",
       "my.json:2:1: expected either 'functions' with 'callbacks'"},
      {"{\"kind\": \"loop\", \"name\": \"l\", \"title\": \"t\", \"register\": [\n{\"records\": \"r\"}]}",
       "my.json:2:1: expected 'records' and 'fields' together"},
      {"{\"kind\": \"loop\", \"name\": \"l\", \"title\": \"t\", \"call\": [\n"
       "{\"functions\": \"f\", \"callbacks\": [0], \"role\": \"io\"}]}",
       "my.json:2:1: expected no 'role' here"},
      {"{\"kind\": \"loop\", \"name\": \"l\", \"title\": \"t\", \"register\": [\n"
       "{\"functions\": \"f\", \"callbacks\": [0, \"x\"]}]}",
       "my.json:2:37: expected the number of an argument"},
      {"{\"kind\": \"loop\", \"name\": \"l\", \"title\": \"t\", \"register\": [\n"
       "{\"functions\": \"f\", \"callbacks\": [{\"arg\": 0, \"role\": \"tmer\"}]}]}",
       "my.json:2:53: unknown word 'tmer' for 'role'; did you mean 'timer'?"},
      {"{\"kind\": \"descriptors\", \"create\": [{\"functions\": \"f\", \"is\": \"sockt\"}]}",
       "my.json:1:61: unknown descriptor 'sockt'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rule_set set;
    bs_error error = BS_ERROR_INIT;
    rule_set_init(&set);
    assert_false(load(&set, cases[i].text, &error));
    if (strncmp(error.text.text, cases[i].error, strlen(cases[i].error)) != 0)
      fail_msg("expected %s\n     got %s", cases[i].error, error.text.text);
    assert_int_equal(set.rules.count + set.packs.count, 0);
    bs_error_fini(&error);
    rule_set_fini(&set);
  }
}

static void collect(void *context, const char *error) { bs_strbuf_addf(context, "%s\n", error); }

static void checks_report_every_mistake_in_order(void **state) {
  (void)state;
  static const char text[] =
      "{\"kind\": \"blocking\", \"rules\": [\n"
      "{\"id\": \"a.b\", \"functions\": \"f\", \"category\": \"dsk\", \"latency\": \"seconds\",\n"
      "\"message\": 1, \"nuless\": []},\n"
      "{\"id\": \"a.c\", \"functions\": \"f\", " RULE ", \"only_if\": [{\"arg\": 0, \"equals\": 1.5}]}]}";
  bs_strbuf errors = BS_STRBUF_INIT;
  assert_int_equal(rule_set_check_text("my.json", text, sizeof text - 1, collect, &errors), 4);
  const char *first = strstr(errors.text, "my.json:2:45: unknown word 'dsk'");
  const char *second = strstr(errors.text, "my.json:3:12: 'message' must be a string");
  const char *third =
      strstr(errors.text, "my.json:3:15: unknown key 'nuless' in a rule; did you mean 'unless'?");
  const char *fourth = strstr(errors.text, "my.json:4:");
  assert_true(first && second > first && third > second && fourth > third);
  bs_strbuf_fini(&errors);
}

static void a_known_id_replaces_and_a_bad_file_changes_nothing(void **state) {
  (void)state;
  rule_set set;
  bs_error error = BS_ERROR_INIT;
  rule_set_init(&set);
  load_good(&set, "{\"kind\": \"blocking\", \"rules\": [{\"id\": \"b.b\", \"functions\": \"old\", " RULE "}, "
                  "{\"id\": \"a.a\", \"functions\": \"f\", " RULE "}]}");
  uint64_t hash = set.hash;
  assert_false(load(
      &set, "{\"kind\": \"blocking\", \"rules\": [{\"id\": \"b.b\", \"functions\": \"new\", " RULE "}, {}]}",
      &error));
  assert_int_equal(set.rules.count, 2);
  assert_true(set.hash == hash);
  load_good(&set,
            "{\"kind\": \"blocking\", \"rules\": [{\"id\": \"b.b\", \"functions\": \"new\", " RULE "}]}");
  rule_set_index(&set);
  assert_int_equal(set.rules.count, 2);
  assert_string_equal(set.rules.items[0]->id, "a.a");
  assert_null(rule_set_for_function(&set, "old"));
  assert_string_equal(rule_set_for_function(&set, "new")[0]->id, "b.b");
  assert_true(set.hash != hash);
  bs_error_fini(&error);
  rule_set_fini(&set);
}

static void finds_pack_rows(void **state) {
  (void)state;
  rule_set set;
  rule_set_init(&set);
  load_good(
      &set,
      "{\"kind\": \"loop\", \"name\": \"l\", \"title\": \"t\",\n"
      "\"register\": [{\"functions\": [\"on\", \"once\"], \"callbacks\": [1, {\"arg\": 3, \"role\": "
      "\"timer\"}], "
      "\"role\": \"io\"}, {\"functions\": \"serve\", \"table\": 2, \"role\": \"request\"},\n"
      "{\"records\": [\"w\", \"w_t\"], \"fields\": [\"cb\"]}, {\"records\": \"w\", \"fields\": \"*\"}],\n"
      "\"run\": [{\"functions\": \"run\", \"unless\": [{\"arg\": 1, \"equals\": 2}]}],\n"
      "\"dispatch\": [{\"functions\": \"pump\", \"records\": \"ops\", \"fields\": [\"open\", \"close\"]}]}");
  rule_set_index(&set);
  const pack_row *const *rows = rule_set_rows_for_function(&set, "once");
  assert_int_equal(rows[0]->argument, 1);
  assert_int_equal(rows[0]->role, RULE_ROLE_IO);
  assert_int_equal(rows[1]->argument, 3);
  assert_int_equal(rows[1]->role, RULE_ROLE_TIMER);
  assert_null(rows[2]);
  assert_true(rule_set_rows_for_function(&set, "serve")[0]->table);
  assert_true(rule_set_rows_for_function(&set, "run")[0]->unless.count > 0);
  rows = rule_set_rows_for_field(&set, "w", "cb");
  assert_string_equal(rows[0]->field, "cb");
  assert_string_equal(rows[1]->field, "*");
  assert_null(rows[2]);
  assert_string_equal(rule_set_rows_for_field(&set, "w", "other")[0]->field, "*");
  assert_null(rule_set_rows_for_field(&set, "w_t", "other"));
  rows = rule_set_rows_for_function(&set, "pump");
  assert_string_equal(rows[1]->field, "close");
  assert_null(rule_set_rows_for_field(&set, "ops", "open"));
  rule_set_fini(&set);
}

static void finds_descriptors(void **state) {
  (void)state;
  rule_set set;
  rule_set_init(&set);
  load_good(
      &set,
      "{\"kind\": \"descriptors\", \"forks\": [\"fork\"], \"create\": [\n"
      "{\"functions\": \"sock\", \"is\": \"socket\", \"flags\": {\"arg\": 1, \"nonblock\": "
      "\"SOCK_NONBLOCK\"}},\n"
      "{\"functions\": \"pair\", \"is\": [\"pipe\", \"nonblocking\"], \"out\": 0}],\n"
      "\"set\": [{\"functions\": \"mode\", \"descriptor\": 0, \"if\": {\"arg\": 1, \"equals\": \"F_SETFL\"}, "
      "\"value\": {\"arg\": 2, \"inverted\": true}}]}");
  rule_set_index(&set);
  const descriptor_row *row = rule_set_descriptors(&set, "sock")[0];
  assert_int_equal(row->bits, RULE_FD_SOCKET);
  assert_int_equal(row->flags_argument, 1);
  assert_int_equal(row->out_argument, -1);
  assert_false(row->always_nonblocking);
  row = rule_set_descriptors(&set, "pair")[0];
  assert_int_equal(row->bits, RULE_FD_PIPE);
  assert_true(row->always_nonblocking);
  assert_int_equal(row->out_argument, 0);
  row = rule_set_descriptors(&set, "mode")[0];
  assert_int_equal(row->command_argument, 1);
  assert_int_equal(row->value_argument, 2);
  assert_true(row->value_inverted);
  assert_true(rule_set_is_fork(&set, "fork"));
  assert_false(rule_set_is_fork(&set, "spoon"));
  rule_set_fini(&set);
}

/* The promises about the bundled database: its size, advice and examples in each rule, and the names of
 * its packs. */
static void the_bundled_rules_keep_their_promises(void **state) {
  (void)state;
  static const char *const libc_files[] = {"sleep", "disk",    "files", "stdio",    "network", "dns", "users",
                                           "lock",  "process", "ipc",   "terminal", "wait",    "cpu"};
  static const char *const packs[] = {"glib", "libev", "libevent", "libuv", "posix", "sd-event", "wayland"};
  rule_set set;
  bs_arena arena = {0};
  bs_error error = BS_ERROR_INIT;
  rule_set_init(&set);
  const char *folder = rule_set_find_folder(&arena, &error);
  if (!folder || !rule_set_load_folder(&set, folder, &error)) fail_msg("%s", error.text.text);
  rule_set_index(&set);
  unsigned functions = 0;
  for (uint32_t i = 0; i < set.rules.count; i++) {
    const rule *r = set.rules.items[i];
    if (!r->advice.count || !*r->manual || !r->example_blocks || !(r->example_silent || r->example_offloaded))
      fail_msg("%s needs advice, a manual and two examples", r->id);
    for (size_t f = 0; f < sizeof libc_files / sizeof *libc_files; f++) {
      char name[64];
      snprintf(name, sizeof name, "/%s.json", libc_files[f]);
      if (strstr(r->file, name)) functions += r->functions.count;
    }
  }
  assert_true(functions >= 350);
  for (size_t i = 0, p = 0; i < sizeof packs / sizeof *packs; i++) {
    while (p < set.packs.count && strcmp(set.packs.items[p]->name, packs[i]) != 0) p++;
    assert_true(p < set.packs.count);
  }
  bs_arena_fini(&arena);
  rule_set_fini(&set);
}

static void flags_have_values(void **state) {
  (void)state;
  int64_t value = 0;
  assert_true(rule_flag_value("WNOHANG", &value) && value == WNOHANG);
  assert_true(rule_flag_value("UV_RUN_NOWAIT", &value) && value == 2);
  assert_false(rule_flag_value("WNOHAN", &value));
  assert_false(rule_flag_value("WNOHANG|", &value));
  assert_false(rule_flag_value("", &value));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_a_rule),
      cmocka_unit_test(severity_follows_latency),
      cmocka_unit_test(makes_whole_programs_of_examples),
      cmocka_unit_test(names_the_place_of_a_mistake),
      cmocka_unit_test(checks_report_every_mistake_in_order),
      cmocka_unit_test(a_known_id_replaces_and_a_bad_file_changes_nothing),
      cmocka_unit_test(finds_pack_rows),
      cmocka_unit_test(finds_descriptors),
      cmocka_unit_test(the_bundled_rules_keep_their_promises),
      cmocka_unit_test(flags_have_values),
  };
  return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
