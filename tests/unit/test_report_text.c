/* The text report: its layout, what it hides and counts, and source lines of every kind under the caret. */
#include "reports/formats.h"
#include "reports/model/completeness.h"
#include "reports/text.h"
#include "sample_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char *const dns_source =
    "\n\tint rc = getaddrinfo(host, port, &hints, &res);\n\n\tf = open(path);\n";

static void assert_report(const report_document *document, const report_options *options,
                          const char *expected) {
  bs_strbuf out = BS_STRBUF_INIT;
  report_write_text(document, options, &out);
  assert_string_equal(out.text, expected);
  bs_strbuf_fini(&out);
}

static bool contains(const report_document *document, const report_options *options, const char *part) {
  bs_strbuf out = BS_STRBUF_INIT;
  report_write_text(document, options, &out);
  bool found = strstr(out.text, part);
  if (!found) print_message("%s\n", out.text);
  bs_strbuf_fini(&out);
  return found;
}

static void a_whole_report(void **state) {
  (void)state;
  char *root = sample_sources(dns_source);
  report_document document;
  report_document_init(&document);
  document.root_path = root;
  sample_findings(&document);
  sample_ledger(&document);
  assert_report(
      &document, &(report_options){.min_confidence = RULE_LIKELY},
      "src/dns.c:2:11: error: getaddrinfo() waits for the name server [dns.getaddrinfo]\n"
      "     2 | int rc = getaddrinfo(host, port, &hints, &res);\n"
      "       |          ^~~~~~~~~~~\n"
      "  because: hints may lack AI_NUMERICHOST\n"
      "  from the libuv event loop, likely:\n"
      "    1. on_read    src/server.c:120  io callback, registered by uv_read_start at src/server.c:88\n"
      "    2. load_page  src/cache.c:33    called through conn->handler, stored at src/conn.c:12 (one of 3)\n"
      "    3. resolve    src/dns.c:2       called directly\n"
      "  1 more callback reaches it: on_timer\n"
      "  instead of getaddrinfo(): uv_getaddrinfo() with a callback\n"
      "  instead of fopen(): open it in uv_queue_work()\n"
      "  and 1 more in resolve(), reached the same way:\n"
      "src/dns.c:4:9: warning: fopen() waits for the disk [disk.open]\n"
      "\n"
      "Event loops:\n"
      "  - libuv: uv_run in main (src/main.c:40)\n"
      "\n"
      "What the analysis could not see:\n"
      "  - 1 of 14 units is broken; calls in what could not be parsed are missing:\n"
      "    src/foo.c: 3 errors, first: src/foo.c:3:10: 'bar.h' file not found\n"
      "  - 1 indirect call through pointers that no known function reaches\n"
      "  - 2 indirect calls with more targets than --max-targets; the rest was not followed\n"
      "  - suppression at src/x.c:3 is not used\n"
      "\n"
      "1 error, 1 warning: followed 5 callbacks through 220 functions in 14 units, with 300 rules.\n"
      "Not shown: 1 note (--notes), 1 that is only possible (--confidence possible), 1 suppressed\n");
  report_document_fini(&document);
  sample_remove(root);
}

static void options_show_more(void **state) {
  (void)state;
  report_document document;
  report_document_init(&document);
  sample_findings(&document);
  sample_ledger(&document);
  assert_true(contains(&document, &(report_options){.min_confidence = RULE_LIKELY, .show_notes = true},
                       "src/log.c:9:3: note: fprintf() writes to a file [log.stdio]\n"));
  assert_true(
      contains(&document, &(report_options){.min_confidence = RULE_POSSIBLE},
               "src/lock.c:19:3: error: sem_wait() waits for another thread (possible) [lock.wait]\n"));
  assert_true(contains(&document, &(report_options){.min_confidence = RULE_POSSIBLE, .max_findings = 1},
                       "Not shown: 2 behind --max-findings, 1 note (--notes), 1 suppressed\n"));
  assert_true(contains(&document, &(report_options){.min_confidence = RULE_CERTAIN},
                       "Nothing found in what could be parsed: "));
  assert_true(contains(&document, &(report_options){.min_confidence = RULE_LIKELY, .color = true},
                       "\033[1msrc/dns.c:2:11:\033[0m \033[1;31merror:\033[0m \033[1mgetaddrinfo()"));
  report_document_fini(&document);
}

