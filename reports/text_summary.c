/* What stands under the findings: what the analysis could not see, and last, where a terminal shows it, how
 * many findings there are, what is not shown, the exit code and what to do next. */
#include "reports/text.h"

#include <string.h>

enum { BROKEN_UNITS = 10 };

typedef struct tally {
  unsigned shown[RULE_SEVERITIES]; /* by level */
  unsigned notes, possible, suppressed;
} tally;

static tally count_findings(const report_document *document, const report_options *options) {
  tally t = {0};
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *f = &document->findings.items[i];
    if (report_shows(f, options))
      t.shown[f->severity]++;
    else if (f->change == REPORT_UNCHANGED)
      continue;
    else if (f->suppressed.by)
      t.suppressed++;
    else if (f->confidence < options->min_confidence)
      t.possible++;
    else
      t.notes++;
  }
  return t;
}

/* Appends ", " or " and " between the parts of a list that are there. */
static void add_part(bs_strbuf *text, const char *part, const char *separator) {
  bs_strbuf_addf(text, "%s%s", text->length ? separator : "", part);
}

static void write_totals(painter *p, bs_arena *arena, const report_document *document, const tally *t) {
  bs_strbuf text = BS_STRBUF_INIT;
  if (t->shown[RULE_ERROR])
    add_part(&text, phrase_count(arena, t->shown[RULE_ERROR], "error", "errors"), ", ");
  if (t->shown[RULE_WARNING])
    add_part(&text, phrase_count(arena, t->shown[RULE_WARNING], "warning", "warnings"), ", ");
  if (t->shown[RULE_NOTE]) add_part(&text, phrase_count(arena, t->shown[RULE_NOTE], "note", "notes"), ", ");
  if (!text.length)
    bs_strbuf_adds(&text, document->is_comparison        ? "Nothing new"
                          : document->broken_units.count ? "Nothing found in what could be parsed"
                          : document->incomplete.count   ? "Nothing found in what was checked"
                                                         : "Nothing to report");
  bool scanned = document->units || !document->is_recording;
  const char *followed = bs_arena_printf(arena, "followed %s through %s in %s, with %s.",
                                         phrase_count(arena, document->entry_points, "callback", "callbacks"),
                                         phrase_count(arena, document->functions, "function", "functions"),
                                         phrase_count(arena, document->units, "unit", "units"),
                                         phrase_count(arena, document->rules, "rule", "rules"));
  bs_strbuf_adds(&text, scanned ? ": " : ".");
  paint_colored_paragraph(p, 0, PAINT_HEADING, text.text, PAINT_NONE, scanned ? followed : "");
  bs_strbuf_fini(&text);
}

static void write_hidden(painter *p, bs_arena *arena, const report_options *options, const tally *t,
                         unsigned left_out) {
  bs_strbuf text = BS_STRBUF_INIT;
  if (left_out)
    add_part(&text, bs_arena_printf(arena, "%s behind --max-findings", phrase_grouped(arena, left_out)),
             ", ");
  if (t->notes)
    add_part(&text, bs_arena_printf(arena, "%s (--notes)", phrase_count(arena, t->notes, "note", "notes")),
             ", ");
  if (t->possible) {
    const char *lower = options->min_confidence == RULE_CERTAIN ? "likely or possible" : "possible";
    add_part(&text,
             bs_arena_printf(arena, "%u that %s only %s (--confidence possible)", t->possible,
                             t->possible == 1 ? "is" : "are", lower),
             ", ");
  }
  if (t->suppressed) add_part(&text, bs_arena_printf(arena, "%u suppressed", t->suppressed), ", ");
  if (text.length) paint_paragraph(p, 0, "Not shown: ", text.text);
  bs_strbuf_fini(&text);
}

static void write_heading(painter *p, const char *text) {
  paint(p, PAINT_HEADING, text);
  bs_strbuf_addc(p->out, '\n');
}

