/* The search and the findings: which way is told, what cuts one, what is no finding. */
#include "check_builder.h"

#include <stdio.h>

static const report_finding *only(const checked *x) {
  assert_int_equal(x->report.findings.count, 1);
  return &x->report.findings.items[0];
}

static void expect_path(const report_entry *entry, const char *expected) {
  bs_strbuf names = BS_STRBUF_INIT;
  for (uint32_t i = 0; i < entry->path.count; i++)
    bs_strbuf_addf(&names, "%s%s", i ? " " : "", entry->path.items[i]->place.function);
  assert_string_equal(names.text, expected);
  bs_strbuf_fini(&names);
}

static void a_longer_way_that_is_sure_is_better(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0);
  uint32_t by_way = unit_defined(&u, "by_way", 0), sleeps = unit_defined(&u, "sleeps", 0),
           other = unit_defined(&u, "other", 0);
  facts_node cb = unit_field(&u, "struct s@a.h", "cb");
  unit_flow(&u, FACTS_FLOW_FUNCTION, cb, sleeps, start, 11);
  unit_flow(&u, FACTS_FLOW_FUNCTION, cb, other, start, 12);
  unit_register(&u, start, "on", entry, 13);
  unit_call(&u, entry, FACTS_CALL_INDIRECT, cb, 21);
  unit_call_name(&u, entry, "by_way", 22);
  unit_call_name(&u, by_way, "sleeps", 31);
  unit_halt(&u, sleeps, 1, 41);
  check_unit(&x, &u);
  const report_finding *f = only(&x);
  assert_int_equal(f->confidence, RULE_CERTAIN);
  expect_path(&f->entries.items[0], "entry by_way sleeps");
  check_end(&x);
}

static void of_two_sure_ways_the_shorter_is_told(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0);
  uint32_t by_way = unit_defined(&u, "by_way", 0), sleeps = unit_defined(&u, "sleeps", 0);
  unit_register(&u, start, "on", entry, 13);
  unit_call_name(&u, entry, "by_way", 21);
  unit_call_name(&u, entry, "sleeps", 22);
  unit_call_name(&u, by_way, "sleeps", 31);
  unit_halt(&u, sleeps, 1, 41);
  check_unit(&x, &u);
  expect_path(&only(&x)->entries.items[0], "entry sleeps");
  check_end(&x);
}

static void one_sink_is_one_finding_with_all_its_entries(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), one = unit_defined(&u, "one", 0),
           two = unit_defined(&u, "two", 0), sleeps = unit_defined(&u, "sleeps", 0);
  unit_register(&u, start, "on", one, 11);
  unit_register(&u, start, "on_timer", two, 12);
  unit_call_name(&u, one, "sleeps", 21);
  unit_call_name(&u, two, "sleeps", 31);
  unit_halt(&u, sleeps, 1, 41);
  check_unit(&x, &u);
  const report_finding *f = only(&x);
  assert_string_equal(f->rule, "t.halt");
  assert_string_equal(f->advice, "a thread");
  assert_int_equal(f->entries.count, 2);
  assert_int_equal(f->entries.items[0].role, RULE_ROLE_IO);
  assert_int_equal(f->entries.items[0].registered.line, 11);
  assert_int_equal(f->entries.items[1].role, RULE_ROLE_TIMER);
  check_end(&x);
}

static void what_no_loop_reaches_is_silent(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0),
           worker = unit_defined(&u, "worker", 0);
  unit_halt(&u, start, 1, 11);
  unit_register(&u, start, "on", entry, 12);
  unit_register(&u, entry, "offload", worker, 21);
  unit_halt(&u, worker, 1, 31);
  check_unit(&x, &u);
  assert_int_equal(x.report.entry_points, 1);
  assert_int_equal(x.report.findings.count, 0);
  check_end(&x);
}

static void a_function_called_at_once_is_followed(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0),
           visit = unit_defined(&u, "visit", 0);
  unit_register(&u, start, "on", entry, 12);
  unit_register(&u, entry, "each", visit, 21);
  unit_halt(&u, visit, 1, 31);
  check_unit(&x, &u);
  assert_int_equal(only(&x)->confidence, RULE_CERTAIN);
  check_end(&x);
}

