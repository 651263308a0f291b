/* What a browser without scripts shows of an HTML report: the findings with their best path, the stalls, the
 * ledger. */
#include "base/xml.h"
#include "reports/html.h"
#include "reports/phrase.h"

#include <string.h>

enum { STALLS = 50 };

static void add_place(bs_strbuf *out, const report_place *place) {
  bs_strbuf_adds(out, "<code>");
  xml_text(out, place->file);
  if (place->line) bs_strbuf_addf(out, ":%u", place->line);
  bs_strbuf_adds(out, "</code>");
}

static void add_path(bs_strbuf *out, const report_entry *entry) {
  bs_strbuf_adds(out, "<br>from <code>");
  xml_text(out, entry->function);
  bs_strbuf_addf(out, "</code> (%s callback)", rule_role_names[entry->role]);
  for (uint32_t i = 1; i < entry->path.count; i++) {
    bs_strbuf_adds(out, ", <code>");
    xml_text(out, entry->path.items[i]->place.function);
    bs_strbuf_adds(out, "</code> ");
    add_place(out, &entry->path.items[i]->place);
  }
}

static void add_finding(bs_strbuf *out, bs_arena *arena, const report_finding *finding) {
  bs_strbuf_addf(out, "<li><strong>%s</strong>: ", rule_severity_names[finding->severity]);
  xml_text(out, finding->message);
  bs_strbuf_adds(out, " [");
  xml_text(out, finding->rule);
  bs_strbuf_adds(out, "] in <code>");
  xml_text(out, finding->sink.function);
  bs_strbuf_adds(out, "</code> ");
  add_place(out, &finding->sink);
  bs_strbuf_addf(out, ", %s", rule_confidence_names[finding->confidence]);
  if (finding->runtime.verdict) bs_strbuf_addf(out, "; %s", phrase_verdict(arena, &finding->runtime));
  if (finding->runtime.without.loop)
    bs_strbuf_addf(out, "; without it: %s", phrase_prediction(arena, &finding->runtime.without));
  if (finding->change) bs_strbuf_addf(out, ", %s", report_change_names[finding->change]);
  if (finding->entries.count) add_path(out, &finding->entries.items[0]);
  if (*finding->advice) {
    bs_strbuf_adds(out, "<br>instead: ");
    xml_text(out, finding->advice);
  }
  bs_strbuf_adds(out, "</li>\n");
}

static void add_findings(bs_strbuf *out, bs_arena *arena, const report_document *document,
                         const report_options *options) {
  unsigned hidden = 0;
  bs_strbuf_adds(out, "<h2>Findings</h2>\n<ol>\n");
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *finding = &document->findings.items[i];
    if (report_shows(finding, options))
      add_finding(out, arena, finding);
    else
      hidden++;
  }
  bs_strbuf_adds(out, "</ol>\n");
  if (hidden)
    bs_strbuf_addf(out,
                   "<p>Not listed here: %u that are notes, suppressed, or of less confidence than %s.</p>\n",
                   hidden, rule_confidence_names[options->min_confidence]);
}

static void add_stall(bs_strbuf *out, bs_arena *arena, const report_stall *stall) {
  bs_strbuf_addf(out, "<li>%s after %s, ", phrase_duration(arena, stall->duration_ns),
                 phrase_duration(arena, stall->start_ns));
  xml_text(out, stall->kind);
  if (stall->api) {
    bs_strbuf_adds(out, " in <code>");
    xml_text(out, stall->api);
    bs_strbuf_adds(out, "</code>");
  }
  if (stall->has_culprit) {
    bs_strbuf_adds(out, ", <code>");
    xml_text(out, stall->culprit.function);
    bs_strbuf_adds(out, "</code> ");
    add_place(out, &stall->culprit);
  }
  bs_strbuf_adds(out, "</li>\n");
}

static void add_stalls(bs_strbuf *out, bs_arena *arena, const report_document *document) {
  uint32_t count = document->stalls.count;
  bs_strbuf_adds(out, "<h2>Stalls</h2>\n<ol>\n");
  for (uint32_t i = 0; i < count && i < STALLS; i++) add_stall(out, arena, &document->stalls.items[i]);
  bs_strbuf_adds(out, "</ol>\n");
  if (count > STALLS) bs_strbuf_addf(out, "<p>%u more are not listed here.</p>\n", count - STALLS);
}

static void add_ledger(bs_strbuf *out, const report_document *document) {
  bs_strbuf_adds(out, "<h2>What the analysis could not see</h2>\n<ul>\n");
  for (uint32_t i = 0; i < document->broken_units.count; i++) {
    bs_strbuf_adds(out, "<li>could not be parsed in full: <code>");
    xml_text(out, document->broken_units.items[i].file);
    bs_strbuf_adds(out, "</code></li>\n");
  }
  bs_strbuf_addf(out, "<li>indirect calls through pointers that no known function reaches: %u</li>\n",
                 document->unresolved_indirect_calls);
  bs_strbuf_addf(out, "<li>indirect calls with too many targets to follow all: %u</li>\n",
                 document->capped_indirect_calls);
  for (uint32_t i = 0; i < document->notes.count; i++) {
    bs_strbuf_adds(out, "<li>");
    xml_text(out, document->notes.items[i]);
    bs_strbuf_adds(out, "</li>\n");
  }
  bs_strbuf_adds(out, "</ul>\n");
}

static void add_gaps(bs_strbuf *out, const report_document *document) {
  for (uint32_t i = 0; i < document->incomplete.count; i++) {
    const report_gap *gap = &document->incomplete.items[i];
    bs_strbuf_adds(out, "<p><strong>Incomplete:</strong> ");
    xml_text(out, gap->text);
    if (gap->hint) bs_strbuf_adds(out, ". ");
    if (gap->hint) xml_text(out, gap->hint);
    bs_strbuf_adds(out, "</p>\n");
  }
}

void html_write_plain(const report_document *document, const report_options *options, bs_strbuf *out) {
  bs_arena arena = {0};
  bs_strbuf_adds(
      out,
      "<p>This page filters and draws with JavaScript, which is off. Here is the list without it.</p>\n");
  add_gaps(out, document);
  add_findings(out, &arena, document, options);
  if (document->is_recording) add_stalls(out, &arena, document);
  add_ledger(out, document);
  bs_arena_fini(&arena);
}
