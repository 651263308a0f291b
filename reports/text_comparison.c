/* What a comparison adds to the text report: the change that made a finding new, and what is fixed or has
 * moved. */
#include "reports/text.h"

#include <string.h>

void text_write_anchor(painter *p, const report_finding *finding) {
  if (!finding->has_anchor) return;
  bs_arena arena = {0};
  const char *in =
      *finding->anchor.function ? bs_arena_printf(&arena, " in %s()", finding->anchor.function) : "";
  paint_paragraph(p, 2, "through the change at: ",
                  bs_arena_printf(&arena, "%s%s", phrase_place(&arena, &finding->anchor), in));
  bs_arena_fini(&arena);
}

static void write_heading(painter *p, const char *text, bool *written) {
  if (*written) return;
  paint(p, PAINT_HEADING, text);
  bs_strbuf_addc(p->out, '\n');
  *written = true;
}

static void write_fixed(painter *p, bs_arena *arena, const report_document *document,
                        const report_options *options) {
  bool heading = false;
  for (uint32_t i = 0; i < document->fixed.count; i++) {
    const report_finding *f = &document->fixed.items[i];
    if (!report_shows(f, options)) continue;
    write_heading(p, "Fixed:", &heading);
    const char *place = phrase_place(arena, &f->sink);
    paint_paragraph(p, 2, "- ", bs_arena_printf(arena, "%s: %s [%s]", place, f->message, f->rule));
  }
  if (heading) bs_strbuf_addc(p->out, '\n');
}

static void write_moved(painter *p, bs_arena *arena, const report_document *document) {
  bool heading = false;
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *f = &document->findings.items[i];
    if (!f->has_moved) continue;
    write_heading(p, "Moved:", &heading);
    const char *from =
        bs_arena_printf(arena, "%s in %s()", phrase_place(arena, &f->moved_from), f->moved_from.function);
    const char *to = bs_arena_printf(arena, "%s in %s()", phrase_place(arena, &f->sink), f->sink.function);
    paint_paragraph(p, 2, "- ",
                    bs_arena_printf(arena, "%s, from %s to %s [%s]", f->message, from, to, f->rule));
  }
  if (heading) bs_strbuf_addc(p->out, '\n');
}

void text_write_comparison(painter *p, const report_document *document, const report_options *options) {
  if (!document->is_comparison) return;
  unsigned new = 0, moved = 0;
  for (uint32_t i = 0; i < document->findings.count; i++) {
    new += report_shows(&document->findings.items[i], options);
    moved += document->findings.items[i].has_moved;
  }
  unsigned fixed = 0;
  for (uint32_t i = 0; i < document->fixed.count; i++)
    fixed += report_shows(&document->fixed.items[i], options);
  bs_arena arena = {0};
  const char *with = *document->compared_with ? document->compared_with : "before";
  paint_paragraph(p, 0, bs_arena_printf(&arena, "Compared with %s: ", with),
                  bs_arena_printf(&arena, "%u new, %u fixed, %u moved.", new, fixed, moved));
  bs_arena_fini(&arena);
}

void text_write_changes(painter *p, const report_document *document, const report_options *options) {
  if (!document->is_comparison) return;
  bs_arena arena = {0};
  write_moved(p, &arena, document);
  write_fixed(p, &arena, document, options);
  bs_arena_fini(&arena);
}
