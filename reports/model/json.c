/* The JSON report, by reports/findings.schema.json.
 *
 * Written straight into a buffer: a big program has millions of steps, and a tree of values for them would
 * cost more than the analysis. Keys stand in a fixed order; one entry with its path is one line, so that two
 * reports can be compared line by line.
 */
#include "reports/model/json.h"
#include "base/utf8.h"
#include "base/visible.h"

#include <string.h>

/* "##[" is a command to GitHub's runner wherever it stands in a line. */
static bool is_plain(const char *text) {
  unsigned char c = (unsigned char)*text;
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && (c != '#' || text[1] != '#' || text[2] != '[');
}

/* One character that needs care; returns its length. Bytes that are no UTF-8 become U+FFFD. */
static size_t add_special(bs_strbuf *out, const char *text, size_t length) {
  static const char escaped[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
  unsigned char c = (unsigned char)*text;
  const char *found = memchr(escaped, c, sizeof escaped - 1);
  if (found) {
    bs_strbuf_addc(out, '\\');
    bs_strbuf_addc(out, letters[found - escaped]);
    return 1;
  }
  size_t n = utf8_length(text, length);
  if (n && (c == '#' || visible_is_hazard(text, n))) /* all of them are below U+10000 */
    bs_strbuf_addf(out, "\\u%04x", visible_code_point(text, n));
  else if (n)
    bs_strbuf_add(out, text, n);
  else
    bs_strbuf_adds(out, "\\ufffd");
  return n ? n : 1;
}

static void add_string(bs_strbuf *out, const char *text) {
  if (!text) text = "";
  size_t length = strlen(text);
  bs_strbuf_addc(out, '"');
  for (size_t i = 0; i < length;) {
    size_t plain = i;
    while (plain < length && is_plain(text + plain)) plain++;
    bs_strbuf_add(out, text + i, plain - i);
    i = plain;
    if (i < length) i += add_special(out, text + i, length - i);
  }
  bs_strbuf_addc(out, '"');
}

/* `before` is what stands in front of the value, the key included: ",\"line\":". */
void report_json_text(bs_strbuf *out, const char *before, const char *text) {
  bs_strbuf_adds(out, before);
  add_string(out, text);
}

void report_json_number(bs_strbuf *out, const char *before, uint64_t number) {
  char digits[24], *p = digits + sizeof digits;
  do *--p = (char)('0' + number % 10);
  while (number /= 10);
  bs_strbuf_adds(out, before);
  bs_strbuf_add(out, p, (size_t)(digits + sizeof digits - p));
}

static void add_optional(bs_strbuf *out, const char *before, const char *text) {
  if (text && *text) report_json_text(out, before, text);
}

/* A place without its closing brace, so that more keys can follow. */
void report_json_open_place(bs_strbuf *out, const report_place *place) {
  report_json_text(out, "{\"function\": ", place->function);
  report_json_text(out, ", \"file\": ", place->file);
  report_json_number(out, ", \"line\": ", place->line);
  if (place->column) report_json_number(out, ", \"column\": ", place->column);
}

static void add_step(bs_strbuf *out, const report_step *step) {
  report_json_open_place(out, &step->place);
  report_json_text(out, ", \"how\": ", report_how_names[step->how]);
  report_json_text(out, ", \"confidence\": ", rule_confidence_names[step->confidence]);
  if (step->has_because) {
    bs_strbuf_adds(out, ", \"because\": ");
    report_json_open_place(out, &step->because);
    bs_strbuf_addc(out, '}');
  }
  if (step->how != REPORT_DIRECT) report_json_number(out, ", \"candidates\": ", step->candidates);
  add_optional(out, ", \"through\": ", step->through);
  bs_strbuf_addc(out, '}');
}

static void add_entry(bs_strbuf *out, const report_entry *entry) {
  report_json_text(out, "{\"function\": ", entry->function);
  report_json_text(out, ", \"file\": ", entry->file);
  report_json_number(out, ", \"line\": ", entry->line);
  report_json_text(out, ", \"loop\": ", entry->loop);
  report_json_text(out, ", \"role\": ", rule_role_names[entry->role]);
  report_json_text(out, ", \"confidence\": ", rule_confidence_names[entry->confidence]);
  if (entry->has_registered) {
    bs_strbuf_adds(out, ", \"registered\": ");
    report_json_open_place(out, &entry->registered);
    add_optional(out, ", \"via\": ", entry->via);
    bs_strbuf_addc(out, '}');
  }
  if (entry->seen) report_json_number(out, ", \"seen\": ", entry->seen);
  bs_strbuf_adds(out, ", \"path\": [");
  for (uint32_t i = 0; i < entry->path.count; i++) {
    if (i) bs_strbuf_adds(out, ", ");
    add_step(out, &entry->path.items[i]);
  }
  bs_strbuf_adds(out, "]}");
}

static void add_suppression(bs_strbuf *out, const report_suppression *suppressed) {
  bs_strbuf_adds(out, ",\n      \"suppressed\": ");
  if (!suppressed->by) {
    bs_strbuf_adds(out, "null");
    return;
  }
  report_json_text(out, "{\"by\": ", suppressed->by);
  report_json_text(out, ", \"reason\": ", suppressed->reason);
  bs_strbuf_addc(out, '}');
}

static void add_place_at(bs_strbuf *out, const char *before, bool there, const report_place *place) {
  if (!there) return;
  bs_strbuf_adds(out, before);
  report_json_open_place(out, place);
  bs_strbuf_addc(out, '}');
}

static const char *evidence_of(enum report_verdict verdict) {
  if (verdict == REPORT_RUNTIME_ONLY) return "runtime";
  return verdict == REPORT_NO_VERDICT || verdict == REPORT_NOT_EXERCISED ? "static" : "both";
}

static void add_change(bs_strbuf *out, const report_finding *finding) {
  add_optional(out, ",\n      \"change\": ", report_change_names[finding->change]);
  add_place_at(out, ",\n      \"anchor\": ", finding->has_anchor, &finding->anchor);
  add_place_at(out, ",\n      \"moved_from\": ", finding->has_moved, &finding->moved_from);
}

static void add_finding(bs_strbuf *out, const report_finding *finding) {
  report_json_text(out, "    {\n      \"id\": ", finding->id);
  report_json_text(out, ",\n      \"rule\": ", finding->rule);
  report_json_text(out, ",\n      \"category\": ", rule_category_names[finding->category]);
  report_json_text(out, ",\n      \"severity\": ", rule_severity_names[finding->severity]);
  report_json_text(out, ",\n      \"confidence\": ", rule_confidence_names[finding->confidence]);
  report_json_text(out, ",\n      \"latency\": ", rule_latency_names[finding->latency]);
  report_json_text(out, ",\n      \"evidence\": ", evidence_of(finding->runtime.verdict));
  report_json_text(out, ",\n      \"message\": ", finding->message);
  add_optional(out, ",\n      \"why\": ", finding->why);
  add_optional(out, ",\n      \"program\": ", finding->program);
  add_optional(out, ",\n      \"advice\": ", finding->advice);
  add_optional(out, ",\n      \"manual\": ", finding->manual);
  bs_strbuf_adds(out, ",\n      \"sink\": ");
  report_json_open_place(out, &finding->sink);
  report_json_text(out, ", \"api\": ", finding->api);
  bs_strbuf_adds(out, "},\n      \"entries\": [");
  for (uint32_t i = 0; i < finding->entries.count; i++) {
    bs_strbuf_adds(out, i ? ",\n        " : "\n        ");
    add_entry(out, &finding->entries.items[i]);
  }
  bs_strbuf_adds(out, finding->entries.count ? "\n      ]" : "]");
  for (uint32_t k = 0; k < finding->callers.count; k++) {
    bs_strbuf_adds(out, k ? ", " : ",\n      \"callers\": [");
    report_json_open_place(out, &finding->callers.items[k]);
    bs_strbuf_adds(out, k + 1 < finding->callers.count ? "}" : "}]");
  }
  add_suppression(out, &finding->suppressed);
  report_json_add_runtime(out, &finding->runtime);
  add_change(out, finding);
  bs_strbuf_adds(out, "\n    }");
}

/* A list of texts, one a line. `before` is the key with its indentation. */
static void add_list(bs_strbuf *out, const char *before, const char *const *items, uint32_t count) {
  bs_strbuf_adds(out, before);
  bs_strbuf_addc(out, '[');
  for (uint32_t i = 0; i < count; i++) report_json_text(out, i ? ",\n      " : "\n      ", items[i]);
  bs_strbuf_adds(out, count ? "\n    ]" : "]");
}

static void add_header(bs_strbuf *out, const report_document *document) {
  bs_strbuf_adds(out, "{\n  \"schema\": \"blockscan/findings/1\"");
  report_json_text(out, ",\n  \"tool\": {\"name\": \"blockscan\", \"version\": ", document->tool_version);
  add_optional(out, ", \"libclang\": ", document->libclang_version);
  report_json_text(out, "},\n  \"project\": {\n    \"root\": ", document->root);
  report_json_number(out, ",\n    \"units\": ", document->units);
  report_json_number(out, ",\n    \"functions\": ", document->functions);
  report_json_number(out, ",\n    \"entry_points\": ", document->entry_points);
  report_json_number(out, ",\n    \"rules\": ", document->rules);
  add_list(out, ",\n    \"loops\": ", document->loops.items, document->loops.count);
  bs_strbuf_adds(out, "\n  },\n");
}

static void add_handed_over(bs_strbuf *out, const report_document *document) {
  if (!document->handed_over.count) return;
  for (uint32_t i = 0; i < document->handed_over.count; i++) {
    const report_handed_over *h = &document->handed_over.items[i];
    report_json_text(out, i ? ",\n      {\"api\": " : ",\n    \"handed_over\": [\n      {\"api\": ", h->api);
    report_json_number(out, ", \"argument\": ", h->argument);
    report_json_number(out, ", \"functions\": ", h->functions);
    bs_strbuf_adds(out, ", \"place\": ");
    report_json_open_place(out, &h->place);
    bs_strbuf_adds(out, "}}");
  }
  bs_strbuf_adds(out, "\n    ]");
}

static void add_unresolved(bs_strbuf *out, const report_document *document) {
  if (!document->unresolved.count) return;
  for (uint32_t i = 0; i < document->unresolved.count; i++) {
    const report_unresolved *u = &document->unresolved.items[i];
    bs_strbuf_adds(out, i ? ",\n      {\"place\": " : ",\n    \"unresolved\": [\n      {\"place\": ");
    report_json_open_place(out, &u->place);
    report_json_text(out, "}, \"through\": ", u->through);
    report_json_text(out, ", \"type\": ", u->type);
    report_json_number(out, ", \"entries\": ", u->entries);
    bs_strbuf_addc(out, '}');
  }
  bs_strbuf_adds(out, "\n    ]");
}

static void add_limits(bs_strbuf *out, const report_document *document) {
  if (!document->limits.count) return;
  for (uint32_t i = 0; i < document->limits.count; i++) {
    const report_limit *l = &document->limits.items[i];
    report_json_text(out, i ? ",\n      {\"limit\": " : ",\n    \"limits\": [\n      {\"limit\": ", l->name);
    report_json_number(out, ", \"count\": ", l->count);
    bs_strbuf_adds(out, l->hides ? ", \"hides\": true" : ", \"hides\": false");
    report_json_text(out, ", \"text\": ", l->text);
    bs_strbuf_addc(out, '}');
  }
  bs_strbuf_adds(out, "\n    ]");
}

static void add_gaps(bs_strbuf *out, const report_document *document) {
  bs_strbuf_adds(out, ",\n    \"incomplete\": [");
  for (uint32_t i = 0; i < document->incomplete.count; i++) {
    const report_gap *gap = &document->incomplete.items[i];
    report_json_text(out, i ? ",\n      {\"reason\": " : "\n      {\"reason\": ", gap->reason);
    report_json_text(out, ", \"text\": ", gap->text);
    add_optional(out, ", \"unit\": ", gap->unit);
    add_optional(out, ", \"hint\": ", gap->hint);
    bs_strbuf_addc(out, '}');
  }
  bs_strbuf_adds(out, document->incomplete.count ? "\n    ]" : "]");
}

static void add_ledger(bs_strbuf *out, const report_document *document) {
  bs_strbuf_adds(out, "  \"ledger\": {\n    \"broken_units\": [");
  for (uint32_t i = 0; i < document->broken_units.count; i++) {
    const report_broken_unit *unit = &document->broken_units.items[i];
    report_json_text(out, i ? ",\n      {\"file\": " : "\n      {\"file\": ", unit->file);
    report_json_number(out, ", \"errors\": ", unit->errors);
    add_optional(out, ", \"first_error\": ", unit->first_error);
    bs_strbuf_addc(out, '}');
  }
  bs_strbuf_adds(out, document->broken_units.count ? "\n    ]" : "]");
  report_json_number(out, ",\n    \"unresolved_indirect_calls\": ", document->unresolved_indirect_calls);
  report_json_number(out, ",\n    \"capped_indirect_calls\": ", document->capped_indirect_calls);
  add_handed_over(out, document);
  add_unresolved(out, document);
  add_limits(out, document);
  add_gaps(out, document);
  add_list(out, ",\n    \"notes\": ", document->notes.items, document->notes.count);
  bs_strbuf_adds(out, "\n  }\n}\n");
}

static void add_findings(bs_strbuf *out, const report_finding *findings, uint32_t count) {
  bs_strbuf_addc(out, '[');
  for (uint32_t i = 0; i < count; i++) {
    bs_strbuf_adds(out, i ? ",\n" : "\n");
    add_finding(out, &findings[i]);
  }
  bs_strbuf_adds(out, count ? "\n  ]" : "]");
}

static void add_comparison(bs_strbuf *out, const report_document *document) {
  report_json_text(out, "  \"comparison\": {\n    \"with\": ", document->compared_with);
  bs_strbuf_adds(out, ",\n    \"fixed\": ");
  add_findings(out, document->fixed.items, document->fixed.count);
  bs_strbuf_adds(out, "\n  },\n");
}

static void add_cut(bs_strbuf *out, const report_document *document, const report_cut *cut) {
  bs_strbuf_adds(out, "    {\"place\": ");
  report_json_open_place(out, &cut->place);
  report_json_text(out, "}, \"loop\": ", cut->loop);
  report_json_number(out, ", \"paths\": ", cut->paths);
  bs_strbuf_adds(out, ", \"findings\": [");
  for (uint32_t i = 0; i < cut->findings.count; i++)
    report_json_text(out, i ? ", " : "", document->findings.items[cut->findings.items[i]].id);
  bs_strbuf_addc(out, ']');
  add_optional(out, ", \"advice\": ", cut->advice);
  add_optional(out, ", \"code\": ", cut->code);
  bs_strbuf_addc(out, '}');
}

static void add_cuts(bs_strbuf *out, const report_document *document) {
  bs_strbuf_adds(out, "  \"cuts\": [");
  for (uint32_t i = 0; i < document->cuts.count; i++) {
    bs_strbuf_adds(out, i ? ",\n" : "\n");
    add_cut(out, document, &document->cuts.items[i]);
  }
  bs_strbuf_adds(out, document->cuts.count ? "\n  ],\n" : "],\n");
}

void report_write_json(const report_document *document, const report_options *options, bs_strbuf *out) {
  (void)options; /* everything is written; the reader chooses */
  add_header(out, document);
  bs_strbuf_adds(out, "  \"findings\": ");
  add_findings(out, document->findings.items, document->findings.count);
  bs_strbuf_adds(out, ",\n");
  add_cuts(out, document);
  if (document->is_comparison) add_comparison(out, document);
  if (document->is_recording) report_json_add_recording(out, document);
  add_ledger(out, document);
}
