/* Two reports beside each other: what is new, what is fixed, and what has only moved. */
#include "evidence/compare.h"

#include "sample_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* A finding of fsync() with one callback and the function that calls the sink's; the id is its first letter.
 */
static report_finding *add(report_document *d, char id, const char *function, const char *file, unsigned line,
                           const char *callback, const char *caller) {
  report_place sink = sample_place(function, file, line, 3);
  report_finding *f = sample_finding(d, "disk.fsync", RULE_ERROR, "fsync", "fsync() waits", sink);
  memset(f->id, id, 16);
  report_entry *e = report_add_entry(f);
  e->function = callback;
  e->file = file;
  sample_step(d, e, sample_place(callback, file, 1, 1), REPORT_DIRECT);
  sample_step(d, e, sample_place(caller, file, 2, 1), REPORT_DIRECT);
  sample_step(d, e, sink, REPORT_DIRECT);
  return f;
}

typedef struct both {
  report_document earlier, later;
} both;

static both empty(void) {
  both b;
  report_document_init(&b.earlier);
  report_document_init(&b.later);
  return b;
}

/* Compares, frees, and says what became of the first later finding: 'n'ew, 'a'nchored, 'm'oved, '='; '0'
 * without one. */
static char compared(both *b, unsigned fixed) {
  report_compare(&b->earlier, &b->later, RULE_LIKELY);
  assert_true(b->later.is_comparison);
  assert_int_equal(b->later.fixed.count, fixed);
  const report_finding *f = b->later.findings.items;
  char result = '0';
  if (b->later.findings.count)
    result = f->change == REPORT_NEW ? f->has_anchor ? 'a' : 'n' : f->has_moved ? 'm' : '=';
  report_document_fini(&b->later);
  report_document_fini(&b->earlier);
  return result;
}

static void shifted_lines(void **state) {
  (void)state;
  both b = empty();
  add(&b.earlier, 'a', "save", "a.c", 10, "on_read", "flush");
  add(&b.later, 'a', "save", "a.c", 90, "on_read", "flush");
  assert_int_equal(compared(&b, 0), '=');
}

static void a_new_one(void **state) {
  (void)state;
  both b = empty();
  add(&b.earlier, 'a', "save", "a.c", 10, "on_read", "flush");
  add(&b.later, 'b', "load", "a.c", 30, "on_timer", "tick");
  assert_int_equal(compared(&b, 1), 'n');
}

static void a_fixed_one(void **state) {
  (void)state;
  both b = empty();
  add(&b.earlier, 'a', "save", "a.c", 10, "on_read", "flush");
  add(&b.earlier, 'b', "load", "a.c", 10, "on_read", "flush")->suppressed =
      (report_suppression){"comment", "known"};
  assert_int_equal(compared(&b, 1), '0');
}

static void a_function_in_another_file(void **state) {
  (void)state;
  both b = empty();
  add(&b.earlier, 'a', "save", "a.c", 10, "on_read", "flush");
  add(&b.later, 'b', "save", "b.c", 90, "on_read", "flush");
  assert_int_equal(compared(&b, 0), 'm');
}

static void a_namesake_in_another_file_is_new(void **state) {
  (void)state;
  both b = empty();
  add(&b.earlier, 'a', "save", "a.c", 10, "on_read", "flush");
  add(&b.later, 'b', "save", "b.c", 90, "on_timer", "tick");
  assert_int_equal(compared(&b, 1), 'n');
}

static void a_renamed_function(void **state) {
  (void)state;
  both b = empty();
  add(&b.earlier, 'a', "save", "a.c", 10, "on_read", "flush");
  add(&b.later, 'b', "save_all", "a.c", 10, "on_read", "flush");
  assert_int_equal(compared(&b, 0), 'm');
}

