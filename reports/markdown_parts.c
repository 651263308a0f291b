/* What stands below the findings of the Markdown report. Every list is bounded, so that the findings get most
 * of a comment. */
#include "reports/markdown.h"

enum { MOST_FIXED = 20, MOST_CUTS = 5, MOST_LOOPS = 5, MOST_STALLS = 5, MOST_UNSEEN = 10 };

static void add_more(bs_strbuf *out, uint32_t count, uint32_t most) {
  if (count > most) bs_strbuf_addf(out, "- and %u more\n", count - most);
}

void markdown_fixed(bs_strbuf *out, const report_document *document) {
  uint32_t count = document->fixed.count;
  if (!count) return;
  bs_strbuf_adds(out, "\n### Fixed\n\n");
  for (uint32_t i = 0; i < count && i < MOST_FIXED; i++) {
    bs_strbuf_adds(out, "- ");
    markdown_first_line(out, &document->fixed.items[i]);
    bs_strbuf_addc(out, '\n');
  }
  add_more(out, count, MOST_FIXED);
}

void markdown_cuts(bs_strbuf *out, const report_document *document) {
  bs_arena arena = {0};
  uint32_t count = document->cuts.count;
  if (count) bs_strbuf_adds(out, "\n### Where to cut\n\n");
  for (uint32_t i = 0; i < count && i < MOST_CUTS; i++) {
    const report_cut *cut = &document->cuts.items[i];
    bs_strbuf_adds(out, "- ");
    markdown_code(out, cut->place.function);
    bs_strbuf_adds(out, " in ");
    markdown_code(out, phrase_place(&arena, &cut->place));
    bs_strbuf_addf(out,
                   " removes %s with %s: ", phrase_count(&arena, cut->findings.count, "finding", "findings"),
                   phrase_count(&arena, cut->paths, "call path", "call paths"));
    markdown_text(out, cut->advice);
    bs_strbuf_addc(out, '\n');
  }
  bs_arena_fini(&arena);
}

static void add_loops(bs_strbuf *out, bs_arena *arena, const report_document *document) {
  uint32_t count = document->recorded_loops.count;
  bs_strbuf_adds(out, "| loop | thread | iterations | p50 | p99 | longest |\n|---|---|---|---|---|---|\n");
  for (uint32_t i = 0; i < count && i < MOST_LOOPS; i++) {
    const report_loop *loop = &document->recorded_loops.items[i];
    bs_strbuf_adds(out, "| ");
    markdown_text(out, *loop->library ? loop->library : "own");
    bs_strbuf_addf(out, " | %d ", loop->thread);
    markdown_text(out, loop->name);
    bs_strbuf_addf(out, " | %llu | %s | %s | %s |\n", (unsigned long long)loop->iterations,
                   phrase_duration(arena, loop->p50_ns), phrase_duration(arena, loop->p99_ns),
                   phrase_duration(arena, loop->max_ns));
  }
  if (count > MOST_LOOPS) bs_strbuf_addf(out, "\nand %u more\n", count - MOST_LOOPS);
}

static int longest_first(const void *a, const void *b) {
  const report_stall *x = *(const report_stall *const *)a, *y = *(const report_stall *const *)b;
  if (x->duration_ns != y->duration_ns) return x->duration_ns < y->duration_ns ? 1 : -1;
  return (x > y) - (x < y);
}

static void add_stall(bs_strbuf *out, bs_arena *arena, const report_stall *stall) {
  bs_strbuf_addf(out, "- %s%s, ", phrase_duration(arena, stall->duration_ns),
                 stall->ended ? "" : " and not ended");
  markdown_text(out, stall->kind);
  if (stall->api) {
    bs_strbuf_adds(out, " in ");
    markdown_code(out, stall->api);
  }
  if (stall->has_culprit) {
    bs_strbuf_adds(out, " at ");
    markdown_code(out, phrase_place(arena, &stall->culprit));
  }
  if (stall->callback) {
    bs_strbuf_adds(out, ", callback ");
    markdown_code(out, stall->callback);
  }
  bs_strbuf_addc(out, '\n');
}

static void add_stalls(bs_strbuf *out, bs_arena *arena, const report_document *document) {
  BS_VEC(const report_stall *) stalls = {0};
  for (uint32_t i = 0; i < document->stalls.count; i++) *bs_vec_push(&stalls) = &document->stalls.items[i];
  bs_vec_sort(&stalls, longest_first);
  if (stalls.count) bs_strbuf_adds(out, "\nThe longest:\n\n");
  for (uint32_t i = 0; i < stalls.count && i < MOST_STALLS; i++) add_stall(out, arena, stalls.items[i]);
  bs_vec_fini(&stalls);
}

void markdown_recording(bs_strbuf *out, const report_document *document) {
  if (!document->is_recording) return;
  bs_arena arena = {0};
  bs_strbuf_addf(out, "\n### Recorded: %s in %s\n\n",
                 phrase_count(&arena, document->stalls.count, "stall", "stalls"),
                 phrase_count(&arena, document->recorded_loops.count, "loop", "loops"));
  if (document->recorded_loops.count) add_loops(out, &arena, document);
  add_stalls(out, &arena, document);
  bs_arena_fini(&arena);
}

static void add_broken_units(bs_strbuf *out, const report_document *document) {
  uint32_t count = document->broken_units.count;
  for (uint32_t i = 0; i < count && i < MOST_UNSEEN; i++) {
    const report_broken_unit *unit = &document->broken_units.items[i];
    bs_strbuf_adds(out, "- could not be parsed in full: ");
    markdown_code(out, unit->file);
    if (unit->first_error) {
      bs_strbuf_adds(out, " – ");
      markdown_text(out, unit->first_error);
    }
    bs_strbuf_addc(out, '\n');
  }
  add_more(out, count, MOST_UNSEEN);
}

void markdown_ledger(bs_strbuf *out, const report_document *document) {
  unsigned unresolved = document->unresolved_indirect_calls, capped = document->capped_indirect_calls;
  uint32_t notes = document->notes.count;
  if (!document->broken_units.count && !unresolved && !capped && !notes) return;
  bs_arena arena = {0};
  bs_strbuf_adds(out, "\n<details><summary>What the analysis could not see</summary>\n\n");
  add_broken_units(out, document);
  if (unresolved)
    bs_strbuf_addf(out, "- %s through pointers that no known function reaches\n",
                   phrase_count(&arena, unresolved, "indirect call", "indirect calls"));
  if (capped)
    bs_strbuf_addf(out, "- %s with more targets than were followed\n",
                   phrase_count(&arena, capped, "indirect call", "indirect calls"));
  for (uint32_t i = 0; i < notes && i < MOST_UNSEEN; i++) {
    bs_strbuf_adds(out, "- ");
    markdown_text(out, document->notes.items[i]);
    bs_strbuf_addc(out, '\n');
  }
  add_more(out, notes, MOST_UNSEEN);
  bs_strbuf_adds(out, "\n</details>\n");
  bs_arena_fini(&arena);
}