static void a_child_process_may_block(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0);
  facts_node pid = unit_local(&u, entry, "pid");
  unit_register(&u, start, "on", entry, 11);
  unit_call_name(&u, entry, "fork", 21);
  unit_result(&u, pid);
  uint32_t in_child = unit_guard(&u, 0, pid, FACTS_GUARD_EQ, 0);
  uint32_t in_parent = unit_guard(&u, 0, pid, FACTS_GUARD_GT, 0);
  unit_halt(&u, entry, 1, 22);
  u.calls.items[u.calls.count - 1].guard = in_child;
  unit_halt(&u, entry, 1, 23);
  u.calls.items[u.calls.count - 1].guard = in_parent;
  check_unit(&x, &u);
  assert_int_equal(only(&x)->sink.line, 23);
  check_end(&x);
}

/* reap(n) { halt(n); }: what the caller passes decides. */
static void a_context_carries_what_decides(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), one = unit_defined(&u, "one", 0),
           two = unit_defined(&u, "two", 0), reap = unit_defined(&u, "reap", 1);
  unit_register(&u, start, "on", one, 11);
  unit_register(&u, start, "on", two, 12);
  unit_call_name(&u, one, "reap", 21);
  unit_integer_argument(&u, 0);
  unit_call_name(&u, two, "reap", 31);
  unit_integer_argument(&u, 7);
  unit_call_name(&u, reap, "halt", 41);
  unit_argument(&u, FACTS_ARGUMENT_NODE, unit_node(&u, FACTS_NODE_PARAM, reap, 0));
  check_unit(&x, &u);
  const report_finding *f = only(&x);
  assert_int_equal(f->entries.count, 1);
  assert_string_equal(f->entries.items[0].function, "two");
  check_end(&x);
}

/* apply(f) { f(); }: each caller's function is its own. */
static void a_function_parameter_goes_where_its_caller_said(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), one = unit_defined(&u, "one", 0),
           two = unit_defined(&u, "two", 0);
  uint32_t apply = unit_function(&u, "apply", "void (void (*)(void))", 1, FACTS_FUNCTION_DEFINED);
  uint32_t harmless = unit_defined(&u, "harmless", 0), sleeps = unit_defined(&u, "sleeps", 0);
  unit_register(&u, start, "on", one, 11);
  unit_register(&u, start, "on", two, 12);
  unit_register(&u, one, "apply", harmless, 21);
  unit_register(&u, two, "apply", sleeps, 31);
  unit_call(&u, apply, FACTS_CALL_INDIRECT, unit_node(&u, FACTS_NODE_PARAM, apply, 0), 41);
  unit_halt(&u, sleeps, 1, 61);
  check_unit(&x, &u);
  const report_finding *f = only(&x);
  assert_int_equal(f->entries.count, 1);
  assert_string_equal(f->entries.items[0].function, "two");
  assert_int_equal(f->confidence, RULE_CERTAIN);
  check_end(&x);
}

static void the_last_words_of_a_process_are_notes(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0);
  uint32_t die = unit_function(&u, "die", "void (void)", 0, FACTS_FUNCTION_DEFINED | FACTS_FUNCTION_NORETURN);
  unit_register(&u, start, "on", entry, 11);
  unit_call_name(&u, entry, "die", 21);
  unit_halt(&u, entry, 1, 22);
  u.calls.items[u.calls.count - 1].flags = FACTS_CALL_BEFORE_EXIT;
  unit_halt(&u, die, 1, 31);
  check_unit(&x, &u);
  assert_int_equal(x.report.findings.count, 2);
  for (uint32_t i = 0; i < 2; i++) assert_int_equal(x.report.findings.items[i].severity, RULE_NOTE);
  check_end(&x);
}

static void functions_of_the_start_are_not_followed(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0),
           reload = unit_defined(&u, "reload", 0);
  unit_register(&u, start, "on", entry, 11);
  unit_call_name(&u, entry, "reload", 21);
  unit_halt(&u, reload, 1, 31);
  const char *const names[] = {"reload"};
  check_begin(&x, &u, 1, &(check_options){.startup = names, .nstartup = 1});
  check_report(x.c, &x.report);
  assert_int_equal(x.report.findings.count, 0);
  check_end(&x);
}

