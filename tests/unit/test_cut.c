/* Which functions are the cheapest cuts. */
#include "evidence/cut.h"
#include "sample_document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static report_document document;

static int set_up(void **state) {
  (void)state;
  report_document_init(&document);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  report_document_fini(&document);
  return 0;
}

static report_finding *add_sink(const char *function) {
  return sample_finding(&document, "disk.fsync", RULE_WARNING, "fsync", "fsync() waits",
                        sample_place(function, "a.c", 9, 1));
}

/* A path by the names of its functions, outermost first. "*f" is called through a pointer. */
static void add_way(report_finding *finding, const char *const *names) {
  report_entry *entry = report_add_entry(finding);
  entry->loop = "libuv";
  for (; *names; names++) {
    const char *next = names[1] ? names[1] : "";
    sample_step(&document, entry, sample_place(**names == '*' ? *names + 1 : *names, "a.c", 1, 1),
                *next == '*' ? REPORT_FIELD : REPORT_DIRECT);
  }
}
#define WAY(finding, ...) add_way(finding, (const char *const[]){__VA_ARGS__, NULL})

static void assert_cut(unsigned index, const char *function, unsigned findings, unsigned paths) {
  assert_true(index < document.cuts.count);
  const report_cut *cut = &document.cuts.items[index];
  assert_string_equal(cut->place.function, function);
  assert_int_equal(cut->findings.count, findings);
  assert_int_equal(cut->paths, paths);
}

/* Two ways lead to the function that both findings share: it is the cut, not what is above it. */
static void test_diamond(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) {
    report_finding *f = add_sink(i ? "write_log" : "write_data");
    WAY(f, "on_read", "left", "save", i ? "write_log" : "write_data");
    WAY(f, "on_read", "right", "save", i ? "write_log" : "write_data");
  }
  report_find_cuts(&document, NULL);
  assert_int_equal(document.cuts.count, 1);
  assert_cut(0, "save", 2, 4);
  assert_string_equal(document.cuts.items[0].loop, "libuv");
}

static void test_the_larger_group_comes_first(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) WAY(add_sink("small"), "on_timer", "small");
  for (int i = 0; i < 3; i++) WAY(add_sink("large"), "on_read", "large");
  report_find_cuts(&document, NULL);
  assert_int_equal(document.cuts.count, 2);
  assert_cut(0, "large", 3, 3);
  assert_cut(1, "small", 2, 2);
  assert_int_equal(document.cuts.items[1].findings.items[0], 0);
}

/* Another way leads past the function, so that it would not remove the finding. */
static void test_a_way_around_is_no_cut(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) {
    report_finding *f = add_sink(i ? "x" : "y");
    WAY(f, "on_read", "save", i ? "x" : "y");
    WAY(f, i ? "on_x" : "on_y", i ? "x" : "y");
  }
  report_find_cuts(&document, NULL);
  assert_int_equal(document.cuts.count, 0);
}

/* A stripped program's function has no name that one could look for. */
static void test_a_function_without_a_name_is_no_cut(void **state) {
  (void)state;
  WAY(add_sink("write_data"), "on_event", "", "write_data");
  WAY(add_sink("write_log"), "on_event", "", "write_log");
  report_find_cuts(&document, NULL);
  for (uint32_t i = 0; i < document.cuts.count; i++)
    assert_string_not_equal(document.cuts.items[i].place.function, "");
}

static void test_one_finding_needs_no_cut(void **state) {
  (void)state;
  WAY(add_sink("save"), "on_read", "save");
  report_find_cuts(&document, NULL);
  assert_int_equal(document.cuts.count, 0);
}

static void test_what_is_not_reported_does_not_count(void **state) {
  (void)state;
  for (int i = 0; i < 4; i++) {
    report_finding *f = add_sink("save");
    if (i == 1) f->suppressed.by = "comment";
    if (i == 2) f->severity = RULE_NOTE;
    if (i == 3) f->confidence = RULE_POSSIBLE;
    WAY(f, "on_read", "save");
  }
  report_find_cuts(&document, NULL);
  assert_int_equal(document.cuts.count, 0);
}

/* A command table's dispatcher takes all paths with it and is no place to offload. Its commands are. */
static void test_a_dispatcher_is_no_cut(void **state) {
  (void)state;
  WAY(add_sink("save"), "on_read", "dispatch", "*save");
  WAY(add_sink("save"), "on_read", "dispatch", "*save");
  WAY(add_sink("load"), "on_read", "dispatch", "*load");
  WAY(add_sink("load"), "on_read", "dispatch", "*load");
  report_find_cuts(&document, NULL);
  assert_int_equal(document.cuts.count, 2);
  assert_cut(0, "save", 2, 2);
  assert_cut(1, "load", 2, 2);
}

/* Its twin: one function behind the pointer leaves the caller what it is. */
static void test_one_target_is_no_dispatcher(void **state) {
  (void)state;
  WAY(add_sink("x"), "on_read", "*backend", "x");
  WAY(add_sink("y"), "on_read", "*backend", "y");
  report_find_cuts(&document, NULL);
  assert_int_equal(document.cuts.count, 1);
  assert_cut(0, "backend", 2, 2);
}

/* A loop cannot leave itself; what its body calls can. */
static void test_a_loop_is_no_cut(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) WAY(add_sink("main"), "main");
  for (int i = 0; i < 2; i++) WAY(add_sink("save"), "main", "save");
  for (uint32_t i = 0; i < document.findings.count; i++)
    document.findings.items[i].entries.items[0].via = "the body of the loop";
  report_find_cuts(&document, NULL);
  assert_int_equal(document.cuts.count, 1);
  assert_cut(0, "save", 2, 2);
}

/* Its twin: a callback is a cut. */
static void test_a_callback_is_a_cut(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) WAY(add_sink("on_read"), "on_read");
  report_find_cuts(&document, NULL);
  assert_int_equal(document.cuts.count, 1);
  assert_cut(0, "on_read", 3, 3);
}

static void test_far_above_is_no_cut(void **state) {
  (void)state;
  WAY(add_sink("x"), "on_read", "a", "b", "c", "d", "x");
  WAY(add_sink("y"), "on_read", "e", "f", "g", "h", "y");
  report_find_cuts(&document, NULL);
  assert_int_equal(document.cuts.count, 0);
}

static void test_recursion_counts_once(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) WAY(add_sink("walk"), "on_read", "walk", "walk", "walk");
  report_find_cuts(&document, NULL);
  assert_int_equal(document.cuts.count, 1);
  assert_cut(0, "walk", 2, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_diamond),
      TEST(test_the_larger_group_comes_first),
      TEST(test_a_way_around_is_no_cut),
      TEST(test_a_function_without_a_name_is_no_cut),
      TEST(test_one_finding_needs_no_cut),
      TEST(test_what_is_not_reported_does_not_count),
      TEST(test_a_dispatcher_is_no_cut),
      TEST(test_one_target_is_no_dispatcher),
      TEST(test_a_loop_is_no_cut),
      TEST(test_a_callback_is_a_cut),
      TEST(test_far_above_is_no_cut),
      TEST(test_recursion_counts_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
