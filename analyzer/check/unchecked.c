/* What no callback reaches, and callbacks whose code is not there: a report without findings says nothing of
 * either. */
#include "analyzer/check/internal.h"
#include "reports/model/completeness.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_NAMED = 3 };

/* Whether the project declares it and nobody says what it does. Its code is then missing, while that of a
 * library is not expected. */
static bool should_be_here(const checker *c, uint32_t function) {
  const program_function *f = &c->p->functions.items[function];
  const char *file = program_text(c->p, f->declared.file);
  if (f->defined || f->flags & (FACTS_FUNCTION_SYSTEM | FACTS_FUNCTION_WEAK)) return false;
  if (c->function_rows[function] || c->function_rules[function] || c->is_skipped[function]) return false;
  return *file && *file != '/' && strncmp(file, "../", 3) != 0;
}

void unchecked_note(checker *c, uint32_t function, program_place registered) {
  for (uint32_t i = 0; i < c->missing.count; i++)
    if (c->missing.items[i].function == function) return;
  if (should_be_here(c, function)) *bs_vec_push(&c->missing) = (missing_callback){function, registered};
}

static void report_missing(document_filler *filler) {
  const checker *c = filler->c;
  report_document *d = filler->document;
  uint32_t count = c->missing.count;
  bs_strbuf names = BS_STRBUF_INIT;
  for (uint32_t i = 0; i < count && i < MOST_NAMED; i++) {
    const missing_callback *m = &c->missing.items[i];
    bs_strbuf_addf(&names, "%s%s", i ? ", " : "",
                   program_text(c->p, c->p->functions.items[m->function].name));
    if (m->registered.line)
      bs_strbuf_addf(&names, " (registered at %s:%u)", program_text(c->p, m->registered.file),
                     m->registered.line);
  }
  if (count > MOST_NAMED) bs_strbuf_addf(&names, " and %u more", count - MOST_NAMED);
  if (count)
    report_add_gap(d, "lost-input",
                   bs_arena_printf(&d->arena, "the code of %u callback%s is in no unit: %s", count,
                                   count == 1 ? "" : "s", names.text))
        ->hint = "Make the compile database again with the files that define them; a callback that is known "
                 "not to block can be named under `startup` in .blockscan.yaml";
  bs_strbuf_fini(&names);
}

/* The files of units that hold functions, and whether a callback reaches one of them. */
typedef struct unit_file {
  program_str file;
  bool has_code, is_reached;
} unit_file;

static void add_unreached(document_filler *filler, const unit_file *files, uint32_t count) {
  report_document *d = filler->document;
  bs_strbuf names = BS_STRBUF_INIT;
  uint32_t all = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (!files[i].has_code || files[i].is_reached) continue;
    const char *file = filler_string(filler, files[i].file);
    *bs_vec_push(&d->unreached_units) = file;
    if (all++ < MOST_NAMED) bs_strbuf_addf(&names, "%s%s", all > 1 ? ", " : "", file);
  }
  if (all > MOST_NAMED) bs_strbuf_addf(&names, " and %u more", all - MOST_NAMED);
  if (all)
    *bs_vec_push(&d->notes) = bs_arena_printf(
        &d->arena, "%u of %u units %s nothing that a callback reaches, so nothing in %s was checked: %s", all,
        d->units, all == 1 ? "holds" : "hold", all == 1 ? "it" : "them", names.text);
  bs_strbuf_fini(&names);
}

static void report_unreached(document_filler *filler) {
  const checker *c = filler->c;
  const program *p = c->p;
  bool *reached = bs_calloc((size_t)p->functions.count + 1, sizeof *reached);
  unit_file *files = bs_calloc((size_t)p->units.count + 1, sizeof *files);
  bs_map ids = {0};
  uint32_t count = 0;
  search_reachable(c, reached);
  for (uint32_t i = 0; i < p->units.count; i++) {
    bool fresh;
    bs_map_add(&ids, p->units.items[i].file, count, &fresh);
    if (fresh) files[count++].file = p->units.items[i].file;
  }
  for (uint32_t f = 0; f < p->functions.count; f++) {
    uint32_t id;
    if (!p->functions.items[f].defined || !bs_map_find(&ids, p->functions.items[f].place.file, &id)) continue;
    files[id].has_code = true;
    files[id].is_reached |= reached[f];
  }
  add_unreached(filler, files, count);
  bs_map_fini(&ids);
  free(files);
  free(reached);
}

void unchecked_report(document_filler *filler) {
  report_missing(filler);
  if (filler->c->entries.count) report_unreached(filler); /* without one nothing was checked at all */
}
