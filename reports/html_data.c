/* The tables of findings and paths in an HTML report.
 *
 * A big program has millions of steps on its paths, most of them many times. So texts, callbacks and steps
 * have numbers and stand in the page once, and a path is a chain of cells: a step and the cell of the way to
 * it, which paths share.
 */
#include "base/map.h"
#include "reports/html.h"
#include "reports/model/json.h"

#include <string.h>

/* Lines of source around a step, and around a place that only explains one. */
enum { AROUND_STEP = 2, AROUND_REASON = 1 };

/* A row of numbers; equal rows are one. */
typedef struct packed_entry {
  uint32_t function, file, line, loop, role, via, in_function, in_file, at_line, at_column;
} packed_entry;
typedef struct packed_step {
  uint32_t function, file, line, column, how, confidence, through, candidates, in_function, in_file, at_line,
      at_column;
} packed_step;

uint32_t html_number(html_tables *tables, const char *text) {
  return bs_intern_adds(&tables->texts, text ? text : "");
}

static void add_cell(bs_strbuf *out, uint64_t number) { report_json_number(out, ",", number); }

static void add_text_cell(bs_strbuf *out, html_tables *tables, const char *text) {
  add_cell(out, html_number(tables, text));
}

static uint32_t entry_number(html_tables *tables, const report_entry *entry) {
  packed_entry packed = {.function = html_number(tables, entry->function),
                         .file = html_number(tables, entry->file),
                         .line = entry->line,
                         .loop = html_number(tables, entry->loop),
                         .role = entry->role,
                         .via = html_number(tables, entry->via)};
  if (entry->has_registered) {
    packed.in_function = html_number(tables, entry->registered.function);
    packed.in_file = html_number(tables, entry->registered.file);
    packed.at_line = entry->registered.line;
    packed.at_column = entry->registered.column;
  }
  return bs_intern_add(&tables->entries, (const char *)&packed, sizeof packed);
}

static uint32_t step_number(html_tables *tables, const report_step *step) {
  packed_step packed = {.function = html_number(tables, step->place.function),
                        .file = html_number(tables, step->place.file),
                        .line = step->place.line,
                        .column = step->place.column,
                        .how = step->how,
                        .confidence = step->confidence,
                        .through = html_number(tables, step->through),
                        .candidates = step->candidates};
  if (step->has_because) {
    packed.in_function = html_number(tables, step->because.function);
    packed.in_file = html_number(tables, step->because.file);
    packed.at_line = step->because.line;
    packed.at_column = step->because.column;
  }
  return bs_intern_add(&tables->steps, (const char *)&packed, sizeof packed);
}

/* Numbers of all items of a table, row by row. */
static void add_rows(bs_strbuf *out, const bs_intern *rows, size_t columns) {
  bs_strbuf_addc(out, '[');
  for (uint32_t i = 1; i < rows->count; i++) {
    uint32_t cells[16];
    memcpy(cells, bs_intern_text(rows, i), columns * sizeof *cells);
    for (size_t j = 0; j < columns; j++) report_json_number(out, j ? "," : i > 1 ? ",\n[" : "\n[", cells[j]);
    bs_strbuf_addc(out, ']');
  }
  bs_strbuf_addc(out, ']');
}

static void add_names(bs_strbuf *out, const char *before, const char *const *names, unsigned count) {
  bs_strbuf_adds(out, before);
  for (unsigned i = 0; i < count; i++) report_json_text(out, i ? "," : "[", names[i]);
  bs_strbuf_addc(out, ']');
}

static void add_vocabulary(bs_strbuf *out) {
  add_names(out, ",\n\"severities\":", rule_severity_names, RULE_SEVERITIES);
  add_names(out, ",\"confidences\":", rule_confidence_names, RULE_CONFIDENCES);
  add_names(out, ",\"categories\":", rule_category_names, RULE_CATEGORIES);
  add_names(out, ",\"latencies\":", rule_latency_names, RULE_LATENCIES);
  add_names(out, ",\"roles\":", rule_role_names, RULE_ROLES);
  add_names(out, ",\"hows\":", report_how_names, REPORT_HOWS);
  add_names(out, ",\"verdicts\":", report_verdict_names, REPORT_VERDICTS);
  add_names(out, ",\"changes\":", report_change_names, REPORT_CHANGES);
}

