/* Decides what makes a report incomplete; the only place that does. */
#include "reports/model/completeness.h"

#include "base/visible.h"

#include <string.h>

/* The texts are borrowed and live as long as the document. */
report_gap *report_add_gap(report_document *document, const char *reason, const char *text) {
  report_gap *gap = bs_vec_push(&document->incomplete);
  *gap = (report_gap){.reason = reason, .text = text};
  return gap;
}

const char *report_name_broken(bs_arena *arena, const report_broken_unit *unit) {
  size_t length = strlen(unit->file);
  if (!unit->first_error || !*unit->first_error) return unit->file;
  if (!strncmp(unit->first_error, unit->file, length) && unit->first_error[length] == ':')
    return unit->first_error;
  return bs_arena_printf(arena, "%s: %s", unit->file, unit->first_error);
}

/* The gaps that the judge finds itself. */
static bool is_derived(const char *reason) {
  static const char *const derived[] = {"broken-units", "nothing-checked", "limit", NULL};
  for (int i = 0; derived[i]; i++)
    if (!strcmp(reason, derived[i])) return true;
  return false;
}

/* Forgets an earlier verdict; returns the hint that it had for broken units, which no later one can find
 * out. */
static const char *forget(report_document *d, const report_policy *policy) {
  const char *hint = NULL;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < d->incomplete.count; i++) {
    const report_gap gap = d->incomplete.items[i];
    if (!strcmp(gap.reason, "broken-units")) hint = gap.hint;
    bool accepted = policy->no_loops_ok && !strcmp(gap.reason, REPORT_PROGRAM_UNCHECKED);
    if (!is_derived(gap.reason) && !accepted) d->incomplete.items[kept++] = gap;
  }
  d->incomplete.count = kept;
  return hint;
}

static void judge_units(report_document *d, const report_policy *policy, const char *hint) {
  uint32_t broken = d->broken_units.count;
  if (broken <= policy->max_broken) return;
  const report_broken_unit *first = d->broken_units.items;
  report_gap *gap = report_add_gap(
      d, "broken-units",
      bs_arena_printf(&d->arena,
                      "%u of %u units did not parse cleanly, more than --max-broken=%u; the first: %s",
                      broken, d->units, policy->max_broken, report_name_broken(&d->arena, first)));
  gap->unit = first->file;
  gap->hint = hint;
}

static const char *const unknown_loop =
    "Either the compile database lacks the files with the event loop, or the loop's library is not known "
    "yet: `blockscan rules list` shows the known ones, docs/adding-a-loop.md says how to add one. "
    "--if-no-loops=ok accepts a program without a loop";

static void judge_loops(report_document *d, const report_policy *policy) {
  if (!d->units || d->entry_points || d->findings.count || policy->no_loops_ok) return;
  const char *text = "no callback of an event loop was found, so nothing was checked";
  uint32_t handed = d->handed_over.count;
  if (handed)
    text = bs_arena_printf(&d->arena, "%s; callbacks are handed to %s()%s, which no loop pack knows", text,
                           d->handed_over.items[0].api,
                           handed > 1 ? bs_arena_printf(&d->arena, " and %u more", handed - 1) : "");
  else if (d->loops.count)
    text = bs_arena_printf(&d->arena, "%s; there is a loop, but none of its callbacks was found: %s", text,
                           d->loops.items[0]);
  report_gap *gap = report_add_gap(d, "nothing-checked", text);
  gap->hint = handed ? "`blockscan learn --static DATABASE` drafts a pack for them, to be reviewed. "
                       "--if-no-loops=ok accepts a program without a loop"
                     : unknown_loop;
}

void report_judge(report_document *document, const report_policy *policy) {
  const char *hint = forget(document, policy);
  judge_units(document, policy, hint);
  judge_loops(document, policy);
  for (uint32_t i = 0; i < document->limits.count; i++)
    if (document->limits.items[i].hides) report_add_gap(document, "limit", document->limits.items[i].text);
}

void report_tell_gaps(const report_document *document, bs_strbuf *out) {
  for (uint32_t i = 0; i < document->incomplete.count; i++) {
    const report_gap *gap = &document->incomplete.items[i];
    const char *hint = gap->hint ? gap->hint : "";
    bs_strbuf_adds(out, "blockscan: incomplete: ");
    visible_add(out, gap->text, strlen(gap->text));
    bs_strbuf_adds(out, *hint ? ". " : "");
    visible_add(out, hint, strlen(hint));
    bs_strbuf_addc(out, '\n');
  }
}
