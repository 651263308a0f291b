/* What a recording says, in the text report: of one finding, and of all of them. */
#include "reports/text.h"

#include <string.h>

void text_write_prediction(painter *p, bs_arena *arena, unsigned indent, const char *label,
                           const report_prediction *prediction) {
  const char *most = phrase_prediction_most(arena, prediction);
  if (!prediction->loop) return;
  paint_paragraph(p, indent, label, phrase_prediction(arena, prediction));
  if (*most) paint_paragraph(p, indent, "where what waits becomes asynchronous: ", most);
}

void text_write_runtime(painter *p, const report_finding *finding) {
  static const enum paint paints[REPORT_VERDICTS] = {[REPORT_CONFIRMED] = PAINT_ERROR,
                                                     [REPORT_RUNTIME_ONLY] = PAINT_WARNING,
                                                     [REPORT_NOT_EXERCISED] = PAINT_DIM};
  const report_runtime *r = &finding->runtime;
  if (r->verdict == REPORT_NO_VERDICT) return;
  bs_arena arena = {0};
  report_runtime plain = *r;
  plain.missed = NULL; /* a paragraph of its own */
  bs_strbuf_adds(p->out, "  ");
  paint(p, paints[r->verdict], phrase_verdict(&arena, &plain));
  bs_strbuf_addc(p->out, '\n');
  text_write_prediction(p, &arena, 2, "without it: ", &r->without);
  if (r->missed) paint_paragraph(p, 2, "not found by the scan: ", r->missed);
  if (r->remark) paint_paragraph(p, 2, "note: ", r->remark);
  bs_arena_fini(&arena);
}

static void add_count(bs_strbuf *text, unsigned count, const char *what) {
  if (count) bs_strbuf_addf(text, "%s%u %s", text->length ? ", " : "", count, what);
}

/* The loops that were recorded, on one line. */
static void write_recorded(painter *p, bs_arena *arena, const report_document *document) {
  uint64_t iterations = 0, longest = 0;
  for (uint32_t i = 0; i < document->recorded_loops.count; i++) {
    const report_loop *l = &document->recorded_loops.items[i];
    iterations += l->iterations;
    if (l->max_ns > longest) longest = l->max_ns;
  }
  paint_paragraph(
      p, 0, "Recorded: ",
      bs_arena_printf(arena, "%s with %s; the longest took %s",
                      phrase_count(arena, document->recorded_loops.count, "event loop", "event loops"),
                      phrase_count(arena, iterations, "iteration", "iterations"),
                      phrase_duration(arena, longest)));
  text_write_prediction(p, arena, 0, "Without all that is reported: ", &document->without);
}

static bool is_same_scope(const report_scope *a, const report_scope *b) {
  return !strcmp(a->name, b->name) && !strcmp(a->outcome, b->outcome);
}

/* Scopes of one name and outcome on one line, at the first of them. */
static void write_scope(painter *p, bs_arena *arena, const report_document *document, uint32_t first) {
  const report_scope *worst = &document->scopes.items[first];
  unsigned times = 0;
  for (uint32_t i = 0; i < document->scopes.count; i++) {
    const report_scope *scope = &document->scopes.items[i];
    if (!is_same_scope(scope, worst)) continue;
    if (i < first) return;
    times++;
    if (scope->duration_ns > worst->duration_ns) worst = scope;
  }
  bool stalled = !strcmp(worst->outcome, "stalled"), missed = !strcmp(worst->outcome, "missed");
  paint_paragraph(p, 0, bs_arena_printf(arena, "Scope '%s': ", worst->name),
                  bs_arena_printf(arena, "%s %s, longest %s%s%s%s",
                                  missed    ? "was expected to stall and did not,"
                                  : stalled ? "stalled"
                                            : "stalled, as expected,",
                                  phrase_count(arena, times, "time", "times"),
                                  phrase_duration(arena, worst->duration_ns),
                                  stalled ? bs_arena_printf(arena, " (threshold %s)",
                                                            phrase_duration(arena, worst->threshold_ns))
                                          : "",
                                  worst->api ? " in " : "", worst->api ? worst->api : ""));
}

void text_write_verdicts(painter *p, const report_document *document) {
  unsigned counts[REPORT_VERDICTS] = {0};
  if (!document->is_recording) return;
  bs_arena arena = {0};
  bs_strbuf text = BS_STRBUF_INIT;
  for (uint32_t i = 0; i < document->findings.count; i++)
    counts[document->findings.items[i].runtime.verdict]++;
  add_count(&text, counts[REPORT_CONFIRMED], "confirmed");
  add_count(&text, counts[REPORT_RUNTIME_ONLY], "seen only at run time");
  add_count(&text, counts[REPORT_OBSERVED_FAST], "observed, always fast");
  add_count(&text, counts[REPORT_NOT_EXERCISED], "not exercised");
  if (text.length) paint_paragraph(p, 0, "Of all findings: ", text.text);
  write_recorded(p, &arena, document);
  for (uint32_t i = 0; i < document->scopes.count; i++) write_scope(p, &arena, document, i);
  bs_strbuf_fini(&text);
  bs_arena_fini(&arena);
}