static void add_place_cells(bs_strbuf *out, html_tables *tables, const report_place *place) {
  add_text_cell(out, tables, place->function);
  add_text_cell(out, tables, place->file);
  add_cell(out, place->line);
  add_cell(out, place->column);
}

static void add_runtime_cells(bs_strbuf *out, html_tables *tables, const report_runtime *runtime) {
  add_cell(out, runtime->verdict);
  add_cell(out, runtime->calls);
  add_cell(out, runtime->stalls);
  add_cell(out, runtime->total_ns);
  add_cell(out, runtime->max_ns);
  add_cell(out, runtime->p50_ns);
  add_cell(out, runtime->p99_ns);
  add_text_cell(out, tables, runtime->missed);
}

/* The figures of a prediction, or null. */
static void add_prediction(bs_strbuf *out, const char *before, const report_prediction *p) {
  const uint64_t figures[] = {p->max_ns,      p->p99_ns,       p->held_ns,      p->busy_ns,    p->most_max_ns,
                              p->most_p99_ns, p->most_held_ns, p->most_busy_ns, p->was_max_ns, p->was_p99_ns,
                              p->was_held_ns, p->was_busy_ns,  p->time_ns};
  bs_strbuf_adds(out, before);
  if (!p->loop) {
    bs_strbuf_adds(out, "null");
    return;
  }
  for (uint32_t i = 0; i < sizeof figures / sizeof *figures; i++)
    report_json_number(out, i ? "," : "[", figures[i]);
  bs_strbuf_addc(out, ']');
}

static const char finding_columns[] =
    "[\"id\",\"rule\",\"category\",\"severity\",\"confidence\",\"latency\",\"message\",\"advice\",\"manual\","
    "\"why\",\"api\","
    "\"function\",\"file\",\"line\",\"column\",\"suppressedBy\",\"reason\",\"change\","
    "\"anchorFunction\",\"anchorFile\",\"anchorLine\",\"anchorColumn\","
    "\"verdict\",\"calls\",\"stalls\",\"totalNs\",\"maxNs\",\"p50Ns\",\"p99Ns\",\"missed\",\"without\","
    "\"callbacks\"]";

/* The callbacks as [number of the entry, confidence, how often it was seen to run, …]. */
static void add_callbacks(bs_strbuf *out, html_tables *tables, const report_finding *finding) {
  bs_strbuf_adds(out, ",[");
  for (uint32_t i = 0; i < finding->entries.count; i++) {
    const report_entry *entry = &finding->entries.items[i];
    report_json_number(out, i ? "," : "", entry_number(tables, entry));
    add_cell(out, entry->confidence);
    add_cell(out, entry->seen);
  }
  bs_strbuf_addc(out, ']');
}

static void add_finding(bs_strbuf *out, html_tables *tables, const report_finding *f) {
  report_json_text(out, "\n[", f->id);
  add_text_cell(out, tables, f->rule);
  add_cell(out, f->category);
  add_cell(out, f->severity);
  add_cell(out, f->confidence);
  add_cell(out, f->latency);
  add_text_cell(out, tables, f->message);
  add_text_cell(out, tables, f->advice);
  add_text_cell(out, tables, f->manual);
  add_text_cell(out, tables, f->why);
  add_text_cell(out, tables, f->api);
  add_place_cells(out, tables, &f->sink);
  add_text_cell(out, tables, f->suppressed.by);
  add_text_cell(out, tables, f->suppressed.reason);
  add_cell(out, f->change);
  add_place_cells(out, tables, &f->anchor);
  add_runtime_cells(out, tables, &f->runtime);
  add_prediction(out, ",", &f->runtime.without);
  add_callbacks(out, tables, f);
  bs_strbuf_addc(out, ']');
}

