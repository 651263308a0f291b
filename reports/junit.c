/* The report as JUnit XML, as Jenkins and GitLab read it: each finding is a failed test case, and one more
 * case says whether the analysis was complete, so that a report without findings has a case that passed. Of a
 * run that has just been recorded the test cases are its bounds, the program's own end, and the tests of it
 * that held a loop. */
#include "base/xml.h"
#include "reports/formats.h"
#include "reports/model/completeness.h"
#include "reports/text.h"

#include <string.h>

static void add_attribute(bs_strbuf *out, const char *before, const char *text) {
  bs_strbuf_adds(out, before);
  xml_text(out, text);
  bs_strbuf_addc(out, '"');
}

static void add_entry(bs_strbuf *out, bs_arena *arena, const report_entry *e) {
  bs_strbuf_addf(out, "from %s, %s:\n  %s", phrase_loop(arena, e), rule_confidence_names[e->confidence],
                 e->function);
  bs_strbuf_addf(out, "  %s:%u  %s\n", e->file, e->line, phrase_registration(arena, e));
  for (uint32_t i = 1; i < e->path.count; i++)
    bs_strbuf_addf(out, "  %s  %s  %s\n", e->path.items[i]->place.function,
                   phrase_place(arena, &e->path.items[i]->place), phrase_reason(arena, e->path.items[i - 1]));
}

static void add_finding(bs_strbuf *out, const report_finding *f) {
  bs_arena arena = {0};
  bs_strbuf text = BS_STRBUF_INIT;
  const char *verdict = phrase_verdict(&arena, &f->runtime);
  unsigned others = f->entries.count ? phrase_callbacks(f) - 1 : 0;
  bs_strbuf_addf(&text, "%s: %s [%s]\n", phrase_place(&arena, &f->sink), f->message, f->rule);
  if (*verdict) bs_strbuf_addf(&text, "%s\n", verdict);
  if (f->entries.count) add_entry(&text, &arena, &f->entries.items[0]);
  if (others)
    bs_strbuf_addf(&text, "and %s\n", phrase_count(&arena, others, "more callback", "more callbacks"));
  if (*f->advice) bs_strbuf_addf(&text, "instead: %s\n", f->advice);
  add_attribute(out, "  <testcase classname=\"", f->rule);
  add_attribute(
      out, " name=\"",
      bs_arena_printf(&arena, "%s() in %s, %s", f->api, f->sink.function, phrase_place(&arena, &f->sink)));
  add_attribute(out, ">\n    <failure type=\"", rule_severity_names[f->severity]);
  add_attribute(out, " message=\"", f->message);
  bs_strbuf_addc(out, '>');
  xml_text(out, text.text);
  bs_strbuf_adds(out, "</failure>\n  </testcase>\n");
  bs_strbuf_fini(&text);
  bs_arena_fini(&arena);
}

/* Whether everything was checked; nothing at all is no success. */
static void add_completeness(bs_strbuf *out, const report_document *document) {
  bs_arena arena = {0};
  bs_strbuf text = BS_STRBUF_INIT;
  for (uint32_t i = 0; i < document->incomplete.count; i++) {
    const report_gap *gap = &document->incomplete.items[i];
    bs_strbuf_addf(&text, "%s%s%s\n", gap->text, gap->hint ? ". " : "", gap->hint ? gap->hint : "");
  }
  for (uint32_t i = 0; i < document->broken_units.count; i++)
    bs_strbuf_addf(&text, "%s\n", report_name_broken(&arena, &document->broken_units.items[i]));
  bs_strbuf_adds(out, "  <testcase classname=\"blockscan\" name=\"everything was checked\"");
  if (document->incomplete.count) {
    add_attribute(out, ">\n    <failure type=\"incomplete\" message=\"", document->incomplete.items[0].text);
    bs_strbuf_addc(out, '>');
    xml_text(out, text.text);
    bs_strbuf_adds(out, "</failure>\n  </testcase>\n");
  } else if (text.length) {
    bs_strbuf_adds(out, ">\n    <system-out>broken units, which were accepted:\n");
    xml_text(out, text.text);
    bs_strbuf_adds(out, "</system-out>\n  </testcase>\n");
  } else {
    bs_strbuf_adds(out, "/>\n");
  }
  bs_strbuf_fini(&text);
  bs_arena_fini(&arena);
}

