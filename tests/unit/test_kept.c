/* The report that is kept for an unchanged program: found by its key only, and never believed when
 * damaged. */
#include "analyzer/driver/kept.h"

#include "sample_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { KEY = 42 };

static char folder[] = "/tmp/blockscan-kept-XXXXXX";
static char file[sizeof folder + 16];

static int make_folder(void **state) {
  (void)state;
  if (!mkdtemp(folder)) return -1;
  snprintf(file, sizeof file, "%s/report.bin", folder);
  return 0;
}

static int remove_folder(void **state) {
  (void)state;
  unlink(file);
  return rmdir(folder);
}

static void put(uint64_t key) {
  report_document document;
  report_document_init(&document);
  sample_findings(&document);
  sample_ledger(&document);
  kept_put(folder, key, &document);
  report_document_fini(&document);
}

/* Whether it is found; a document that was not filled is as good as new. */
static bool is_found(uint64_t key) {
  report_document document;
  report_document_init(&document);
  bool found = kept_find(folder, key, &document);
  assert_int_equal(document.findings.count > 0, found);
  report_add_finding(&document);
  report_document_fini(&document);
  return found;
}

static void is_found_by_its_key(void **state) {
  (void)state;
  unlink(file);
  assert_false(is_found(KEY));
  put(KEY);
  assert_true(is_found(KEY));
  assert_false(is_found(KEY + 1));
  put(KEY + 1);
  assert_true(is_found(KEY + 1));
  assert_false(is_found(KEY));
}

static void a_file_cut_short_is_none(void **state) {
  (void)state;
  put(KEY);
  struct stat whole;
  assert_int_equal(stat(file, &whole), 0);
  for (off_t length = whole.st_size - 1; length >= 0; length -= length > 64 ? 37 : 1) {
    assert_int_equal(truncate(file, length), 0);
    assert_false(is_found(KEY));
  }
  put(KEY);
  assert_true(is_found(KEY));
}

static void a_damaged_file_is_none(void **state) {
  (void)state;
  put(KEY);
  struct stat whole;
  assert_int_equal(stat(file, &whole), 0);
  for (off_t at = 0; at < whole.st_size; at += 61) {
    FILE *f = fopen(file, "r+");
    assert_non_null(f);
    fseek(f, at, SEEK_SET);
    int byte = fgetc(f);
    fseek(f, at, SEEK_SET);
    fputc(byte ^ 0x55, f);
    assert_int_equal(fclose(f), 0);
    assert_false(is_found(KEY));
    put(KEY);
  }
}

static void a_folder_that_cannot_be_written_is_no_error(void **state) {
  (void)state;
  report_document document;
  report_document_init(&document);
  kept_put("/nonexistent/folder", KEY, &document);
  assert_false(kept_find("/nonexistent/folder", KEY, &document));
  report_document_fini(&document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(is_found_by_its_key),
      cmocka_unit_test(a_file_cut_short_is_none),
      cmocka_unit_test(a_damaged_file_is_none),
      cmocka_unit_test(a_folder_that_cannot_be_written_is_no_error),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