/* The last lines are what a terminal shows when the report is long. */
static void the_summary_comes_last(void **state) {
  (void)state;
  report_document document;
  report_document_init(&document);
  sample_findings(&document);
  sample_ledger(&document);
  report_options options = {.min_confidence = RULE_LIKELY, .tells_exit = true, .fail_on = RULE_WARNING};
  static const char counts[] = "1 suppressed\nExit code ";
  static const char next[] =
      "Next: 'blockscan why resolve' shows the ways to a call, 'blockscan explain "
      "dns.getaddrinfo' what to use instead; '// blockscan: ignore[dns.getaddrinfo] -- "
      "reason' at the call accepts it.\n";
  assert_true(contains(&document, &options,
                       bs_arena_printf(&document.arena,
                                       "%s1: 2 findings at or above "
                                       "'warning' (--fail-on).\n%s",
                                       counts, next)));
  options.fail_on = RULE_SEVERITIES;
  assert_true(contains(&document, &options, "\nExit code 0: --fail-on=never.\n"));
  report_add_gap(&document, "limit", "the search was cut");
  assert_true(contains(&document, &options, "\nIncomplete: the search was cut.\n1 error, 1 warning: "));
  assert_true(contains(&document, &options, "\nExit code 3: the report is incomplete.\n"));
  report_document_fini(&document);
  report_document_init(&document);
  assert_true(contains(&document, &options, "\nExit code 0: nothing was checked (--if-no-loops=ok).\n"));
  document.entry_points = 1;
  assert_true(contains(&document, &options, "\nExit code 0: everything was checked.\n"));
  report_document_fini(&document);
}

static void long_lists_are_cut(void **state) {
  (void)state;
  report_document document;
  report_document_init(&document);
  for (unsigned i = 0; i < 3000; i++)
    sample_finding(&document, "r.r", RULE_ERROR, "pause", "pause() waits",
                   sample_place(bs_arena_printf(&document.arena, "f%u", i / 2), "a.c", i + 1, 1));
  const report_options options = {.min_confidence = RULE_LIKELY, .max_findings = 50};
  assert_true(contains(&document, &options,
                       "a.c:49:1: error: pause() waits [r.r]\n"
                       "  and 1 more in f24(), reached the same way:\n"
                       "a.c:50:1: error: pause() waits [r.r]\n"
                       "\n"
                       "and 2,950 more; --max-findings 0 shows all, --statistics counts them\n"));
  assert_true(contains(&document, &options, "Not shown: 2,950 behind --max-findings\n"));
  report_document_fini(&document);
}

static void statistics_count_in_place_of_showing(void **state) {
  (void)state;
  report_document document;
  report_document_init(&document);
  sample_findings(&document);
  assert_report(
      &document, &(report_options){.min_confidence = RULE_LIKELY, .show_notes = true, .statistics = true},
      "By rule:\n"
      "      1  disk.open        warning\n"
      "      1  dns.getaddrinfo  error\n"
      "      1  log.stdio        note\n"
      "\n"
      "By file of the call:\n"
      "      2  src/dns.c\n"
      "      1  src/log.c\n"
      "\n"
      "By callback that can wait for it:\n"
      "      2  on_read   src/server.c\n"
      "      1  on_timer  src/server.c\n"
      "\n"
      "1 error, 1 warning, 1 note: followed 0 callbacks through 0 functions in 0 units, with 0 rules.\n"
      "Not shown: 1 that is only possible (--confidence possible), 1 suppressed\n");
  report_document_fini(&document);
}

static void cuts_show_the_fix_on_demand(void **state) {
  (void)state;
  report_document document;
  report_document_init(&document);
  for (unsigned i = 0; i < 2; i++) {
    report_cut *cut = bs_vec_push(&document.cuts);
    *cut = (report_cut){.place = sample_place(i ? "store" : "resolve", "src/dns.c", 1 + i, 0),
                        .loop = "libuv",
                        .paths = 3,
                        .advice = "hand it to uv_queue_work()",
                        .code = "uv_queue_work(loop, &job->request, work, done);\n"};
    *bs_vec_push(&cut->findings) = 0;
  }
  document.entry_points = 1;
  report_options options = {.min_confidence = RULE_LIKELY};
  static const char list[] = "Cheapest cuts, functions to take off the loop:\n"
                             "  - resolve  src/dns.c:1 takes 1 finding on 3 paths with it\n"
                             "  - store  src/dns.c:2 takes 1 finding on 3 paths with it\n";
  assert_true(contains(&document, &options,
                       bs_arena_printf(&document.arena,
                                       "%s  --cuts=full shows how work "
                                       "leaves the loop.\n\n",
                                       list)));
  options.cuts = REPORT_CUTS_FULL;
  assert_true(contains(&document, &options,
                       bs_arena_printf(&document.arena,
                                       "%s  on libuv: hand it to uv_queue_work()\n"
                                       "      uv_queue_work(loop, &job->request, work, done);\n\nNothing",
                                       list)));
  options.cuts = REPORT_CUTS_NONE;
  bs_strbuf out = BS_STRBUF_INIT;
  report_write_text(&document, &options, &out);
  assert_null(strstr(out.text, "cuts"));
  bs_strbuf_fini(&out);
  report_document_fini(&document);
}

