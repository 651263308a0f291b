/* The report as GitLab code quality (docs.gitlab.com, "Code Quality report format"). GitLab compares the
 * reports of two pipelines by itself, so old findings are in it too. */
#include "base/hash.h"
#include "reports/formats.h"
#include "reports/model/json.h"
#include "reports/phrase.h"

#include <string.h>

static void add_issue(bs_strbuf *out, unsigned *count, const char *text, const char *check,
                      const char *fingerprint, const char *severity, const report_place *place) {
  bs_strbuf_adds(out, (*count)++ ? ",\n  " : "\n  ");
  report_json_text(out, "{\"description\": ", text);
  report_json_text(out, ", \"check_name\": ", check);
  report_json_text(out, ", \"fingerprint\": ", fingerprint);
  report_json_text(out, ", \"severity\": ", severity);
  report_json_text(out, ", \"location\": {\"path\": ", place->file);
  report_json_number(out, ", \"lines\": {\"begin\": ", place->line ? place->line : 1);
  bs_strbuf_adds(out, "}}}");
}

static void add_finding(bs_strbuf *out, unsigned *count, const report_finding *f) {
  static const char *const severities[RULE_SEVERITIES] = {"info", "major", "critical"};
  bs_arena arena = {0};
  add_issue(out, count, phrase_finding(&arena, f), f->rule, f->id, severities[f->severity],
            f->has_anchor ? &f->anchor : &f->sink);
  bs_arena_fini(&arena);
}

/* There is no other place in the format to say that the result is incomplete. */
static void add_broken_unit(bs_strbuf *out, unsigned *count, const report_broken_unit *unit) {
  bs_arena arena = {0};
  const report_place place = {"", unit->file, 0, 0};
  const char *first = unit->first_error ? bs_arena_printf(&arena, " First error: %s", unit->first_error) : "";
  const char *text = bs_arena_printf(
      &arena, "This file could not be parsed in full: calls in it may be missing from the report.%s", first);
  const char *fingerprint = bs_arena_printf(
      &arena, "%016llx", (unsigned long long)bs_hash_mix(bs_hash(unit->file, strlen(unit->file)), 1));
  add_issue(out, count, text, "blockscan.broken-unit", fingerprint, "info", &place);
  bs_arena_fini(&arena);
}

static void add_gap(bs_strbuf *out, unsigned *count, const report_gap *gap) {
  bs_arena arena = {0};
  const report_place place = {"", gap->unit ? gap->unit : ".blockscan.yaml", 0, 0};
  const char *text = bs_arena_printf(&arena, "The analysis is incomplete: %s%s%s", gap->text,
                                     gap->hint ? ". " : "", gap->hint ? gap->hint : "");
  const char *fingerprint = bs_arena_printf(
      &arena, "%016llx", (unsigned long long)bs_hash_mix(bs_hash(gap->reason, strlen(gap->reason)), 2));
  add_issue(out, count, text, "blockscan.incomplete", fingerprint, "major", &place);
  bs_arena_fini(&arena);
}

static bool is_issue(const report_finding *f, const report_options *options) {
  return !f->suppressed.by && f->confidence >= options->min_confidence &&
         (f->severity > RULE_NOTE || options->show_notes);
}

void report_write_gitlab(const report_document *document, const report_options *options, bs_strbuf *out) {
  unsigned count = 0;
  bs_strbuf_addc(out, '[');
  for (uint32_t i = 0; i < document->findings.count; i++)
    if (is_issue(&document->findings.items[i], options))
      add_finding(out, &count, &document->findings.items[i]);
  for (uint32_t i = 0; i < document->broken_units.count; i++)
    add_broken_unit(out, &count, &document->broken_units.items[i]);
  for (uint32_t i = 0; i < document->incomplete.count; i++)
    add_gap(out, &count, &document->incomplete.items[i]);
  bs_strbuf_adds(out, count ? "\n]\n" : "]\n");
}
