/* The report as SARIF 2.1.0 with Errata 01 (OASIS), within the limits of GitHub's code scanning.
 *
 * One result is one sink. Suppressed findings are left out: GitHub opens alerts for them whatever
 * `suppressions` says. What the analysis could not see is in the invocation's notifications. */
#include "reports/sarif.h"

#include "reports/formats.h"
#include "reports/model/json.h"

static const char *const descriptors[][3] = {
    {"broken-unit", "A file that could not be parsed in full: calls in it may be missing.",
     "Build the program first, so that generated headers are there, and make the compile database again."},
    {"unseen", "What the analysis could not see.", "Nothing is known about what lies behind it."},
    {"loop", "An event loop that was found.", "Its callbacks were searched for blocking calls."},
    {"left-out", "What was left out of this file for its size.", "The JSON report has everything."},
    {"incomplete", "Why the result is incomplete.",
     "An empty list of results says nothing until this is mended."},
};
enum { BROKEN_UNIT, UNSEEN, LOOP, LEFT_OUT, INCOMPLETE };

static void write_descriptors(sarif *s) {
  bs_strbuf_adds(s->out, ",\n      \"notifications\": [");
  for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++) {
    report_json_text(s->out, i ? ",\n        {\"id\": " : "\n        {\"id\": ", descriptors[i][0]);
    report_json_text(s->out, ", \"shortDescription\": {\"text\": ", descriptors[i][1]);
    report_json_text(s->out, "}, \"fullDescription\": {\"text\": ", descriptors[i][1]);
    report_json_text(s->out, "}, \"help\": {\"text\": ", descriptors[i][2]);
    bs_strbuf_adds(s->out, "}}");
  }
  bs_strbuf_addc(s->out, ']');
}

static void write_tool(sarif *s) {
  report_json_text(s->out, "\"tool\": {\"driver\": {\"name\": \"blockscan\", \"semanticVersion\": ",
                   s->document->tool_version);
  bs_strbuf_adds(s->out, ",\n      ");
  sarif_write_rules(s);
  write_descriptors(s);
  bs_strbuf_adds(s->out, "}}");
}

static void open_notification(sarif *s, unsigned *count, unsigned descriptor, const char *text) {
  bs_strbuf_adds(s->out, (*count)++ ? ",\n        " : "\n        ");
  report_json_text(s->out, "{\"descriptor\": {\"id\": ", descriptors[descriptor][0]);
  report_json_number(s->out, ", \"index\": ", descriptor);
  report_json_text(s->out, "}, \"level\": ",
                   descriptor == INCOMPLETE    ? "error"
                   : descriptor == BROKEN_UNIT ? "warning"
                                               : "note");
  sarif_write_plain(s, ", \"message\": ", text);
}

static void notify(sarif *s, unsigned *count, unsigned descriptor, const char *text) {
  open_notification(s, count, descriptor, text);
  bs_strbuf_addc(s->out, '}');
}

static void notify_broken_unit(sarif *s, unsigned *count, const report_broken_unit *unit) {
  const char *errors = phrase_count(&s->arena, unit->errors, "error", "errors"), *first = unit->first_error;
  const report_place place = {"", unit->file, 0, 0};
  open_notification(s, count, BROKEN_UNIT,
                    bs_arena_printf(&s->arena, "%s: %s%s%s", unit->file, errors, first ? ", first: " : "",
                                    first ? first : ""));
  sarif_open_location(s, ", \"locations\": [", &place, 0);
  bs_strbuf_adds(s->out, "}]}");
}

static void notify_gap(sarif *s, unsigned *count, const report_gap *gap) {
  const report_place place = {"", gap->unit ? gap->unit : "", 0, 0};
  open_notification(s, count, INCOMPLETE,
                    bs_arena_printf(&s->arena, "Incomplete: %s%s%s", gap->text, gap->hint ? ". " : "",
                                    gap->hint ? gap->hint : ""));
  if (gap->unit) {
    sarif_open_location(s, ", \"locations\": [", &place, 0);
    bs_strbuf_adds(s->out, "}]");
  }
  bs_strbuf_addc(s->out, '}');
}