static void a_wrapper_is_the_api_it_is_like(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0);
  unit_defined(&u, "nap", 1);
  unit_register(&u, start, "on", entry, 11);
  unit_call_name(&u, entry, "nap", 21);
  unit_integer_argument(&u, 0);
  unit_call_name(&u, entry, "nap", 22);
  unit_integer_argument(&u, 1);
  const check_wrapper wrapper = {"nap", "halt"};
  check_begin(&x, &u, 1, &(check_options){.wrappers = &wrapper, .nwrappers = 1});
  check_report(x.c, &x.report);
  assert_int_equal(only(&x)->sink.line, 22);
  assert_string_equal(only(&x)->api, "nap");
  check_end(&x);
}

static void what_is_marked_as_blocking_is_advised_to_leave_the_loop(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0);
  unit_function(&u, "decode", "void (void)", 0, FACTS_FUNCTION_BLOCKING);
  unit_register(&u, start, "on", entry, 11);
  unit_call_name(&u, entry, "decode", 21);
  check_unit(&x, &u);
  assert_string_equal(only(&x)->rule, "attribute.blocking");
  assert_string_equal(only(&x)->advice, "offload(f)");
  check_end(&x);
}

static void suppress(facts_unit *u, uint32_t line, const char *rule_id, const char *reason) {
  *bs_vec_push(&u->suppressions) =
      (facts_suppression){{u->file, line, 1}, line, unit_str(u, rule_id), unit_str(u, reason), 0};
}

static bool has_note(const checked *x, const char *part) {
  for (uint32_t i = 0; i < x->report.notes.count; i++)
    if (strstr(x->report.notes.items[i], part)) return true;
  return false;
}

static void comments_cut_steps_and_unused_ones_are_told(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0),
           sleeps = unit_defined(&u, "sleeps", 0);
  unit_register(&u, start, "on", entry, 11);
  unit_call_name(&u, entry, "sleeps", 21);
  unit_halt(&u, sleeps, 1, 31);
  suppress(&u, 21, "t.halt", "only in tests");
  suppress(&u, 31, "t.halt", "");
  suppress(&u, 11, "t.note", "nothing of the kind");
  suppress(&u, 12, "t.hlat", "a typing mistake");
  check_unit(&x, &u);
  const report_finding *f = only(&x);
  assert_string_equal(f->suppressed.by, "comment");
  assert_string_equal(f->suppressed.reason, "only in tests");
  assert_int_equal(x.report.notes.count, 3);
  assert_true(has_note(&x, "a.c:31: the suppression of t.halt gives no reason"));
  assert_true(has_note(&x, "a.c:11: the suppression of t.note is not used"));
  assert_true(has_note(&x, "a.c:12: the suppression of t.hlat names a rule that does not exist"));
  check_end(&x);
}

static void a_way_around_a_comment_is_found(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0),
           around = unit_defined(&u, "around", 0), sleeps = unit_defined(&u, "sleeps", 0);
  unit_register(&u, start, "on", entry, 11);
  unit_call_name(&u, entry, "sleeps", 21);
  unit_call_name(&u, entry, "around", 22);
  unit_call_name(&u, around, "sleeps", 31);
  unit_halt(&u, sleeps, 1, 41);
  suppress(&u, 21, "t.halt", "short here");
  check_unit(&x, &u);
  assert_null(only(&x)->suppressed.by);
  expect_path(&only(&x)->entries.items[0], "entry around sleeps");
  check_end(&x);
}

/* Ids of the two calls of halt() in one callback whose unit begins `shift` lines later. */
static void ids_with_shift(uint32_t shift, char ids[2][17]) {
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0);
  unit_register(&u, start, "on", entry, 11 + shift);
  unit_halt(&u, entry, 1, 21 + shift);
  unit_halt(&u, entry, 1, 22 + shift);
  check_unit(&x, &u);
  assert_int_equal(x.report.findings.count, 2);
  for (int i = 0; i < 2; i++) memcpy(ids[i], x.report.findings.items[i].id, 17);
  check_end(&x);
}

static void ids_survive_shifted_lines(void **state) {
  (void)state;
  char before[2][17], after[2][17];
  ids_with_shift(0, before);
  ids_with_shift(100, after);
  assert_string_equal(before[0], after[0]);
  assert_string_equal(before[1], after[1]);
  assert_string_not_equal(before[0], before[1]);
}

