/* Reports as bytes: what goes in comes out, whatever a report can hold; what was cut short or changed is
 * refused. */
#include "reports/model/archive.h"

#include "reports/model/json.h"
#include "sample_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void sample(report_document *document) {
  report_document_init(document);
  sample_findings(document);
  sample_ledger(document);
  sample_run(document);
  sample_compared(document);
}

static bs_strbuf archived(void) {
  bs_strbuf bytes = BS_STRBUF_INIT;
  report_document document;
  sample(&document);
  report_archive(&document, &bytes);
  report_document_fini(&document);
  return bytes;
}

static bool is_restored(const void *bytes, size_t length) {
  report_document document;
  report_document_init(&document);
  bool good = report_restore(&document, bytes, length);
  report_document_fini(&document);
  return good;
}

static void what_goes_in_comes_out(void **state) {
  (void)state;
  bs_strbuf bytes = archived(), again = BS_STRBUF_INIT, before = BS_STRBUF_INIT, after = BS_STRBUF_INIT;
  report_document document, restored;
  sample(&document);
  report_document_init(&restored);
  assert_true(report_restore(&restored, bytes.text, bytes.length));
  report_write_json(&document, &(report_options){0}, &before);
  report_write_json(&restored, &(report_options){0}, &after);
  assert_string_equal(after.text, before.text);
  report_archive(&restored, &again);
  assert_int_equal(again.length, bytes.length);
  assert_memory_equal(again.text, bytes.text, bytes.length);
  report_document_fini(&document);
  report_document_fini(&restored);
  bs_strbuf_fini(&bytes);
  bs_strbuf_fini(&again);
  bs_strbuf_fini(&before);
  bs_strbuf_fini(&after);
}

static void an_empty_report_is_one(void **state) {
  (void)state;
  bs_strbuf bytes = BS_STRBUF_INIT;
  report_document document;
  report_document_init(&document);
  report_archive(&document, &bytes);
  assert_true(is_restored(bytes.text, bytes.length));
  report_document_fini(&document);
  bs_strbuf_fini(&bytes);
}

/* In memory of exactly that size, so that a sanitizer sees each byte read behind it. */
static void no_beginning_of_one_is_one(void **state) {
  (void)state;
  bs_strbuf bytes = archived();
  for (size_t length = 0; length < bytes.length; length++) {
    char *cut = bs_malloc(length);
    memcpy(cut, bytes.text, length);
    if (is_restored(cut, length)) fail_msg("cut to %zu bytes", length);
    free(cut);
  }
  bs_strbuf_addc(&bytes, 0);
  assert_false(is_restored(bytes.text, bytes.length));
  bs_strbuf_fini(&bytes);
}

static void a_changed_bit_is_seen(void **state) {
  (void)state;
  bs_strbuf bytes = archived();
  for (size_t bit = 0; bit < bytes.length * 8; bit++) {
    bytes.text[bit / 8] ^= (char)(1 << bit % 8);
    if (is_restored(bytes.text, bytes.length)) fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
    bytes.text[bit / 8] ^= (char)(1 << bit % 8);
  }
  assert_true(is_restored(bytes.text, bytes.length));
  bs_strbuf_fini(&bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_goes_in_comes_out),
      cmocka_unit_test(an_empty_report_is_one),
      cmocka_unit_test(no_beginning_of_one_is_one),
      cmocka_unit_test(a_changed_bit_is_seen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