/* Words are never cut, and the lines that editors parse, a path's steps and excerpts are lines of their own.
 */
static void paragraphs_fit_any_width(void **state) {
  (void)state;
  static const char text[] =
      "what can be said in words of up to ten letters, again and again, until it is long enough";
  for (unsigned width = 14; width <= 120; width++)
    for (unsigned indent = 0; indent <= 4; indent += 2)
      for (unsigned label = 0; label < 40; label += 3) {
        bs_strbuf out = BS_STRBUF_INIT, words = BS_STRBUF_INIT;
        painter p = {&out, false, width};
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)label, "a label that takes up to forty columns: ");
        paint_paragraph(&p, indent, name, text);
        unsigned number = 0;
        for (char *line = strtok(out.text, "\n"); line; line = strtok(NULL, "\n"), number++) {
          if (strlen(line) > width && (number || strlen(line) > indent + label))
            fail_msg("width %u, indent %u, label %u: %s", width, indent, label, line);
          bs_strbuf_addf(&words, "%s%s", number ? " " : "", line + strspn(line, " "));
        }
        if (!strstr(words.text, "until it is long enough")) fail_msg("%s", words.text);
        bs_strbuf_fini(&out);
        bs_strbuf_fini(&words);
      }
}

static void no_callback_is_not_clean(void **state) {
  (void)state;
  report_document document;
  report_document_init(&document);
  document.units = 3;
  assert_true(contains(&document, &(report_options){0},
                       "No callback of an event loop was found, so nothing was checked"));
  document.entry_points = 2;
  assert_true(
      contains(&document, &(report_options){0},
               "Nothing to report: followed 2 callbacks through 0 functions in 3 units, with 0 rules.\n"));
  report_document_fini(&document);
}

static void add_long_path(report_document *document, report_finding *finding, unsigned steps) {
  report_entry *entry = report_add_entry(finding);
  entry->function = "f0";
  entry->role = RULE_ROLE_OTHER;
  report_step *last = NULL;
  for (unsigned i = 0; i < steps; i++)
    last = sample_step(document, entry,
                       sample_place(bs_arena_printf(&document->arena, "f%u", i), "a.c", i + 1, 1),
                       REPORT_DIRECT);
  last->how = REPORT_TYPE;
  last->through = "op->run";
  last->candidates = 2;
}

static void long_paths_are_folded(void **state) {
  (void)state;
  report_document document;
  report_document_init(&document);
  report_finding *finding = sample_finding(&document, "r.r", RULE_ERROR, "pause", "pause() waits",
                                           sample_place("f9", "a.c", 10, 1));
  add_long_path(&document, finding, 10);
  report_options options = {.min_confidence = RULE_LIKELY};
  assert_true(contains(&document, &options,
                       "a.c:10:1: error: pause() waits [r.r]\n"
                       "  from the program's own event loop, possible:\n"
                       "    1. f0  a.c:1   callback\n"
                       "    2. f1  a.c:2   called directly\n"
                       "    3. f2  a.c:3   called directly\n"
                       "       ... 3 more steps; --full-paths or `blockscan why f9` shows them\n"
                       "    7. f6  a.c:7   called directly\n"
                       "    8. f7  a.c:8   called directly\n"
                       "    9. f8  a.c:9   called directly\n"
                       "   10. f9  a.c:10  called directly\n"
                       "   11. pause    fits the type of op->run (one of 2)\n"
                       "\n"));
  options.full_paths = true;
  assert_true(contains(&document, &options, "    4. f3  a.c:4   called directly\n    5. f4"));
  report_document_fini(&document);
}

