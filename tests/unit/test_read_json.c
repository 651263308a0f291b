/* The JSON report read back: what was written comes out again, byte for byte, and what is no report is
 * refused with its place. */
#include "reports/model/read_json.h"

#include "reports/model/json.h"
#include "sample_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bs_strbuf written(const report_document *document, bool shares_paths) {
  bs_strbuf text = BS_STRBUF_INIT;
  report_write_json(document, &(report_options){.shares_paths = shares_paths}, &text);
  return text;
}

static bs_strbuf as_json(const report_document *document) { return written(document, true); }

static void sample(report_document *document) {
  report_document_init(document);
  sample_findings(document);
  sample_ledger(document);
}

static void assert_same(const report_document *document) {
  bs_error error = BS_ERROR_INIT;
  report_document again;
  report_document_init(&again);
  bs_strbuf before = as_json(document);
  if (!report_parse_json(&again, "a.json", before.text, before.length, &error))
    fail_msg("%s", error.text.text);
  bs_strbuf after = as_json(&again);
  assert_string_equal(after.text, before.text);
  bs_strbuf_fini(&before);
  bs_strbuf_fini(&after);
  report_document_fini(&again);
  bs_error_fini(&error);
}

static void what_was_written_comes_back(void **state) {
  (void)state;
  report_document document;
  report_document_init(&document);
  assert_same(&document);
  report_document_fini(&document);
  sample(&document);
  assert_same(&document);
  sample_run(&document);
  assert_same(&document);
  sample_compared(&document);
  assert_same(&document);
  report_document_fini(&document);
}

/* `count` callbacks whose paths end in the same call. */
static report_finding *sample_crowd(report_document *document, enum rule_severity severity, unsigned count) {
  report_place sink = sample_place("save", "a.c", 9, 3);
  report_finding *finding = sample_finding(document, "disk.fsync", severity, "fsync", "waits", sink);
  const report_step *last = NULL;
  for (unsigned i = 0; i < count; i++) {
    report_entry *entry = report_add_entry(finding);
    entry->function = bs_arena_printf(&document->arena, "on_event_%u", i);
    sample_step(document, entry, sample_place(entry->function, "a.c", 20 + i, 3), REPORT_DIRECT);
    if (!last)
      last = sample_step(document, entry, sink, REPORT_DIRECT);
    else
      *bs_vec_push(&entry->path) = last;
  }
  return finding;
}

static unsigned count_of(const char *text, const char *part) {
  unsigned count = 0;
  while ((text = strstr(text, part))) text += strlen(part), count++;
  return count;
}

/* Past the first entries paths are numbers of steps, which the document has once. */
static void many_paths_share_their_steps(void **state) {
  (void)state;
  report_document document, again;
  bs_error error = BS_ERROR_INIT;
  report_document_init(&document);
  report_document_init(&again);
  sample_crowd(&document, RULE_ERROR, 8);
  sample_crowd(&document, RULE_NOTE, 1);
  bs_strbuf text = as_json(&document);
  assert_null(strstr(text.text, "\"way\""));
  assert_null(strstr(text.text, "\"steps\""));
  bs_strbuf_fini(&text);
  sample_crowd(&document, RULE_ERROR, 10);
  sample_crowd(&document, RULE_NOTE, 3);
  assert_same(&document);
  text = as_json(&document);
  assert_int_equal(count_of(text.text, "\"way\": ["), 4);
  assert_int_equal(count_of(text.text, "\"path\": []"), 4);
  assert_non_null(strstr(text.text, "\"way\": [0, 1]"));
  assert_non_null(strstr(text.text, "\"way\": [2, 1]"));
  assert_true(report_parse_json(&again, "a.json", text.text, text.length, &error));
  const report_entry *entries = again.findings.items[2].entries.items;
  assert_int_equal(entries[9].path.count, 2);
  assert_string_equal(entries[9].path.items[0]->place.function, "on_event_9");
  assert_ptr_equal(entries[9].path.items[1], entries[8].path.items[1]);
  bs_strbuf_fini(&text);
  report_document_fini(&document);
  report_document_fini(&again);
}

