/* The report as annotations of a GitHub workflow: commands that the runner reads from the log
 * (docs.github.com, "Workflow commands").
 *
 * GitHub shows ten annotations of a level for a step; the rest is summed up. They stand at the anchor of a
 * finding, for a pull request shows only what is on its changed lines. */
#include "base/utf8.h"
#include "base/visible.h"
#include "reports/formats.h"
#include "reports/phrase.h"

#include <string.h>

enum { MOST = 10 };

/* As the runner undoes it: of properties, separators too. Other control characters would act on who reads the
 * log. */
static void add_escaped(bs_strbuf *out, const char *text, const char *special) {
  for (size_t left = strlen(text), n; left; text += n, left -= n) {
    unsigned char c = (unsigned char)*text;
    n = utf8_length(text, left);
    if (strchr(special, c))
      bs_strbuf_addf(out, "%%%02X", c);
    else if (c == '\t')
      bs_strbuf_addc(out, ' ');
    else if (!n || visible_is_hazard(text, n))
      bs_strbuf_adds(out, "\xef\xbf\xbd");
    else
      bs_strbuf_add(out, text, n);
    if (!n) n = 1;
  }
}

static void add_property(bs_strbuf *out, const char *before, const char *text) {
  bs_strbuf_adds(out, before);
  add_escaped(out, text, "%\r\n:,");
}

static void add_message(bs_strbuf *out, const char *text) {
  bs_strbuf_adds(out, "::");
  add_escaped(out, text, "%\r\n");
  bs_strbuf_addc(out, '\n');
}

static void annotate(const report_finding *f, bs_strbuf *out) {
  static const char *const commands[RULE_SEVERITIES] = {"notice", "warning", "error"};
  bs_arena arena = {0};
  const report_place *place = f->has_anchor ? &f->anchor : &f->sink;
  bs_strbuf_addf(out, "::%s ", commands[f->severity]);
  if (*place->file && *place->file != '/') {
    add_property(out, "file=", place->file);
    if (place->line) bs_strbuf_addf(out, ",line=%u", place->line);
    if (place->column) bs_strbuf_addf(out, ",col=%u", place->column);
    bs_strbuf_addc(out, ',');
  }
  add_property(out, "title=", f->rule);
  add_message(out, phrase_finding(&arena, f));
  bs_arena_fini(&arena);
}

/* Not a notice: nobody opens those, and the step's list of annotations would look clean. */
static void warn_of_gap(const report_gap *gap, bs_strbuf *out) {
  bs_arena arena = {0};
  bs_strbuf_adds(out, "::warning ");
  if (gap->unit && *gap->unit != '/') {
    add_property(out, "file=", gap->unit);
    bs_strbuf_addc(out, ',');
  }
  bs_strbuf_adds(out, "title=blockscan is incomplete");
  add_message(
      out, bs_arena_printf(&arena, "%s%s%s", gap->text, gap->hint ? ". " : "", gap->hint ? gap->hint : ""));
  bs_arena_fini(&arena);
}

/* What is not annotated, and the broken units that were accepted. */
static void sum_up(const report_document *document, const unsigned *counts, bs_strbuf *out) {
  static const char *const names[RULE_SEVERITIES][2] = {
      {"note", "notes"}, {"warning", "warnings"}, {"error", "errors"}};
  bs_arena arena = {0};
  bs_strbuf text = BS_STRBUF_INIT;
  for (int level = RULE_SEVERITIES - 1; level >= 0; level--)
    if (counts[level] > MOST)
      bs_strbuf_addf(&text, "%s%s", text.length ? ", " : "Not annotated: ",
                     phrase_count(&arena, counts[level] - MOST, names[level][0], names[level][1]));
  if (text.length) bs_strbuf_adds(&text, ". ");
  if (document->broken_units.count && !document->incomplete.count)
    bs_strbuf_addf(&text, "%u of %s could not be parsed in full: calls in them may be missing. First: %s",
                   document->broken_units.count, phrase_count(&arena, document->units, "unit", "units"),
                   document->broken_units.items[0].file);
  if (text.length) {
    bs_strbuf_adds(out, "::notice title=blockscan");
    add_message(out, text.text);
  }
  bs_strbuf_fini(&text);
  bs_arena_fini(&arena);
}

void report_write_github(const report_document *document, const report_options *options, bs_strbuf *out) {
  unsigned counts[RULE_SEVERITIES] = {0};
  for (uint32_t i = 0; i < document->incomplete.count; i++) warn_of_gap(&document->incomplete.items[i], out);
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *f = &document->findings.items[i];
    if (report_shows(f, options) && counts[f->severity]++ < MOST) annotate(f, out);
  }
  sum_up(document, counts, out);
}