static void add_findings(bs_strbuf *out, html_tables *tables, const char *before,
                         const report_finding *findings, uint32_t count) {
  bs_strbuf_adds(out, before);
  for (uint32_t i = 0; i < count; i++) {
    if (i) bs_strbuf_addc(out, ',');
    add_finding(out, tables, &findings[i]);
  }
  bs_strbuf_addc(out, ']');
}

static void add_cuts(bs_strbuf *out, html_tables *tables) {
  bs_strbuf_adds(out, ",\n\"cuts\":[");
  for (uint32_t i = 0; i < tables->document->cuts.count; i++) {
    const report_cut *cut = &tables->document->cuts.items[i];
    html_source_want(tables->source, &cut->place, AROUND_REASON);
    report_json_text(out, i ? ",\n{\"function\":" : "{\"function\":", cut->place.function);
    report_json_text(out, ",\"file\":", cut->place.file);
    report_json_number(out, ",\"line\":", cut->place.line);
    report_json_text(out, ",\"loop\":", cut->loop);
    report_json_number(out, ",\"paths\":", cut->paths);
    report_json_text(out, ",\"advice\":", cut->advice);
    report_json_text(out, ",\"code\":", cut->code);
    add_prediction(out, ",\"without\":", &cut->without);
    bs_strbuf_adds(out, ",\"findings\":[");
    for (uint32_t j = 0; j < cut->findings.count; j++)
      report_json_number(out, j ? "," : "", cut->findings.items[j]);
    bs_strbuf_adds(out, "]}");
  }
  bs_strbuf_addc(out, ']');
}

static void add_sentences(bs_strbuf *out, const char *before, const char *const *items, uint32_t count) {
  bs_strbuf_adds(out, before);
  for (uint32_t i = 0; i < count; i++) report_json_text(out, i ? "," : "", items[i]);
  bs_strbuf_addc(out, ']');
}

static void add_ledger(bs_strbuf *out, const report_document *document) {
  report_json_number(out, ",\n\"unresolved\":", document->unresolved_indirect_calls);
  report_json_number(out, ",\"capped\":", document->capped_indirect_calls);
  add_sentences(out, ",\"notes\":[", document->notes.items, document->notes.count);
  add_sentences(out, ",\"loops\":[", document->loops.items, document->loops.count);
  bs_strbuf_adds(out, ",\"incomplete\":[");
  for (uint32_t i = 0; i < document->incomplete.count; i++) {
    report_json_text(out, i ? ",\n[" : "[", document->incomplete.items[i].text);
    report_json_text(out, ",", document->incomplete.items[i].hint);
    bs_strbuf_addc(out, ']');
  }
  bs_strbuf_adds(out, "],\"broken\":[");
  for (uint32_t i = 0; i < document->broken_units.count; i++) {
    const report_broken_unit *unit = &document->broken_units.items[i];
    report_json_text(out, i ? ",\n[" : "[", unit->file);
    report_json_number(out, ",", unit->errors);
    report_json_text(out, ",", unit->first_error);
    bs_strbuf_addc(out, ']');
  }
  bs_strbuf_addc(out, ']');
}

static void add_head(bs_strbuf *out, const report_document *document, const report_options *options) {
  report_json_text(out, "{\"version\":", document->tool_version);
  report_json_text(out, ",\"root\":", document->root);
  report_json_text(out, ",\"project\":", document->project);
  report_json_text(out, ",\"revision\":", document->revision);
  report_json_number(out, ",\"units\":", document->units);
  report_json_number(out, ",\"functions\":", document->functions);
  report_json_number(out, ",\"entryPoints\":", document->entry_points);
  report_json_number(out, ",\"rules\":", document->rules);
  report_json_number(out, ",\"minConfidence\":", options->min_confidence);
  report_json_number(out, ",\"showNotes\":", options->show_notes);
  report_json_number(out, ",\"isRecording\":", document->is_recording);
  report_json_number(out, ",\"isComparison\":", document->is_comparison);
  report_json_text(out, ",\"comparedWith\":", document->compared_with);
  add_vocabulary(out);
  add_ledger(out, document);
}