static void write_loops(painter *p, const report_document *document) {
  if (!document->loops.count) return;
  write_heading(p, "Event loops:");
  for (uint32_t i = 0; i < document->loops.count; i++) paint_paragraph(p, 2, "- ", document->loops.items[i]);
  bs_strbuf_addc(p->out, '\n');
}

static const char *const nothing_found = "No callback of an event loop was found, so nothing was checked: "
                                         "this says nothing about what the program does.";

/* With what to do about it, where it makes the report incomplete. */
static void write_nothing_found(painter *p, bs_arena *arena, const report_document *document) {
  const char *hint = NULL;
  for (uint32_t i = 0; i < document->incomplete.count; i++)
    if (!strcmp(document->incomplete.items[i].reason, "nothing-checked"))
      hint = document->incomplete.items[i].hint;
  paint_paragraph(p, 0, "", hint ? bs_arena_printf(arena, "%s %s.", nothing_found, hint) : nothing_found);
}

/* Above the counts: a report with gaps must not be taken for one without. */
static void write_gaps(painter *p, bs_arena *arena, const report_document *document) {
  for (uint32_t i = 0; i < document->incomplete.count; i++) {
    const report_gap *gap = &document->incomplete.items[i];
    const char *hint = gap->hint ? bs_arena_printf(arena, ". %s", gap->hint) : "";
    if (!strcmp(gap->reason, "nothing-checked")) continue; /* said in place of the counts */
    paint_paragraph(p, 0, "Incomplete: ", bs_arena_printf(arena, "%s%s.", gap->text, hint));
  }
}

static void write_broken_units(painter *p, bs_arena *arena, const report_document *document) {
  uint32_t count = document->broken_units.count;
  if (!count) return;
  paint_paragraph(
      p, 2, "- ",
      bs_arena_printf(arena, "%u of %s %s broken; calls in what could not be parsed are missing:", count,
                      phrase_count(arena, document->units, "unit", "units"), count == 1 ? "is" : "are"));
  for (uint32_t i = 0; i < count && i < BROKEN_UNITS; i++) {
    const report_broken_unit *unit = &document->broken_units.items[i];
    const char *errors = phrase_count(arena, unit->errors, "error", "errors");
    const char *label = bs_arena_printf(arena, "%s: ", unit->file);
    const char *first = unit->first_error ? unit->first_error : "";
    paint_paragraph(p, 4, label, bs_arena_printf(arena, "%s%s%s", errors, *first ? ", first: " : "", first));
  }
  if (count > BROKEN_UNITS)
    paint_paragraph(
        p, 4, "", bs_arena_printf(arena, "and %u more; --output json names them all", count - BROKEN_UNITS));
}

static void write_unresolved(painter *p, bs_arena *arena, const report_document *document) {
  for (uint32_t i = 0; i < document->unresolved.count; i++) {
    const report_unresolved *u = &document->unresolved.items[i];
    const char *label = bs_arena_printf(arena, "%s:%u:%u: ", u->place.file, u->place.line, u->place.column);
    paint_paragraph(
        p, 4, label,
        bs_arena_printf(arena, "%s calls through %s, %s; %s", u->place.function, u->through, u->type,
                        u->entries
                            ? phrase_count(arena, u->entries, "callback comes here", "callbacks come here")
                            : "no callback comes here"));
  }
}

static void write_ledger(painter *p, bs_arena *arena, const report_document *document,
                         const report_options *options) {
  unsigned unresolved = document->unresolved_indirect_calls, capped = document->capped_indirect_calls;
  if (!document->broken_units.count && !unresolved && !capped && !document->notes.count) return;
  write_heading(p, "What the analysis could not see:");
  write_broken_units(p, arena, document);
  if (unresolved)
    paint_paragraph(p, 2, "- ",
                    bs_arena_printf(arena, "%s through pointers that no known function reaches",
                                    phrase_count(arena, unresolved, "indirect call", "indirect calls")));
  if (options->show_ledger) write_unresolved(p, arena, document);
  if (capped)
    paint_paragraph(p, 2, "- ",
                    bs_arena_printf(arena,
                                    "%s with more targets than --max-targets; the rest was not followed",
                                    phrase_count(arena, capped, "indirect call", "indirect calls")));
  for (uint32_t i = 0; i < document->notes.count; i++) paint_paragraph(p, 2, "- ", document->notes.items[i]);
  bs_strbuf_addc(p->out, '\n');
}

