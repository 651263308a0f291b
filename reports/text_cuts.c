/* The cheapest cuts, under the findings: where one change removes several. */
#include "reports/text.h"

#include <string.h>

static bool was_shown(const report_document *document, uint32_t index) {
  for (uint32_t i = 0; i < index; i++)
    if (!strcmp(document->cuts.items[i].loop, document->cuts.items[index].loop)) return true;
  return false;
}

static const char *loop_phrase(bs_arena *arena, const char *loop) {
  return strcmp(loop, "own") ? bs_arena_printf(arena, "on %s", loop) : "on the program's own loop";
}

/* How work leaves the loop: the shape of the fix, once for each loop. */
static void write_way(painter *p, bs_arena *arena, const report_cut *cut) {
  if (*cut->advice)
    paint_paragraph(p, 2, bs_arena_printf(arena, "%s: ", loop_phrase(arena, cut->loop)), cut->advice);
  for (const char *line = cut->code; *line;) {
    size_t length = strcspn(line, "\n");
    paint_pad(p, 6);
    paint_bytes(p, PAINT_DIM, line, length);
    bs_strbuf_addc(p->out, '\n');
    line += length + (line[length] == '\n');
  }
}

static void write_cut(painter *p, bs_arena *arena, const report_cut *cut) {
  const char *what = bs_arena_printf(arena, "%s  takes %s on %s with it", phrase_place(arena, &cut->place),
                                     phrase_count(arena, cut->findings.count, "finding", "findings"),
                                     phrase_count(arena, cut->paths, "path", "paths"));
  paint_paragraph(p, 2, bs_arena_printf(arena, "- %s  ", cut->place.function), what);
  text_write_prediction(p, arena, 4, "without it: ", &cut->without);
}

void text_write_cuts(painter *p, const report_document *document, enum report_cuts how) {
  if (!document->cuts.count || how == REPORT_CUTS_NONE) return;
  bs_arena arena = {0};
  paint(p, PAINT_HEADING, "Cheapest cuts, functions to take off the loop:");
  bs_strbuf_addc(p->out, '\n');
  for (uint32_t i = 0; i < document->cuts.count; i++) write_cut(p, &arena, &document->cuts.items[i]);
  for (uint32_t i = 0; how == REPORT_CUTS_FULL && i < document->cuts.count; i++)
    if (!was_shown(document, i)) write_way(p, &arena, &document->cuts.items[i]);
  if (how == REPORT_CUTS_SHORT) paint_paragraph(p, 2, "", "--cuts=full shows how work leaves the loop.");
  bs_strbuf_addc(p->out, '\n');
  bs_arena_fini(&arena);
}