/* A report of the usual size has each path where its callback is. */
static void large_reports_share_by_themselves(void **state) {
  (void)state;
  report_document document;
  report_document_init(&document);
  sample_crowd(&document, RULE_ERROR, 70);
  bs_strbuf text = written(&document, false);
  assert_null(strstr(text.text, "\"way\""));
  assert_int_equal(count_of(text.text, "\"path\": []"), 0);
  bs_strbuf_fini(&text);
  sample_crowd(&document, RULE_ERROR, 34000); /* two steps each */
  text = written(&document, false);
  assert_non_null(strstr(text.text, "\"way\": ["));
  bs_strbuf_fini(&text);
  report_document_fini(&document);
}

/* Callbacks without a path are numbers, too, in the order that they have. */
static void callbacks_without_a_path_stand_once(void **state) {
  (void)state;
  report_document document, again;
  bs_error error = BS_ERROR_INIT;
  report_document_init(&document);
  report_document_init(&again);
  for (unsigned i = 0; i < 2; i++) {
    report_finding *finding = sample_crowd(&document, RULE_ERROR, 12);
    finding->entries.items[7].path.count = 0; /* before one that has a path */
    for (unsigned k = 10; k < 12; k++) finding->entries.items[k].path.count = 0;
    report_entry *last = report_add_entry(finding);
    *last = finding->entries.items[10];
    memset(&last->path, 0, sizeof last->path);
  }
  assert_same(&document);
  bs_strbuf text = as_json(&document);
  assert_int_equal(count_of(text.text, "\"more\": [0, 1, 0]"), 2);
  assert_int_equal(count_of(text.text, "\"on_event_10\""), 1);
  assert_true(report_parse_json(&again, "a.json", text.text, text.length, &error));
  const report_finding *finding = &again.findings.items[1];
  assert_int_equal(finding->entries.count, 13);
  assert_string_equal(finding->entries.items[11].function, "on_event_11");
  assert_string_equal(finding->entries.items[12].function, "on_event_10");
  assert_int_equal(finding->entries.items[12].path.count, 0);
  bs_strbuf_fini(&text);
  report_document_fini(&document);
  report_document_fini(&again);
}

static void drop(void *context, bs_strbuf *out) {
  bs_strbuf_add(context, out->text, out->length);
  bs_strbuf_clear(out);
}

/* What is drained on the way, with the rest, is the report. */
static void a_report_is_a_stream(void **state) {
  (void)state;
  report_document document;
  bs_strbuf drained = BS_STRBUF_INIT, rest = BS_STRBUF_INIT;
  report_document_init(&document);
  for (unsigned i = 0; i < 600; i++) sample_crowd(&document, RULE_ERROR, 20);
  bs_strbuf whole = written(&document, false);
  report_write_json(&document, &(report_options){.drain = drop, .drain_context = &drained}, &rest);
  assert_true(rest.capacity >= 1 && rest.capacity < whole.length);
  bs_strbuf_add(&drained, rest.text, rest.length);
  assert_string_equal(drained.text, whole.text);
  bs_strbuf_fini(&drained);
  bs_strbuf_fini(&rest);
  bs_strbuf_fini(&whole);
  report_document_fini(&document);
}

static void what_the_model_holds(void **state) {
  (void)state;
  report_document document, again;
  bs_error error = BS_ERROR_INIT;
  sample(&document);
  sample_run(&document);
  sample_compared(&document);
  bs_strbuf text = as_json(&document);
  report_document_init(&again);
  assert_true(report_parse_json(&again, "a.json", text.text, text.length, &error));
  assert_true(again.is_comparison && again.is_recording);
  assert_int_equal(again.fixed.count, 1);
  assert_string_equal(again.fixed.items[0].sink.file, "src/gone.c");
  const report_finding *finding = &again.findings.items[0];
  assert_int_equal(finding->change, REPORT_NEW);
  assert_true(finding->has_anchor);
  assert_int_equal(finding->anchor.line, 120);
  assert_int_equal(finding->entries.items[0].path.items[0]->candidates, 3);
  assert_null(finding->suppressed.by);
  assert_string_equal(again.findings.items[4].suppressed.by, "comment");
  assert_int_equal(again.stalls.items[0].start_ns, 1234567890123456);
  assert_int_equal(again.stalls.items[1].cpu_ns, UINT64_MAX);
  assert_null(again.stalls.items[1].api);
  assert_int_equal(again.threshold_ns, 10000001);
  assert_int_equal(again.recorded_loops.items[0].histogram.items[1].count, 1);
  assert_int_equal(again.recorded_calls.items[0].stack.items[0].line, 31);
  assert_null(again.stalls.items[0].samples.items[0].stack.items[0].file);
  bs_strbuf_fini(&text);
  report_document_fini(&document);
  report_document_fini(&again);
}