/* The first finding that is shown: the one most worth a look. */
static const report_finding *first_shown(const report_document *document, const report_options *options) {
  for (uint32_t i = 0; i < document->findings.count; i++)
    if (report_shows(&document->findings.items[i], options)) return &document->findings.items[i];
  return NULL;
}

/* The code that cli_check_document and cli_report_exit_code decide on, in words. */
static void write_exit(painter *p, bs_arena *arena, const report_document *document,
                       const report_options *options) {
  const char *level = options->fail_on < RULE_SEVERITIES ? rule_severity_names[options->fail_on] : "";
  unsigned count = *level ? report_count(document, options->fail_on, options->min_confidence) : 0;
  const char *text = "0: everything was checked";
  if (document->incomplete.count)
    text = bs_arena_printf(arena, "3: the report is incomplete%s", count ? ", with findings" : "");
  else if (count)
    text = bs_arena_printf(arena, "1: %s at or above '%s' (--fail-on)",
                           phrase_count(arena, count, "finding", "findings"), level);
  else if (document->findings.count)
    text = *level ? bs_arena_printf(arena, "0: nothing to report at or above '%s' (--fail-on)", level)
                  : "0: --fail-on=never";
  else if (document->broken_units.count)
    text = "0: nothing found in what could be parsed (--max-broken)";
  else if (!document->entry_points && !document->is_recording)
    text = "0: nothing was checked (--if-no-loops=ok)";
  paint_paragraph(p, 0, "Exit code ", bs_arena_printf(arena, "%s.", text));
}

/* With the names of the first finding: what is written can be pasted. */
static void write_next(painter *p, bs_arena *arena, const report_document *document,
                       const report_options *options) {
  const report_finding *f = first_shown(document, options);
  if (!f || f->runtime.verdict == REPORT_RUNTIME_ONLY) return;
  bool calls = *f->sink.function && f->entries.count;
  const char *why =
      calls ? bs_arena_printf(arena, "'blockscan why %s' shows the ways to a call, ", f->sink.function) : "";
  paint_paragraph(
      p, 0, "Next: ",
      bs_arena_printf(arena,
                      "%s'blockscan explain %s' %swhat to use instead; '// blockscan: ignore[%s] -- "
                      "reason' at the call accepts it.",
                      why, f->rule, calls ? "" : "shows ", f->rule));
}

void text_write_summary(painter *p, const report_document *document, const report_options *options,
                        unsigned left_out) {
  bs_arena arena = {0};
  if (left_out)
    paint_paragraph(p, 0, "",
                    bs_arena_printf(&arena,
                                    "and %s more; --max-findings 0 shows all, --statistics counts them",
                                    phrase_grouped(&arena, left_out)));
  if (left_out) bs_strbuf_addc(p->out, '\n');
  tally t = count_findings(document, options);
  write_loops(p, document);
  write_ledger(p, &arena, document, options);
  text_write_changes(p, document, options);
  text_write_cuts(p, document, options->cuts);
  write_gaps(p, &arena, document);
  if (document->entry_points || document->findings.count || document->is_recording)
    write_totals(p, &arena, document, &t);
  else
    write_nothing_found(p, &arena, document);
  write_hidden(p, &arena, options, &t, left_out);
  text_write_verdicts(p, document);
  text_write_comparison(p, document, options);
  if (options->tells_exit) write_exit(p, &arena, document, options);
  if (options->tells_exit) write_next(p, &arena, document, options);
  bs_arena_fini(&arena);
}