static void errors_come_before_notes(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0);
  unit_register(&u, start, "on", entry, 11);
  unit_call_name(&u, entry, "note", 21);
  unit_halt(&u, entry, 1, 22);
  check_unit(&x, &u);
  assert_int_equal(x.report.findings.count, 2);
  assert_int_equal(x.report.findings.items[0].severity, RULE_ERROR);
  assert_int_equal(x.report.findings.items[1].severity, RULE_NOTE);
  check_end(&x);
}

/* Two reports of one checker, the first gone before the second is made: each has all that it says. */
static void each_report_of_a_checker_owns_its_texts(void **state) {
  (void)state;
  facts_unit u;
  checked x;
  report_document first;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), entry = unit_defined(&u, "entry", 0);
  unit_register(&u, start, "on", entry, 13);
  unit_halt(&u, entry, 1, 21);
  check_begin(&x, &u, 1, &(check_options){0});
  report_document_init(&first);
  check_report(x.c, &first);
  assert_int_equal(first.findings.count, 1);
  assert_int_equal(first.findings.items[0].entries.count, 1);
  report_document_fini(&first);
  check_report(x.c, &x.report);
  assert_string_equal(only(&x)->sink.function, "entry");
  assert_string_equal(only(&x)->sink.file, "a.c");
  assert_string_equal(only(&x)->rule, "t.halt");
  assert_int_equal(only(&x)->entries.count, 1);
  assert_string_equal(only(&x)->entries.items[0].function, "entry");
  check_end(&x);
}

/* `count` entries, each of which reaches what sleeps by one call more than the one before it, but for the
 * last: it calls it at once, through a pointer. */
static void check_many_entries(checked *x, uint32_t count, uint64_t max_apart) {
  facts_unit u;
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), sleeps = unit_defined(&u, "sleeps", 0),
           below = unit_defined(&u, "below", 0), other = unit_defined(&u, "other", 0);
  facts_node cb = unit_field(&u, "struct s@a.h", "cb");
  unit_flow(&u, FACTS_FLOW_FUNCTION, cb, below, start, 1);
  unit_flow(&u, FACTS_FLOW_FUNCTION, cb, other, start, 2);
  unit_call_name(&u, below, "sleeps", 3);
  unit_halt(&u, sleeps, 1, 4);
  char last[16] = "below", name[16], step[16];
  for (uint32_t i = 0; i < count; i++) {
    snprintf(name, sizeof name, "entry%u", i);
    snprintf(step, sizeof step, "step%u", i);
    uint32_t entry = unit_defined(&u, name, 0), by_way = unit_defined(&u, step, 0);
    unit_register(&u, start, "on", entry, 10 + i);
    if (i + 1 == count)
      unit_call(&u, entry, FACTS_CALL_INDIRECT, cb, 100 + i);
    else
      unit_call_name(&u, entry, step, 100 + i);
    unit_call_name(&u, by_way, last, 200 + i);
    memcpy(last, step, sizeof last);
  }
  check_begin(x, &u, 1, &(check_options){.max_apart = max_apart});
  check_report(x->c, &x->report);
}

static const report_limit *find_limit(const checked *x, const char *name) {
  for (uint32_t i = 0; i < x->report.limits.count; i++)
    if (!strcmp(x->report.limits.items[i].name, name)) return &x->report.limits.items[i];
  return NULL;
}

static void of_a_crowd_the_surest_and_nearest_are_told(void **state) {
  (void)state;
  checked all, few;
  check_many_entries(&all, SEARCH_CROWD + 9, 0);
  check_many_entries(&few, SEARCH_CROWD + 9, 1);
  assert_int_equal(only(&all)->entries.count, SEARCH_CROWD + 9);
  assert_null(find_limit(&all, "callbacks"));
  const report_finding *f = only(&few);
  assert_string_equal(f->id, only(&all)->id);
  assert_int_equal(f->confidence, RULE_CERTAIN);
  assert_true(f->entries.count == SEARCH_CROWD ||
              f->entries.count == SEARCH_CROWD + 1); /* and the branch of the last one */
  for (uint32_t i = 0; i < SEARCH_CROWD; i++) {
    assert_string_equal(f->entries.items[i].function, only(&all)->entries.items[i].function);
    assert_int_equal(f->entries.items[i].path.count, only(&all)->entries.items[i].path.count);
  }
  assert_non_null(find_limit(&few, "callbacks"));
  assert_int_equal(find_limit(&few, "callbacks")->count, 1);
  assert_false(find_limit(&few, "callbacks")->hides);
  check_end(&all);
  check_end(&few);
}