/* Two ways from each callback: a callback is counted once, and the first is not "more". */
static void callbacks_are_counted_once(void **state) {
  (void)state;
  report_document document;
  report_document_init(&document);
  report_finding *finding =
      sample_finding(&document, "r.r", RULE_ERROR, "pause", "pause() waits", sample_place("f", "a.c", 10, 1));
  for (unsigned i = 0; i < 20; i++)
    report_add_entry(finding)->function = bs_arena_printf(&document.arena, "callback_%u", i / 2);
  assert_true(contains(&document, &(report_options){0},
                       "  9 more callbacks reach it: callback_1, callback_2, callback_3 and 6 others\n"));
  assert_true(contains(&document, &(report_options){.width = 60},
                       "  9 more callbacks reach it: callback_1, callback_2,\n"
                       "                             callback_3 and 6 others\n"));
  report_document_fini(&document);
}

/* The two lines of the excerpt of line 1 of `source`. */
static void assert_excerpt(const char *source, unsigned column, const char *api, unsigned width,
                           const char *expected) {
  char *root = sample_sources(source);
  report_document document;
  report_document_init(&document);
  document.root_path = root;
  sample_finding(&document, "r.r", RULE_ERROR, api, "M", sample_place("f", "src/dns.c", 1, column));
  bs_strbuf out = BS_STRBUF_INIT;
  report_write_text(&document, &(report_options){.width = width}, &out);
  char *line = strchr(out.text, '\n') + 1;
  *strstr(line, "\n\n") = 0;
  assert_string_equal(line, expected);
  bs_strbuf_fini(&out);
  report_document_fini(&document);
  sample_remove(root);
}

static void the_caret_finds_its_column(void **state) {
  (void)state;
  assert_excerpt("x = read(fd);\n", 5, "read", 0, "     1 | x = read(fd);\n       |     ^~~~");
  assert_excerpt("x = READ(fd);", 5, "read", 0, "     1 | x = READ(fd);\n       |     ^~~~");
  assert_excerpt("\t\tx\t= read(fd);\r\n", 7, "read", 0,
                 "     1 | x       = read(fd);\n       |           ^~~~");
  assert_excerpt("p(\"\xc3\xa9\xc3\xa9\"); read();\n", 12, "read", 0,
                 "     1 | p(\"\xc3\xa9\xc3\xa9\"); read();\n       |          ^~~~");
  assert_excerpt("p(\"\xff\"); read();\n", 9, "read", 0,
                 "     1 | p(\"\xef\xbf\xbd\"); read();\n       |         ^~~~");
  assert_excerpt("p(\"\033[31m\xc2\x9b\"); read();\n", 15, "read", 0,
                 "     1 | p(\"\xef\xbf\xbd[31m\xef\xbf\xbd\"); read();\n       |              ^~~~");
}

static void long_lines_are_cut(void **state) {
  (void)state;
  bs_strbuf source = BS_STRBUF_INIT;
  for (int i = 0; i < 50000; i++) bs_strbuf_adds(&source, "a();");
  bs_strbuf_adds(&source, "read();");
  for (int i = 0; i < 50000; i++) bs_strbuf_adds(&source, "a();");
  assert_excerpt(source.text, 200001, "read", 60,
                 "     1 | ...();a();a();a();read();a();a();a();a();a();a()...\n"
                 "       |                   ^~~~");
  bs_strbuf_fini(&source);
}

static void places_that_are_not_there(void **state) {
  (void)state;
  report_document document;
  report_document_init(&document);
  document.root_path = "/nowhere";
  sample_finding(&document, "r.r", RULE_ERROR, "read", "M", sample_place("f", "a.c", 1, 0));
  assert_true(contains(&document, &(report_options){0}, "a.c:1:1: error: M [r.r]\n\n"));
  document.findings.items[0].message = "a\nb\033[2Jc";
  assert_true(contains(&document, &(report_options){0},
                       "error: a\xef\xbf\xbd"
                       "b\xef\xbf\xbd[2Jc [r.r]\n"));
  report_document_fini(&document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_whole_report),
      cmocka_unit_test(options_show_more),
      cmocka_unit_test(the_summary_comes_last),
      cmocka_unit_test(long_lists_are_cut),
      cmocka_unit_test(statistics_count_in_place_of_showing),
      cmocka_unit_test(cuts_show_the_fix_on_demand),
      cmocka_unit_test(paragraphs_fit_any_width),
      cmocka_unit_test(no_callback_is_not_clean),
      cmocka_unit_test(long_paths_are_folded),
      cmocka_unit_test(callbacks_are_counted_once),
      cmocka_unit_test(the_caret_finds_its_column),
      cmocka_unit_test(long_lines_are_cut),
      cmocka_unit_test(places_that_are_not_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
