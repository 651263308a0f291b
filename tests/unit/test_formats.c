/* What all output formats promise: the same bytes each time, UTF-8 without control characters, nothing of
 * where the sources lie, and nothing of what is suppressed. What each says, tests/cli/format-*.sh read with
 * the format's own readers. */
#include "base/utf8.h"
#include "reports/formats.h"
#include "reports/phrase.h"
#include "reports/stacks.h"
#include "sample_document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef void filler(report_document *document);

static const report_options options = {.min_confidence = RULE_LIKELY};

static void fill_many(report_document *document) { sample_many(document, 500, 3, 4); }
static void fill_nothing(report_document *document) { document->tool_version = "1.2.3"; }
static filler *const fillers[] = {fill_nothing, sample_everything, sample_recording, sample_odd, fill_many};

static void write_to(const report_format *format, filler *fill, bs_strbuf *out) {
  report_document document;
  report_document_init(&document);
  document.root_path = "/nowhere/secret-root";
  fill(&document);
  format->write(&document, &options, out);
  report_document_fini(&document);
}

static void check_bytes(const report_format *format, const bs_strbuf *text) {
  bool is_html = !strcmp(format->name, "html");
  for (size_t i = 0; i < text->length;) {
    size_t n = utf8_length(text->text + i, text->length - i);
    unsigned char c = (unsigned char)text->text[i];
    if (!n || (c < 0x20 && c != '\n' && (c != '\t' || !is_html)) || c == 0x7f)
      fail_msg("%s: byte 0x%02x at %zu: %.40s", format->name, c, i, text->text + (i > 20 ? i - 20 : 0));
    i += n;
  }
}

static void every_format_of_every_document(void **state) {
  (void)state;
  for (const report_format *format = report_formats; format->name; format++)
    for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++) {
      bs_strbuf first = BS_STRBUF_INIT, second = BS_STRBUF_INIT;
      write_to(format, fillers[i], &first);
      write_to(format, fillers[i], &second);
      assert_int_equal(first.length, second.length);
      assert_memory_equal(first.text, second.text, first.length);
      if (strcmp(format->name, "pprof") != 0) check_bytes(format, &first); /* it is compressed */
      if (strstr(first.text, "secret-root")) fail_msg("%s says where the sources lie", format->name);
      bs_strbuf_fini(&first);
      bs_strbuf_fini(&second);
    }
}

static void suppressed_findings_are_for_programs_only(void **state) {
  (void)state;
  for (const report_format *format = report_formats; format->name; format++) {
    report_document document;
    bs_strbuf out = BS_STRBUF_INIT;
    report_document_init(&document);
    report_finding *finding = sample_finding(&document, "rule.hidden", RULE_ERROR, "hidden", "hidden() waits",
                                             sample_place("f", "a.c", 1, 1));
    finding->suppressed = (report_suppression){"comment", "known"};
    finding = sample_finding(&document, "rule.shown", RULE_ERROR, "shown", "shown() waits",
                             sample_place("f", "a.c", 2, 1));
    sample_entry(&document, finding, "on_timer", "a.c", 9);
    format->write(&document, &options, &out);
    static const char *const without_findings[] = {"speedscope", "folded", "pprof", "trace", "openmetrics"};
    bool is_profile = false;
    for (size_t i = 0; i < sizeof without_findings / sizeof *without_findings; i++)
      is_profile |= !strcmp(format->name, without_findings[i]);
    bool has_all = !strcmp(format->name, "json") || !strcmp(format->name, "html");
    assert_int_equal(strstr(out.text, "shown()") != NULL, !is_profile);
    if (!has_all) assert_null(strstr(out.text, "hidden"));
    bs_strbuf_fini(&out);
    report_document_fini(&document);
  }
}

/* Formats for a review tell what is new; those whose reader compares tell everything. */
static void a_comparison(void **state) {
  (void)state;
  static const struct {
    const char *format;
    bool has_old;
  } cases[] = {{"github", false}, {"markdown", false}, {"junit", false}, {"rdjsonl", false},
               {"dot", false},    {"gitlab", true},    {"sarif", true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bs_strbuf out = BS_STRBUF_INIT;
    write_to(report_find_format(cases[i].format), sample_everything, &out);
    if (!strstr(out.text, "getaddrinfo()")) fail_msg("%s", cases[i].format);
    assert_int_equal(strstr(out.text, "fopen()") != NULL, cases[i].has_old);
    bs_strbuf_fini(&out);
  }
}

static void finding_as_a_phrase(void **state) {
  (void)state;
  report_document document;
  bs_arena arena = {0};
  report_document_init(&document);
  sample_findings(&document);
  const report_finding *finding = &document.findings.items[0];
  assert_string_equal(
      phrase_finding(&arena, finding),
      "getaddrinfo() waits for the name server; reached from the libuv event loop by on_read through "
      "load_page, resolve, and by 1 more callback; instead: uv_getaddrinfo() with a callback");
  assert_string_equal(phrase_verdict(&arena, &finding->runtime), "");
  assert_int_equal(phrase_callbacks(finding), 2);
  assert_true(phrase_is_repeated(finding, 1) == false);
  report_document_fini(&document);
  bs_arena_fini(&arena);
}

typedef struct weights {
  uint64_t of_loop[3];
  unsigned stacks;
} weights;

static void add_weight(void *context, const report_stall *stall, const report_frame *frames, uint32_t count,
                       uint64_t weight_ns) {
  weights *w = context;
  assert_true(count > 0 && weight_ns > 0);
  assert_non_null(frames[0].function);
  w->of_loop[stall->loop] += weight_ns;
  w->stacks++;
}

static void stacks_weigh_what_stalls_last(void **state) {
  (void)state;
  report_document document;
  weights w = {0};
  report_document_init(&document);
  sample_recording(&document);
  stacks_visit(&document, add_weight, &w);
  assert_int_equal(w.of_loop[1], 224000000);
  assert_int_equal(w.of_loop[2], 5000000000);
  assert_int_equal(w.stacks, 5);
  /* a sample at the end of its stall, and a stall that took no time, weigh nothing */
  sample_sample(&document.stalls.items[0], 212000000);
  sample_stall(&document, 1, 0, 0);
  w = (weights){0};
  stacks_visit(&document, add_weight, &w);
  assert_int_equal(w.of_loop[1], 224000000);
  assert_int_equal(w.stacks, 5);
  report_document_fini(&document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_format_of_every_document),
      cmocka_unit_test(suppressed_findings_are_for_programs_only),
      cmocka_unit_test(a_comparison),
      cmocka_unit_test(finding_as_a_phrase),
      cmocka_unit_test(stacks_weigh_what_stalls_last),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