static void notify_left_out(sarif *s, unsigned *count) {
  if (s->results_left_out)
    notify(s, count, LEFT_OUT, bs_arena_printf(&s->arena, "%u results", s->results_left_out));
  if (s->flows_left_out)
    notify(s, count, LEFT_OUT,
           bs_arena_printf(&s->arena, "%u call paths; --output json has all", s->flows_left_out));
}

/* Behind the results, for it says what they leave out. */
static void write_invocation(sarif *s) {
  const report_document *d = s->document;
  unsigned count = 0;
  bs_strbuf_addf(s->out, "\"invocations\": [{\"executionSuccessful\": %s, \"toolExecutionNotifications\": [",
                 d->incomplete.count ? "false" : "true");
  for (uint32_t i = 0; i < d->incomplete.count; i++) notify_gap(s, &count, &d->incomplete.items[i]);
  for (uint32_t i = 0; i < d->broken_units.count; i++)
    notify_broken_unit(s, &count, &d->broken_units.items[i]);
  if (d->unresolved_indirect_calls)
    notify(s, &count, UNSEEN,
           bs_arena_printf(
               &s->arena, "%s through pointers that no known function reaches",
               phrase_count(&s->arena, d->unresolved_indirect_calls, "indirect call", "indirect calls")));
  if (d->capped_indirect_calls)
    notify(s, &count, UNSEEN,
           bs_arena_printf(
               &s->arena, "%s with more targets than were followed",
               phrase_count(&s->arena, d->capped_indirect_calls, "indirect call", "indirect calls")));
  for (uint32_t i = 0; i < d->notes.count; i++) notify(s, &count, UNSEEN, d->notes.items[i]);
  for (uint32_t i = 0; i < d->loops.count; i++) notify(s, &count, LOOP, d->loops.items[i]);
  notify_left_out(s, &count);
  bs_strbuf_adds(s->out, "]}]");
}

static void write_results(sarif *s) {
  const report_document *d = s->document;
  bs_strbuf_adds(s->out, "\"results\": [");
  for (uint32_t i = 0; i < d->findings.count; i++)
    if (sarif_takes(s, &d->findings.items[i])) sarif_write_result(s, &d->findings.items[i], false);
  for (uint32_t i = 0; i < d->fixed.count; i++)
    if (sarif_takes(s, &d->fixed.items[i])) sarif_write_result(s, &d->fixed.items[i], true);
  bs_strbuf_addc(s->out, ']');
}

static void write_run(sarif *s) {
  const report_document *d = s->document;
  write_tool(s);
  bs_strbuf_adds(s->out, ",\n    \"columnKind\": \"utf16CodeUnits\",\n    \"originalUriBaseIds\": "
                         "{\"%SRCROOT%\": {\"description\": {\"text\": \"The project's root.\"}}},\n    ");
  write_results(s);
  bs_strbuf_adds(s->out, ",\n    ");
  write_invocation(s);
  report_json_number(s->out, ",\n    \"properties\": {\"units\": ", d->units);
  report_json_number(s->out, ", \"functions\": ", d->functions);
  report_json_number(s->out, ", \"entryPoints\": ", d->entry_points);
  if (d->is_comparison) report_json_text(s->out, ", \"comparedWith\": ", d->compared_with);
  if (d->is_recording) report_json_number(s->out, ", \"stalls\": ", d->stalls.count);
  bs_strbuf_addc(s->out, '}');
}

void report_write_sarif(const report_document *document, const report_options *options, bs_strbuf *out) {
  sarif s = {.out = out, .document = document, .options = options};
  sources_init(&s.sources, document->root_path);
  sarif_collect_rules(&s);
  bs_strbuf_adds(
      out, "{\n  \"$schema\": "
           "\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\n"
           "  \"version\": \"2.1.0\",\n  \"runs\": [{\n    ");
  write_run(&s);
  bs_strbuf_adds(out, "\n  }]\n}\n");
  for (uint32_t i = 0; i < s.rules.count; i++) bs_vec_fini(&s.rules.items[i].advice);
  bs_vec_fini(&s.rules);
  bs_map_fini(&s.rule_index);
  sources_fini(&s.sources);
  bs_arena_fini(&s.arena);
}