/* Where all have room nothing is left out, however they set out. */
static void a_crowd_that_has_room_is_told_whole(void **state) {
  (void)state;
  checked x;
  check_many_entries(&x, SEARCH_CROWD + 1, 1);
  assert_int_equal(only(&x)->entries.count, SEARCH_CROWD + 1);
  assert_null(find_limit(&x, "callbacks"));
  check_end(&x);
}

/* Each function calls the next one and something that nothing is stored in. One callback comes to all of
 * them, one to those from the middle on; there are circles in both halves, and more functions than are asked
 * for at a time. */
static void arrivals_at_unresolved_calls_are_counted(void **state) {
  (void)state;
  enum { COUNT = 1100, MIDDLE = 600 };
  checked x;
  facts_unit u;
  char name[16];
  uint32_t f[COUNT];
  unit_begin(&u, "a.c");
  uint32_t start = unit_defined(&u, "main", 0), first = unit_defined(&u, "first", 0),
           second = unit_defined(&u, "second", 0), nobody = unit_defined(&u, "nobody", 0);
  facts_node hook = unit_field(&u, "struct s@a.h", "hook");
  for (uint32_t i = 0; i < COUNT; i++) {
    snprintf(name, sizeof name, "f%u", i);
    f[i] = unit_defined(&u, name, 0);
  }
  unit_register(&u, start, "on", first, 1);
  unit_register(&u, start, "on", second, 2);
  unit_call_name(&u, first, "f0", 3);
  unit_call_name(&u, second, "f600", 4);
  facts_str type = bs_intern_adds(&u.strings, "long (int)"); /* no function has it */
  unit_call(&u, nobody, FACTS_CALL_INDIRECT, hook, 9)->type = type;
  for (uint32_t i = 0; i < COUNT; i++) {
    snprintf(name, sizeof name, "f%u", i + 1);
    unit_call(&u, f[i], FACTS_CALL_INDIRECT, hook, 10 + i)->type = type;
    if (i + 1 < COUNT) unit_call_name(&u, f[i], name, 10 + i);
  }
  unit_call_name(&u, f[20], "f10", 5);
  unit_call_name(&u, f[900], "f700", 6);
  check_begin(&x, &u, 1, &(check_options){0});
  check_report(x.c, &x.report);
  assert_int_equal(x.report.unresolved.count, COUNT + 1);
  for (uint32_t i = 0; i < x.report.unresolved.count; i++) {
    const report_unresolved *row = &x.report.unresolved.items[i];
    assert_int_equal(row->entries, row->place.line == 9 ? 0 : row->place.line < 10 + MIDDLE ? 1 : 2);
  }
  check_end(&x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(of_a_crowd_the_surest_and_nearest_are_told),
      cmocka_unit_test(a_crowd_that_has_room_is_told_whole),
      cmocka_unit_test(arrivals_at_unresolved_calls_are_counted),
      cmocka_unit_test(a_longer_way_that_is_sure_is_better),
      cmocka_unit_test(of_two_sure_ways_the_shorter_is_told),
      cmocka_unit_test(one_sink_is_one_finding_with_all_its_entries),
      cmocka_unit_test(what_no_loop_reaches_is_silent),
      cmocka_unit_test(a_function_called_at_once_is_followed),
      cmocka_unit_test(a_child_process_may_block),
      cmocka_unit_test(a_context_carries_what_decides),
      cmocka_unit_test(a_function_parameter_goes_where_its_caller_said),
      cmocka_unit_test(the_last_words_of_a_process_are_notes),
      cmocka_unit_test(functions_of_the_start_are_not_followed),
      cmocka_unit_test(a_wrapper_is_the_api_it_is_like),
      cmocka_unit_test(what_is_marked_as_blocking_is_advised_to_leave_the_loop),
      cmocka_unit_test(comments_cut_steps_and_unused_ones_are_told),
      cmocka_unit_test(a_way_around_a_comment_is_found),
      cmocka_unit_test(ids_survive_shifted_lines),
      cmocka_unit_test(errors_come_before_notes),
      cmocka_unit_test(each_report_of_a_checker_owns_its_texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