#define HEAD \
  "{\"schema\": \"blockscan/findings/1\", \"tool\": {\"name\": \"blockscan\", \"version\": \"9\"},\n"
#define LEDGER \
  "\"ledger\": {\"broken_units\": [], \"unresolved_indirect_calls\": 0, \"capped_indirect_calls\": 0}}"
#define PROJECT "\"project\": {\"root\": \".\"},\n"
#define FINDING(sink, entries) "{" FINDING_REST(sink, entries)
#define FINDING_REST(sink, entries) \
  "\"id\": \"0123456789abcdef\", \"rule\": \"r\", \"category\": \"disk\", \"severity\": \"error\",\n" \
  "\"confidence\": \"certain\", \"evidence\": \"static\", \"message\": \"m\", \"sink\": " sink \
  ", \"entries\": [" entries "]}"
#define MORE "{\"more\": [0], " FINDING_REST(SINK, "")
#define SINK "{\"function\": \"f\", \"file\": \"a.c\", \"line\": 3, \"api\": \"fsync\"}"
#define STEP "{\"function\": \"f\", \"file\": \"a.c\", \"line\": 3, \"how\": \"direct\"}"
#define FINDINGS(list) HEAD PROJECT "\"findings\": [" list "],\n" LEDGER

static const struct refused {
  const char *text, *error; /* what the error begins with */
} refused[] = {
    {"", "a.json:1: not a JSON report: expected '{'"},
    {"[]", "a.json:1: not a JSON report: expected '{'"},
    {"{}", "a.json: not a blockscan report: 'schema' is missing"},
    {"{\"schema\": \"blockscan/findings/2\"}",
     "a.json:1: schema: is 'blockscan/findings/2'; this blockscan reads blockscan/findings/1"},
    {HEAD "\"findings\": []}", "a.json: not a blockscan report: 'project' is missing"},
    {HEAD "\"findings\" []}", "a.json:2: not a JSON report: expected ':'"},
    {HEAD "\"findings\": [", "a.json:2:14: not a JSON report: "},
    {HEAD "\"findings\": [{\"id\": 3,,", "a.json:2:24: not a JSON report: "},
    {FINDINGS("7"), "a.json:3: findings[0]: is not an object"},
    {FINDINGS("{}"), "a.json:3: findings[0].id: is missing"},
    {FINDINGS(FINDING("{\"function\": \"f\", \"file\": \"a.c\"}", "")),
     "a.json:3: findings[0].sink.line: is missing"},
    {FINDINGS(FINDING(SINK, "") "," FINDING(SINK, "{\"function\": \"f\", \"loop\": \"own\", \"path\": [3]}")),
     "a.json:4: findings[1].entries[0].path[0]: is not an object"},
    {FINDINGS(FINDING(SINK, "{\"function\": \"f\", \"loop\": \"own\", \"path\": [], \"role\": \"x\"}")),
     "a.json:3: findings[0].entries[0].role: is 'x'; expected io, timer, idle, signal, async, work-done, "
     "request, other"},
    {FINDINGS(FINDING(SINK, "{\"function\": \"f\", \"loop\": \"own\", \"path\": [], \"way\": [0]}")),
     "a.json:5: a way names a step that 'steps' does not have"},
    {FINDINGS(FINDING(SINK, "{\"function\": \"f\", \"loop\": \"own\", \"path\": [], \"way\": [-1]}")),
     "a.json:3: findings[0].entries[0].way: is negative"},
    {FINDINGS(FINDING(SINK, "") ", " MORE),
     "a.json:4: findings[1].more: names a callback that 'callbacks' does not have"},
    {HEAD PROJECT "\"steps\": [4], \"findings\": [],\n" LEDGER, "a.json:3: steps[0]: is not an object"},
    {HEAD PROJECT "\"findings\": [],\n" LEDGER " x", "a.json:4: not a JSON report: unexpected text after it"},
    {HEAD HEAD, "a.json:2: not a JSON report: expected a key"},
    {HEAD PROJECT PROJECT LEDGER, "a.json:3: not a JSON report: a duplicate key"},
    {HEAD PROJECT "\"findings\": [], \"ledger\": {\"broken_units\": [], \"unresolved_indirect_calls\": -1}}",
     "a.json:3: ledger.unresolved_indirect_calls: is negative"},
};