void html_write_report(html_tables *tables, const report_options *options, bs_strbuf *out) {
  const report_document *document = tables->document;
  add_head(out, document, options);
  add_prediction(out, ",\n\"without\":", &document->without);
  add_cuts(out, tables);
  bs_strbuf_addf(out, ",\n\"columns\":%s", finding_columns);
  add_findings(out, tables, ",\n\"findings\":[", document->findings.items, document->findings.count);
  add_findings(out, tables, ",\n\"fixed\":[", document->fixed.items, document->fixed.count);
  bs_strbuf_adds(out, ",\n\"entries\":");
  add_rows(out, &tables->entries, sizeof(packed_entry) / sizeof(uint32_t));
  bs_strbuf_addc(out, '}');
}

/* The cell of the way to the last step, and that step: sinks of one function share the way. Cells count from
 * 1; 0 is no step before. */
static void add_path(html_tables *tables, bs_map *cells, bs_strbuf *out, const report_entry *entry,
                     uint32_t way[2]) {
  way[0] = way[1] = 0;
  for (uint32_t i = 0; i < entry->path.count; i++) {
    uint32_t step = step_number(tables, entry->path.items[i]);
    bool is_new = false;
    uint32_t before = way[0];
    if (i) way[0] = bs_map_add(cells, bs_map_key(before, way[1]), cells->count + 1, &is_new);
    if (is_new) {
      report_json_number(out, way[0] > 1 ? "," : "", before);
      report_json_number(out, ",", way[1]);
    }
    way[1] = step;
  }
}

static void want_step(html_tables *tables, const report_step *step) {
  html_source_want(tables->source, &step->place, AROUND_STEP);
  if (step->has_because) html_source_want(tables->source, &step->because, AROUND_REASON);
}

static void want_entry(html_tables *tables, const report_entry *entry) {
  if (entry->has_registered) html_source_want(tables->source, &entry->registered, AROUND_REASON);
  for (uint32_t i = 0; i < entry->path.count; i++) want_step(tables, entry->path.items[i]);
}

/* First what every finding shows when it is opened, then what its other callbacks show. */
static void want_findings(html_tables *tables, const report_finding *findings, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    html_source_want(tables->source, &findings[i].sink, AROUND_STEP);
    if (findings[i].has_anchor) html_source_want(tables->source, &findings[i].anchor, AROUND_REASON);
    if (findings[i].entries.count) want_entry(tables, &findings[i].entries.items[0]);
  }
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t j = 1; j < findings[i].entries.count; j++)
      want_entry(tables, &findings[i].entries.items[j]);
}

void html_write_paths(html_tables *tables, bs_strbuf *out) {
  const report_document *document = tables->document;
  bs_strbuf ways = BS_STRBUF_INIT;
  bs_map cells = {0};
  const char *separator = "";
  bs_strbuf_adds(out, "{\"cells\":[");
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *finding = &document->findings.items[i];
    bs_strbuf_addf(&ways, "%s[", separator);
    separator = ",";
    for (uint32_t j = 0; j < finding->entries.count; j++) {
      uint32_t way[2];
      add_path(tables, &cells, out, &finding->entries.items[j], way);
      report_json_number(&ways, j ? "," : "", way[0]);
      report_json_number(&ways, ",", way[1]);
    }
    bs_strbuf_addc(&ways, ']');
  }
  want_findings(tables, document->findings.items, document->findings.count);
  bs_strbuf_adds(out, "],\n\"steps\":");
  add_rows(out, &tables->steps, sizeof(packed_step) / sizeof(uint32_t));
  bs_strbuf_addf(out, ",\n\"paths\":[%s]}", ways.text);
  bs_map_fini(&cells);
  bs_strbuf_fini(&ways);
}

void html_write_texts(const html_tables *tables, bs_strbuf *out) {
  for (uint32_t i = 0; i < tables->texts.count; i++)
    report_json_text(out, i ? ",\n" : "[", bs_intern_text(&tables->texts, i));
  bs_strbuf_addc(out, ']');
}
