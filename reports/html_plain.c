/* What a browser without scripts shows of an HTML report: the findings with their best path, the stalls, the ledger. */
#include "reports/html.h"

#include <string.h>

enum { STALLS = 50 };

static bool is_shown(const report_finding *finding, const report_options *options) {
  if (finding->suppressed.by || finding->confidence < options->min_confidence) return false;
  return finding->severity != RULE_NOTE || options->show_notes;
}

static void add_place(bs_strbuf *out, const report_place *place) {
  bs_strbuf_adds(out, "<code>");
  html_escape(out, place->file);
  if (place->line) bs_strbuf_addf(out, ":%u", place->line);
  bs_strbuf_adds(out, "</code>");
}

static void add_path(bs_strbuf *out, const report_entry *entry) {
  bs_strbuf_adds(out, "<br>from <code>");
  html_escape(out, entry->function);
  bs_strbuf_addf(out, "</code> (%s callback)", rule_role_names[entry->role]);
  for (uint32_t i = 1; i < entry->path.count; i++) {
    bs_strbuf_adds(out, ", <code>");
    html_escape(out, entry->path.items[i].place.function);
    bs_strbuf_adds(out, "</code> ");
    add_place(out, &entry->path.items[i].place);
  }
}

static void add_finding(bs_strbuf *out, const report_finding *finding) {
  bs_strbuf_addf(out, "<li><strong>%s</strong>: ", rule_severity_names[finding->severity]);
  html_escape(out, finding->message);
  bs_strbuf_adds(out, " [");
  html_escape(out, finding->rule);
  bs_strbuf_adds(out, "] in <code>");
  html_escape(out, finding->sink.function);
  bs_strbuf_adds(out, "</code> ");
  add_place(out, &finding->sink);
  bs_strbuf_addf(out, ", %s", rule_confidence_names[finding->confidence]);
  if (finding->runtime.verdict) bs_strbuf_addf(out, ", %s", report_verdict_names[finding->runtime.verdict]);
  if (finding->change) bs_strbuf_addf(out, ", %s", report_change_names[finding->change]);
  if (finding->entries.count) add_path(out, &finding->entries.items[0]);
  if (*finding->advice) {
    bs_strbuf_adds(out, "<br>instead: ");
    html_escape(out, finding->advice);
  }
  bs_strbuf_adds(out, "</li>\n");
}

static void add_findings(bs_strbuf *out, const report_document *document, const report_options *options) {
  unsigned hidden = 0;
  bs_strbuf_adds(out, "<h2>Findings</h2>\n<ol>\n");
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *finding = &document->findings.items[i];
    if (is_shown(finding, options))
      add_finding(out, finding);
    else
      hidden++;
  }
  bs_strbuf_adds(out, "</ol>\n");
  if (hidden)
    bs_strbuf_addf(out,
                   "<p>Not listed here: %u that are notes, suppressed, or of less confidence than %s.</p>\n",
                   hidden, rule_confidence_names[options->min_confidence]);
}

static void add_stall(bs_strbuf *out, const report_stall *stall) {
  bs_strbuf_addf(out, "<li>%llu.%01llu ms at %llu ms, ", (unsigned long long)(stall->duration_ns / 1000000),
                 (unsigned long long)(stall->duration_ns / 100000 % 10),
                 (unsigned long long)(stall->start_ns / 1000000));
  html_escape(out, stall->kind);
  if (stall->api) {
    bs_strbuf_adds(out, " in <code>");
    html_escape(out, stall->api);
    bs_strbuf_adds(out, "</code>");
  }
  if (stall->has_culprit) {
    bs_strbuf_adds(out, ", <code>");
    html_escape(out, stall->culprit.function);
    bs_strbuf_adds(out, "</code> ");
    add_place(out, &stall->culprit);
  }
  bs_strbuf_adds(out, "</li>\n");
}

static void add_stalls(bs_strbuf *out, const report_document *document) {
  uint32_t count = document->stalls.count;
  bs_strbuf_adds(out, "<h2>Stalls</h2>\n<ol>\n");
  for (uint32_t i = 0; i < count && i < STALLS; i++) add_stall(out, &document->stalls.items[i]);
  bs_strbuf_adds(out, "</ol>\n");
  if (count > STALLS) bs_strbuf_addf(out, "<p>%u more are not listed here.</p>\n", count - STALLS);
}

static void add_ledger(bs_strbuf *out, const report_document *document) {
  bs_strbuf_adds(out, "<h2>What the analysis could not see</h2>\n<ul>\n");
  for (uint32_t i = 0; i < document->broken_units.count; i++) {
    bs_strbuf_adds(out, "<li>could not be parsed whole: <code>");
    html_escape(out, document->broken_units.items[i].file);
    bs_strbuf_adds(out, "</code></li>\n");
  }
  bs_strbuf_addf(out, "<li>indirect calls through pointers that no known function reaches: %u</li>\n",
                 document->unresolved_indirect_calls);
  bs_strbuf_addf(out, "<li>indirect calls with too many targets to follow all: %u</li>\n",
                 document->capped_indirect_calls);
  for (uint32_t i = 0; i < document->notes.count; i++) {
    bs_strbuf_adds(out, "<li>");
    html_escape(out, document->notes.items[i]);
    bs_strbuf_adds(out, "</li>\n");
  }
  bs_strbuf_adds(out, "</ul>\n");
}

void html_write_plain(const report_document *document, const report_options *options, bs_strbuf *out) {
  bs_strbuf_adds(
      out,
      "<p>This page filters and draws with JavaScript, which is off. Here is the list without it.</p>\n");
  add_findings(out, document, options);
  if (document->is_recording) add_stalls(out, document);
  add_ledger(out, document);
}
