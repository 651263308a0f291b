/* Patches: which lines they change, in the forms that git and diff write. */
#include "evidence/patch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *as_it_is(void *context, bs_arena *arena, const char *path) {
  (void)context;
  (void)arena;
  return path;
}

static patch read_good(const char *text) {
  patch p;
  patch_init(&p);
  assert_true(patch_read(&p, text, as_it_is, NULL, NULL));
  return p;
}

static void added_and_changed_lines(void **state) {
  (void)state;
  patch p = read_good("diff --git a/a.c b/a.c\nindex 1..2 100644\n--- a/a.c\n+++ b/a.c\n"
                      "@@ -1,4 +1,5 @@ int f\n one\n-two\n+zwei\n+neu\n three\n four\n"
                      "@@ -20 +21 @@\n-x\n+y\n\\ No newline at end of file\n"
                      "--- a/b.c\n+++ b/b.c\n@@ -0,0 +1,2 @@\n++++ b/c.c\n+--- a/c.c\n");
  static const unsigned changed[] = {2, 3, 21}, same[] = {1, 4, 5, 20, 22};
  for (size_t i = 0; i < sizeof changed / sizeof *changed; i++) assert_true(patch_has(&p, "a.c", changed[i]));
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) assert_false(patch_has(&p, "a.c", same[i]));
  assert_true(patch_has(&p, "b.c", 1)); /* lines that look like heads */
  assert_true(patch_has(&p, "b.c", 2));
  assert_false(patch_has(&p, "c.c", 1));
  patch_fini(&p);
}

static void deleted_lines_and_files(void **state) {
  (void)state;
  patch p = read_good(
      "--- a/a.c\n+++ b/a.c\n@@ -3,2 +2,0 @@\n-a\n-b\n--- a/b.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n");
  assert_false(patch_has(&p, "a.c", 2) || patch_has(&p, "a.c", 3));
  assert_false(patch_has(&p, "b.c", 1) || patch_has(&p, "/dev/null", 1));
  patch_fini(&p);
}

static void odd_names(void **state) {
  (void)state;
  patch p = read_good("+++ \"b/with \\\"quotes\\\" \\303\\251.c\"\n@@ -0,0 +1 @@\n+x\n"
                      "+++ plain name.c\t2026-01-01 00:00:00\n@@ -0,0 +1 @@\n+x\n");
  assert_true(patch_has(&p, "with \"quotes\" \xc3\xa9.c", 1));
  assert_true(patch_has(&p, "plain name.c", 1));
  patch_fini(&p);
}

static void whole_files(void **state) {
  (void)state;
  patch p = read_good("no patch at all\n");
  assert_false(patch_has(&p, "a.c", 7));
  patch_add_file(&p, "a.c");
  assert_true(patch_has(&p, "a.c", 7));
  assert_false(patch_has(&p, "a.c", 0) || patch_has(&p, "b.c", 7));
  patch_fini(&p);
}

static void cut_short(void **state) {
  (void)state;
  patch p;
  bs_error error = BS_ERROR_INIT;
  patch_init(&p);
  assert_false(patch_read(&p, "+++ b/a.c\n@@ -1,9 +1,9 @@\n x\n", as_it_is, NULL, &error));
  assert_string_equal(error.text.text, "the patch ends within a hunk");
  bs_error_fini(&error);
  patch_fini(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(added_and_changed_lines),
      cmocka_unit_test(deleted_lines_and_files),
      cmocka_unit_test(odd_names),
      cmocka_unit_test(whole_files),
      cmocka_unit_test(cut_short),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