static void what_is_none_is_refused(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    bs_error error = BS_ERROR_INIT;
    report_document document;
    report_document_init(&document);
    if (report_parse_json(&document, "a.json", refused[i].text, strlen(refused[i].text), &error))
      fail_msg("was read: %s", refused[i].text);
    if (strncmp(error.text.text, refused[i].error, strlen(refused[i].error)) != 0)
      fail_msg("\n%s instead of\n%s", error.text.text, refused[i].error);
    bs_error_fini(&error);
    report_document_fini(&document);
  }
}

/* Unknown keys, any order of the known ones, and what the schema leaves open. */
static void what_is_one_is_read(void **state) {
  (void)state;
  static const char *const texts[] = {
      FINDINGS(""),
      FINDINGS(FINDING(SINK, "")),
      /* the steps may come behind what names them */
      HEAD PROJECT "\"findings\": [" FINDING(
          SINK, "{\"function\": \"f\", \"loop\": \"own\", \"path\": [], \"way\": [1, 0]}") "],"
                                                                                           "\"steps\": [" STEP
                                                                                           ", " STEP
                                                                                           "], " LEDGER,
      "{\"future\": [{\"a\": 1}], \"findings\": []," PROJECT
      "\"tool\": {\"name\": \"blockscan\", \"version\": \"\"},"
      "\"schema\": \"blockscan/findings/1\", " LEDGER,
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    bs_error error = BS_ERROR_INIT;
    report_document document;
    report_document_init(&document);
    if (!report_parse_json(&document, "a.json", texts[i], strlen(texts[i]), &error))
      fail_msg("%s", error.text.text);
    report_document_fini(&document);
  }
}

static void no_beginning_of_one_is_one(void **state) {
  (void)state;
  report_document document;
  sample(&document);
  sample_run(&document);
  sample_compared(&document);
  bs_strbuf text = as_json(&document);
  report_document_fini(&document);
  while (text.length && strchr("\n}", text.text[text.length - 1])) text.text[--text.length] = 0;
  for (size_t length = 0; length <= text.length; length++) {
    bs_error error = BS_ERROR_INIT;
    char *cut = bs_malloc(length + 1); /* of that size, so that a sanitizer sees each byte read behind it */
    memcpy(cut, text.text, length);
    cut[length] = 0;
    report_document_init(&document);
    if (report_parse_json(&document, "a.json", cut, length, &error)) fail_msg("cut to %zu bytes", length);
    assert_true(bs_error_is_set(&error));
    report_document_fini(&document);
    bs_error_fini(&error);
    free(cut);
  }
  bs_strbuf_fini(&text);
}

static void a_file_that_is_not_there(void **state) {
  (void)state;
  bs_error error = BS_ERROR_INIT;
  report_document document;
  report_document_init(&document);
  assert_false(report_read_json(&document, "/nowhere/a.json", &error));
  assert_string_equal(error.text.text, "/nowhere/a.json: cannot be read: No such file or directory");
  bs_error_fini(&error);
  report_document_fini(&document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_was_written_comes_back),  cmocka_unit_test(what_the_model_holds),
      cmocka_unit_test(many_paths_share_their_steps),
      cmocka_unit_test(large_reports_share_by_themselves), cmocka_unit_test(callbacks_without_a_path_stand_once),
      cmocka_unit_test(a_report_is_a_stream),         cmocka_unit_test(what_is_none_is_refused),
      cmocka_unit_test(what_is_one_is_read),          cmocka_unit_test(no_beginning_of_one_is_one),
      cmocka_unit_test(a_file_that_is_not_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
