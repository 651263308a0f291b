/* The report as Markdown for a pull request's comment or a step summary: what the change adds and fixes, the
 * call paths folded away.
 *
 * A comment on GitHub holds 65,536 characters: what does not fit is left out by whole findings, and said. */
#include "reports/markdown.h"
#include "reports/formats.h"

enum { MOST_BYTES = 65000 };

typedef struct tally {
  unsigned shown[RULE_SEVERITIES], all, suppressed, unsure, notes, old;
} tally;

static tally count_findings(const report_document *document, const report_options *options) {
  tally t = {0};
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *f = &document->findings.items[i];
    if (f->suppressed.by)
      t.suppressed++;
    else if (f->confidence < options->min_confidence)
      t.unsure++;
    else if (f->change == REPORT_UNCHANGED)
      t.old++;
    else if (!report_shows(f, options))
      t.notes++;
    else {
      t.shown[f->severity]++;
      t.all++;
    }
  }
  return t;
}

static void add_part(bs_strbuf *out, bs_arena *arena, bool *is_first, unsigned count, const char *one,
                     const char *many) {
  if (!count) return;
  bs_strbuf_addf(out, "%s%s", *is_first ? "" : ", ", phrase_count(arena, count, one, many));
  *is_first = false;
}

/* Never that nothing blocks where not everything was seen. */
static const char *nothing(const report_document *document) {
  if (document->is_comparison)
    return document->broken_units.count ? "nothing new in what could be parsed" : "nothing new";
  if (document->broken_units.count) return "nothing found in what could be parsed";
  if (!document->entry_points && !document->is_recording)
    return "no callback of an event loop was found, so nothing was checked";
  if (document->incomplete.count) return "nothing found in what was checked";
  return "nothing to report";
}

static void write_title(bs_strbuf *out, const report_document *document, const tally *t) {
  bs_arena arena = {0};
  bool is_first = t->all != 0, compared = document->is_comparison;
  bs_strbuf_adds(out, "## blockscan: ");
  if (!t->all) bs_strbuf_adds(out, nothing(document));
  add_part(out, &arena, &is_first, t->shown[RULE_ERROR], compared ? "new error" : "error",
           compared ? "new errors" : "errors");
  add_part(out, &arena, &is_first, t->shown[RULE_WARNING], compared ? "new warning" : "warning",
           compared ? "new warnings" : "warnings");
  add_part(out, &arena, &is_first, t->shown[RULE_NOTE], compared ? "new note" : "note",
           compared ? "new notes" : "notes");
  add_part(out, &arena, &is_first, document->fixed.count, "fixed", "fixed");
  bs_strbuf_adds(out, "\n\n");
  if (compared && *document->compared_with) {
    bs_strbuf_adds(out, "Compared with ");
    markdown_text(out, document->compared_with);
    bs_strbuf_adds(out, ".\n\n");
  }
  bs_arena_fini(&arena);
}

static void write_gaps(bs_strbuf *out, const report_document *document) {
  for (uint32_t i = 0; i < document->incomplete.count; i++) {
    const report_gap *gap = &document->incomplete.items[i];
    bs_strbuf_adds(out, "> **Incomplete:** ");
    markdown_text(out, gap->text);
    if (gap->hint) bs_strbuf_adds(out, ". ");
    if (gap->hint) markdown_text(out, gap->hint);
    bs_strbuf_adds(out, "\n\n");
  }
}

static void write_hidden(bs_strbuf *out, const tally *t, unsigned left_out) {
  bs_arena arena = {0};
  bool is_first = true;
  if (!t->old && !t->notes && !t->unsure && !t->suppressed && !left_out) return;
  bs_strbuf_adds(out, "\nNot shown: ");
  add_part(out, &arena, &is_first, left_out, "more finding, because a comment has a limited length",
           "more findings, because a comment has a limited length");
  add_part(out, &arena, &is_first, t->old, "known before", "known before");
  add_part(out, &arena, &is_first, t->notes, "note", "notes");
  add_part(out, &arena, &is_first, t->unsure, "of lower confidence", "of lower confidence");
  add_part(out, &arena, &is_first, t->suppressed, "suppressed", "suppressed");
  bs_strbuf_adds(out, ".\n");
  bs_arena_fini(&arena);
}

/* The findings that fit into so many bytes; returns how many do not. */
static unsigned write_findings(bs_strbuf *out, const report_document *document, const report_options *options,
                               size_t room) {
  bs_strbuf one = BS_STRBUF_INIT;
  unsigned left_out = 0, written = 0;
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *f = &document->findings.items[i];
    if (!report_shows(f, options)) continue;
    bs_strbuf_clear(&one);
    if (!left_out) markdown_finding(&one, f);
    if (left_out || one.length > room || (options->max_findings && written == options->max_findings)) {
      left_out++;
      continue;
    }
    bs_strbuf_add(out, one.text, one.length);
    room -= one.length;
    written++;
  }
  bs_strbuf_fini(&one);
  return left_out;
}

void report_write_markdown(const report_document *document, const report_options *options, bs_strbuf *out) {
  tally t = count_findings(document, options);
  bs_strbuf tail = BS_STRBUF_INIT, head = BS_STRBUF_INIT;
  markdown_fixed(&tail, document);
  markdown_cuts(&tail, document);
  markdown_recording(&tail, document);
  markdown_ledger(&tail, document);
  write_title(&head, document, &t);
  write_gaps(&head, document);
  size_t used = head.length + tail.length + 300;
  bs_strbuf_add(out, head.text, head.length);
  unsigned left_out = write_findings(out, document, options, used < MOST_BYTES ? MOST_BYTES - used : 0);
  write_hidden(out, &t, left_out);
  bs_strbuf_add(out, tail.text, tail.length);
  bs_strbuf_fini(&head);
  bs_strbuf_fini(&tail);
}