static void add_case(bs_strbuf *out, const char *program, const char *name, const char *failure,
                     const char *details) {
  add_attribute(out, "  <testcase classname=\"", program);
  add_attribute(out, " name=\"", name);
  if (!failure) {
    bs_strbuf_adds(out, "/>\n");
    return;
  }
  add_attribute(out, ">\n    <failure message=\"", failure);
  bs_strbuf_addc(out, '>');
  xml_text(out, details);
  bs_strbuf_adds(out, "</failure>\n  </testcase>\n");
}

/* The longest stall of the same test, if `first` is the first of its stalls; else NULL. */
static const report_stall *longest_of_test(const report_document *document, uint32_t first) {
  const report_stall *longest = &document->stalls.items[first];
  const char *test = longest->test;
  if (!test) return NULL;
  for (uint32_t i = 0; i < document->stalls.count; i++) {
    const report_stall *other = &document->stalls.items[i];
    if (!other->test || strcmp(other->test, test) != 0) continue;
    if (i < first) return NULL;
    if (other->duration_ns > longest->duration_ns) longest = other;
  }
  return longest;
}

/* A test that held a loop: it failed when the bound for a stall is broken by it. */
static void add_test(bs_strbuf *out, const report_document *document, const report_stall *stall,
                     bool failed) {
  bs_arena arena = {0};
  bs_strbuf text = BS_STRBUF_INIT;
  bs_strbuf_adds(&text, "Event loop stall");
  text_write_stall(&(painter){&text, false, 0}, document, stall);
  const char *message =
      bs_arena_printf(&arena, "held an event loop for %s", phrase_duration(&arena, stall->duration_ns));
  if (failed) {
    add_case(out, document->run.program, stall->test, message, text.text);
  } else {
    add_attribute(out, "  <testcase classname=\"", document->run.program);
    add_attribute(out, " name=\"", stall->test);
    bs_strbuf_adds(out, ">\n    <system-out>");
    xml_text(out, text.text);
    bs_strbuf_adds(out, "</system-out>\n  </testcase>\n");
  }
  bs_strbuf_fini(&text);
  bs_arena_fini(&arena);
}

static void write_run(const report_document *document, bs_strbuf *out) {
  const report_run *run = &document->run;
  bs_strbuf summary = BS_STRBUF_INIT;
  unsigned failures = run->failure != NULL, tests = 0;
  bs_strbuf cases = BS_STRBUF_INIT;
  for (uint32_t i = 0; i < run->bounds.count; i++) failures += !run->bounds.items[i].kept;
  for (uint32_t i = 0; i < document->stalls.count; i++) {
    const report_stall *longest = longest_of_test(document, i);
    if (!longest) continue;
    bool failed = run->fail_over_ns && longest->duration_ns >= run->fail_over_ns;
    add_test(&cases, document, longest, failed);
    failures += failed;
    tests++;
  }
  text_write_recording(&(painter){&summary, false, 0}, document);
  bs_strbuf_addf(
      out,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"blockscan record\" tests=\"%u\" "
      "failures=\"%u\" errors=\"0\" time=\"%.3f\">\n",
      run->bounds.count + 1 + tests, failures, (double)document->recorded_ns / 1e9);
  add_case(out, run->program, "exit code", run->failure, "");
  for (uint32_t i = 0; i < run->bounds.count; i++) {
    const report_bound *bound = &run->bounds.items[i];
    add_case(out, run->program, bound->name, bound->kept ? NULL : bound->measured, summary.text);
  }
  bs_strbuf_add(out, cases.text, cases.length);
  bs_strbuf_adds(out, "</testsuite>\n");
  bs_strbuf_fini(&cases);
  bs_strbuf_fini(&summary);
}

void report_write_junit(const report_document *document, const report_options *options, bs_strbuf *out) {
  unsigned failures = 0;
  if (document->run.program) {
    write_run(document, out);
    return;
  }
  for (uint32_t i = 0; i < document->findings.count; i++)
    failures += report_shows(&document->findings.items[i], options);
  bs_strbuf_addf(out,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"blockscan\" "
                 "tests=\"%u\" failures=\"%u\" errors=\"0\">\n",
                 failures + 1, failures + (document->incomplete.count ? 1 : 0));
  for (uint32_t i = 0; i < document->findings.count; i++)
    if (report_shows(&document->findings.items[i], options)) add_finding(out, &document->findings.items[i]);
  add_completeness(out, document);
  bs_strbuf_adds(out, "</testsuite>\n</testsuites>\n");
}
