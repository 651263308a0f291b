/* The JSON report: it parses, says what the document says, and keeps no byte that JSON forbids. Whether it
 * keeps the contract, tests/cli/json-schema.sh asks. */
#include "reports/model/json.h"
#include "sample_report.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static json_t *write_and_parse(const report_document *document) {
  bs_strbuf out = BS_STRBUF_INIT;
  json_error_t error;
  report_write_json(document, &(report_options){0}, &out);
  json_t *root = json_loads(out.text, JSON_REJECT_DUPLICATES, &error);
  if (!root) fail_msg("%d:%d: %s", error.line, error.column, error.text);
  bs_strbuf_fini(&out);
  return root;
}

static const char *text_at(json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}
static int number_at(json_t *object, const char *key) {
  return (int)json_integer_value(json_object_get(object, key));
}

static void an_empty_document(void **state) {
  (void)state;
  report_document document;
  report_document_init(&document);
  json_t *root = write_and_parse(&document);
  assert_string_equal(text_at(root, "schema"), "blockscan/findings/1");
  assert_int_equal(json_array_size(json_object_get(root, "findings")), 0);
  assert_int_equal(json_array_size(json_object_get(json_object_get(root, "ledger"), "broken_units")), 0);
  json_decref(root);
  report_document_fini(&document);
}

static void everything_is_written(void **state) {
  (void)state;
  report_document document;
  report_document_init(&document);
  sample_findings(&document);
  sample_ledger(&document);
  json_t *root = write_and_parse(&document);
  json_t *findings = json_object_get(root, "findings");
  assert_int_equal(json_array_size(findings), 5);
  json_t *first = json_array_get(findings, 0);
  assert_string_equal(text_at(first, "severity"), "error");
  assert_string_equal(text_at(first, "confidence"), "likely");
  assert_string_equal(text_at(first, "evidence"), "static");
  assert_string_equal(text_at(json_object_get(first, "sink"), "api"), "getaddrinfo");
  assert_true(json_is_null(json_object_get(first, "suppressed")));
  json_t *entry = json_array_get(json_object_get(first, "entries"), 0);
  assert_string_equal(text_at(entry, "role"), "io");
  assert_string_equal(text_at(json_object_get(entry, "registered"), "via"), "uv_read_start");
  json_t *step = json_array_get(json_object_get(entry, "path"), 0);
  assert_string_equal(text_at(step, "how"), "field");
  assert_int_equal(number_at(step, "candidates"), 3);
  assert_int_equal(number_at(json_object_get(step, "because"), "line"), 12);
  json_t *suppressed = json_object_get(json_array_get(findings, 4), "suppressed");
  assert_string_equal(text_at(suppressed, "by"), "comment");
  json_t *ledger = json_object_get(root, "ledger");
  assert_int_equal(number_at(ledger, "capped_indirect_calls"), 2);
  assert_int_equal(number_at(json_array_get(json_object_get(ledger, "broken_units"), 0), "errors"), 3);
  json_decref(root);
  report_document_fini(&document);
}

static void texts_are_escaped(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"a\"b\\c/d", "a\"b\\c/d"},
      {"\b\f\n\r\t\x01\x1f\x7f", "\b\f\n\r\t\x01\x1f\x7f"},
      {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
      {"a\xff"
       "b",
       "a\xef\xbf\xbd"
       "b"},
      {"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd"}, /* overlong */
      {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* a surrogate */
      {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* above U+10FFFF */
      {"x\xe2\x82", "x\xef\xbf\xbd\xef\xbf\xbd"}, /* cut short */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    report_document document;
    report_document_init(&document);
    sample_finding(&document, "r", RULE_NOTE, "f", cases[i][0], sample_place("f", cases[i][0], 1, 1));
    json_t *root = write_and_parse(&document);
    json_t *finding = json_array_get(json_object_get(root, "findings"), 0);
    assert_string_equal(text_at(finding, "message"), cases[i][1]);
    assert_string_equal(text_at(json_object_get(finding, "sink"), "file"), cases[i][1]);
    json_decref(root);
    report_document_fini(&document);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_empty_document),
      cmocka_unit_test(everything_is_written),
      cmocka_unit_test(texts_are_escaped),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
