/* The report in reviewdog's diagnostic format, one diagnostic a line (github.com/reviewdog/reviewdog,
 * proto/rdf). Columns are bytes there as they are here. */
#include "reports/formats.h"
#include "reports/model/json.h"
#include "reports/phrase.h"

#include <string.h>

static void add_diagnostic(bs_strbuf *out, const char *text, const report_place *place, const char *severity,
                           const char *code, const char *url) {
  report_json_text(out, "{\"message\": ", text);
  report_json_text(out, ", \"location\": {\"path\": ", place->file);
  if (place->line) {
    report_json_number(out, ", \"range\": {\"start\": {\"line\": ", place->line);
    if (place->column) report_json_number(out, ", \"column\": ", place->column);
    bs_strbuf_adds(out, "}}");
  }
  report_json_text(out, "}, \"severity\": ", severity);
  bs_strbuf_adds(out, ", \"source\": {\"name\": \"blockscan\"}");
  report_json_text(out, ", \"code\": {\"value\": ", code);
  if (url) report_json_text(out, ", \"url\": ", url);
  bs_strbuf_adds(out, "}}\n");
}

static void add_finding(bs_strbuf *out, const report_finding *f) {
  static const char *const severities[RULE_SEVERITIES] = {"INFO", "WARNING", "ERROR"};
  bs_arena arena = {0};
  const char *url =
      !strncmp(f->manual, "https://", 8) || !strncmp(f->manual, "http://", 7) ? f->manual : NULL;
  add_diagnostic(out, phrase_finding(&arena, f), f->has_anchor ? &f->anchor : &f->sink,
                 severities[f->severity], f->rule, url);
  bs_arena_fini(&arena);
}

static void add_broken_unit(bs_strbuf *out, const report_broken_unit *unit) {
  bs_arena arena = {0};
  const report_place place = {"", unit->file, 1, 0};
  const char *first =
      unit->first_error ? bs_arena_printf(&arena, "; first error: %s", unit->first_error) : "";
  add_diagnostic(
      out,
      bs_arena_printf(&arena,
                      "this file could not be parsed in full: calls in it may be missing from the report%s",
                      first),
      &place, "INFO", "blockscan.broken-unit", NULL);
  bs_arena_fini(&arena);
}

static void add_gap(bs_strbuf *out, const report_gap *gap) {
  bs_arena arena = {0};
  const report_place place = {"", gap->unit ? gap->unit : ".blockscan.yaml", 1, 0};
  add_diagnostic(out,
                 bs_arena_printf(&arena, "the analysis is incomplete: %s%s%s", gap->text,
                                 gap->hint ? ". " : "", gap->hint ? gap->hint : ""),
                 &place, "WARNING", "blockscan.incomplete", NULL);
  bs_arena_fini(&arena);
}

void report_write_rdjsonl(const report_document *document, const report_options *options, bs_strbuf *out) {
  for (uint32_t i = 0; i < document->findings.count; i++)
    if (report_shows(&document->findings.items[i], options)) add_finding(out, &document->findings.items[i]);
  for (uint32_t i = 0; i < document->broken_units.count; i++)
    add_broken_unit(out, &document->broken_units.items[i]);
  for (uint32_t i = 0; i < document->incomplete.count; i++) add_gap(out, &document->incomplete.items[i]);
}
