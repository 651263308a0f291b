/* The HTML report's bytes: nothing that a report says can end the block it stands in, and the tables hold
 * what the document does. How the page works, tests/browser/ asks a browser. */
#include "reports/formats.h"
#include "reports/html.h"
#include "sample_document.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void write_page(const report_document *document, bs_strbuf *out) {
  report_write_html(document, &(report_options){.min_confidence = RULE_LIKELY}, out);
}

static unsigned count(const char *text, const char *part) {
  unsigned n = 0;
  for (const char *p = strstr(text, part); p; p = strstr(p + 1, part)) n++;
  return n;
}

/* The JSON of a block; the caller frees it. */
static json_t *get_block(const char *page, const char *name) {
  char opening[64];
  json_error_t error;
  snprintf(opening, sizeof opening, "id=\"data-%s\">", name);
  const char *start = strstr(page, opening);
  assert_non_null(start);
  start += strlen(opening);
  const char *end = strstr(start, "</script>");
  assert_non_null(end);
  json_t *json = json_loadb(start, (size_t)(end - start), JSON_REJECT_DUPLICATES, &error);
  if (!json) fail_msg("%s: %d:%d: %s", name, error.line, error.column, error.text);
  return json;
}

/* Whatever stands in them, a page has the same elements. */
static void no_text_is_an_element(void **state) {
  (void)state;
  report_document odd, empty;
  bs_strbuf page = BS_STRBUF_INIT, plain = BS_STRBUF_INIT;
  report_document_init(&odd);
  report_document_init(&empty);
  sample_odd(&odd);
  write_page(&odd, &page);
  write_page(&empty, &plain);
  static const char *const parts[] = {"<script", "</script", "<!--", "<img", "<style"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    assert_int_equal(count(page.text, parts[i]), count(plain.text, parts[i]));
  assert_int_equal(count(page.text, "<script"), 6);
  json_t *texts = get_block(page.text, "texts");
  bool found = false;
  for (size_t i = 0; i < json_array_size(texts); i++)
    found |= !strcmp(json_string_value(json_array_get(texts, i)), "</script><img src=x onerror=alert(1)>");
  assert_true(found);
  json_decref(texts);
  bs_strbuf_fini(&plain);
  bs_strbuf_fini(&page);
  report_document_fini(&empty);
  report_document_fini(&odd);
}

static size_t length(const json_t *object, const char *key) {
  return json_array_size(json_object_get(object, key));
}

static void the_tables_hold_everything(void **state) {
  (void)state;
  report_document document;
  bs_strbuf page = BS_STRBUF_INIT, again = BS_STRBUF_INIT;
  report_document_init(&document);
  sample_everything(&document);
  write_page(&document, &page);
  write_page(&document, &again);
  assert_string_equal(page.text, again.text);
  json_t *report = get_block(page.text, "report"), *paths = get_block(page.text, "paths");
  json_t *run = get_block(page.text, "recording");
  assert_int_equal(length(report, "findings"), document.findings.count);
  assert_int_equal(length(report, "fixed"), 1);
  assert_int_equal(length(report, "cuts"), 1);
  assert_int_equal(length(report, "broken"), 1);
  assert_int_equal(length(report, "columns"),
                   json_array_size(json_array_get(json_object_get(report, "findings"), 0)));
  assert_int_equal(length(paths, "paths"), document.findings.count);
  assert_int_equal(length(run, "stalls"), document.stalls.count);
  assert_int_equal(length(run, "loops"), document.recorded_loops.count);
  assert_int_equal(length(run, "calls"), document.recorded_calls.count);
  assert_int_equal(length(run, "stallColumns"),
                   json_array_size(json_array_get(json_object_get(run, "stalls"), 0)));
  json_decref(run);
  json_decref(paths);
  json_decref(report);
  bs_strbuf_fini(&again);
  bs_strbuf_fini(&page);
  report_document_fini(&document);
}

/* Two sinks behind the same way share its cells. */
static void paths_share_their_beginnings(void **state) {
  (void)state;
  report_document document;
  bs_strbuf page = BS_STRBUF_INIT;
  report_document_init(&document);
  sample_many(&document, 100, 2, 6);
  write_page(&document, &page);
  json_t *paths = get_block(page.text, "paths");
  /* 50 files, two callbacks, five steps to the function of the sink. */
  assert_int_equal(length(paths, "cells"), 2 * 50 * 2 * 5);
  assert_int_equal(length(paths, "steps"), 100 + 50 * 2 * 5);
  json_decref(paths);
  bs_strbuf_fini(&page);
  report_document_fini(&document);
}

static const char *first_line(const json_t *runs, size_t run) {
  return json_string_value(json_array_get(json_array_get(runs, run), 2));
}

static void sources_are_there_once(void **state) {
  (void)state;
  report_document document;
  bs_strbuf page = BS_STRBUF_INIT;
  char *root = sample_sources(
      "/* one\ntwo */ int a = getaddrinfo(\"</script>\");\n\"/*\" three\nfour\nfive\nsix\nseven\n"
      "eight\nnine\n");
  report_document_init(&document);
  sample_findings(&document);
  document.root_path = root;
  write_page(&document, &page);
  json_t *sources = get_block(page.text, "sources");
  json_t *runs = json_object_get(json_object_get(sources, "files"), "src/dns.c");
  assert_int_equal(json_array_size(runs), 1); /* around lines 2 and 4: one run */
  assert_string_equal(first_line(runs, 0), "/* one");
  assert_string_equal(json_string_value(json_array_get(json_array_get(runs, 0), 3)),
                      "two */ int a = getaddrinfo(\"</script>\");");
  assert_int_equal(json_integer_value(json_object_get(sources, "leftOut")), 0);
  json_decref(sources);
  bs_strbuf_fini(&page);
  report_document_fini(&document);
  sample_remove(root);
}

static void a_run_knows_that_it_begins_in_a_comment(void **state) {
  (void)state;
  char *root = sample_sources("int a; /* \"\n * b\n */ char c = '\"'; // it's\nint d; /* e */\nint f;\n");
  static const int expected[] = {0, 1, 1, 0, 0};
  for (unsigned line = 1; line <= 5; line++) {
    struct html_source *source = html_source_new(root);
    bs_strbuf out = BS_STRBUF_INIT;
    const report_place place = {"", "src/dns.c", line, 1};
    html_source_want(source, &place, 0);
    html_source_write(source, &out);
    json_t *json = json_loads(out.text, 0, NULL);
    json_t *run = json_array_get(json_object_get(json_object_get(json, "files"), "src/dns.c"), 0);
    assert_int_equal(json_integer_value(json_array_get(run, 0)), line);
    assert_int_equal(json_integer_value(json_array_get(run, 1)), expected[line - 1]);
    json_decref(json);
    bs_strbuf_fini(&out);
    html_source_free(source);
  }
  sample_remove(root);
}

static void too_much_source_is_counted(void **state) {
  (void)state;
  bs_strbuf text = BS_STRBUF_INIT, out = BS_STRBUF_INIT;
  enum { LINES = 12000 };
  for (unsigned i = 0; i < LINES; i++) bs_strbuf_addf(&text, "%0500u\n", i);
  char *root = sample_sources(text.text);
  struct html_source *source = html_source_new(root);
  const report_place place = {"", "src/dns.c", 1, 1}, nowhere = {"", "src/none.c", 1, 1};
  html_source_want(source, &place, LINES);
  html_source_want(source, &nowhere, 3);
  html_source_write(source, &out);
  assert_true(out.length > HTML_SOURCE_BYTES && out.length < HTML_SOURCE_BYTES + HTML_SOURCE_BYTES / 8);
  json_t *json = json_loads(out.text, 0, NULL);
  assert_int_equal(json_integer_value(json_object_get(json, "leftOut")), LINES - HTML_SOURCE_BYTES / 400);
  assert_int_equal(json_object_size(json_object_get(json, "files")), 1);
  json_decref(json);
  html_source_free(source);
  bs_strbuf_fini(&out);
  bs_strbuf_fini(&text);
  sample_remove(root);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_text_is_an_element),
      cmocka_unit_test(the_tables_hold_everything),
      cmocka_unit_test(paths_share_their_beginnings),
      cmocka_unit_test(sources_are_there_once),
      cmocka_unit_test(a_run_knows_that_it_begins_in_a_comment),
      cmocka_unit_test(too_much_source_is_counted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