static void the_same_call_elsewhere_is_new(void **state) {
  (void)state;
  both b = empty();
  add(&b.earlier, 'a', "save", "a.c", 10, "on_read", "flush");
  add(&b.later, 'b', "other", "a.c", 10, "on_read", "flush")->sink.column = 9;
  assert_int_equal(compared(&b, 1), 'n');
}

static void a_new_callback(void **state) {
  (void)state;
  both b = empty();
  add(&b.earlier, 'a', "save", "a.c", 10, "on_read", "flush");
  report_finding *f = add(&b.later, 'a', "save", "a.c", 10, "on_timer", "flush");
  ((report_step *)(uintptr_t)f->entries.items[0].path.items[1])->place.line = 77;
  report_compare(&b.earlier, &b.later, RULE_LIKELY);
  assert_int_equal(b.later.findings.items[0].anchor.line, 77);
  assert_int_equal(compared(&b, 0), 'a');
}

static void a_further_caller(void **state) {
  (void)state;
  both b = empty();
  add(&b.earlier, 'a', "save", "a.c", 10, "on_read", "flush");
  add(&b.later, 'a', "save", "a.c", 10, "on_read", "flush");
  report_entry *e = report_add_entry(&b.later.findings.items[0]);
  e->function = "on_read";
  e->has_registered = true;
  e->registered = sample_place("main", "a.c", 5, 1);
  sample_step(&b.later, e, sample_place("flush_more", "a.c", 8, 1), REPORT_DIRECT);
  sample_step(&b.later, e, sample_place("save", "a.c", 10, 3), REPORT_DIRECT);
  assert_int_equal(compared(&b, 0), 'a');
}

static void a_renamed_caller_is_not_new(void **state) {
  (void)state;
  both b = empty();
  add(&b.earlier, 'a', "save", "a.c", 10, "on_read", "flush");
  add(&b.later, 'a', "save", "a.c", 10, "on_read", "flush_all");
  assert_int_equal(compared(&b, 0), '=');
}

static void what_was_hidden_is_new(void **state) {
  (void)state;
  both b = empty();
  add(&b.earlier, 'a', "save", "a.c", 10, "on_read", "flush")->confidence = RULE_POSSIBLE;
  add(&b.later, 'a', "save", "a.c", 10, "on_read", "flush");
  assert_int_equal(compared(&b, 0), 'n');
  b = empty();
  add(&b.earlier, 'a', "save", "a.c", 10, "on_read", "flush")->suppressed =
      (report_suppression){"comment", "known"};
  add(&b.later, 'a', "save", "a.c", 10, "on_read", "flush");
  assert_int_equal(compared(&b, 0), 'n');
}

static void only_new_ones_count(void **state) {
  (void)state;
  both b = empty();
  add(&b.earlier, 'a', "save", "a.c", 10, "on_read", "flush");
  add(&b.later, 'a', "save", "a.c", 10, "on_read", "flush");
  assert_int_equal(report_count(&b.later, RULE_WARNING, RULE_LIKELY), 1);
  report_compare(&b.earlier, &b.later, RULE_LIKELY);
  assert_int_equal(report_count(&b.later, RULE_WARNING, RULE_LIKELY), 0);
  add(&b.later, 'b', "load", "a.c", 30, "on_timer", "tick")->change = REPORT_NEW;
  assert_int_equal(report_count(&b.later, RULE_WARNING, RULE_LIKELY), 1);
  compared(&b, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shifted_lines),
      cmocka_unit_test(a_new_one),
      cmocka_unit_test(a_fixed_one),
      cmocka_unit_test(a_function_in_another_file),
      cmocka_unit_test(a_namesake_in_another_file_is_new),
      cmocka_unit_test(a_renamed_function),
      cmocka_unit_test(the_same_call_elsewhere_is_new),
      cmocka_unit_test(a_new_callback),
      cmocka_unit_test(a_further_caller),
      cmocka_unit_test(a_renamed_caller_is_not_new),
      cmocka_unit_test(what_was_hidden_is_new),
      cmocka_unit_test(only_new_ones_count),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
