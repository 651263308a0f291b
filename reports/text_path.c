/* One call path: who the loop calls, and for each further step why the callee is that function. */
#include "reports/text.h"

#include <string.h>

enum { SHORT_PATH = 8, FIRST_STEPS = 3, LAST_STEPS = 4, WIDEST_NAME = 44, WIDEST_PLACE = 48, NAMES = 3 };

typedef struct columns {
  unsigned name, place;
} columns;

static bool is_folded(uint32_t step, uint32_t count, bool full) {
  return !full && count > SHORT_PATH && step >= FIRST_STEPS && step < count - LAST_STEPS;
}

static columns measure(bs_arena *arena, const report_entry *entry, bool full) {
  columns widest = {0, 0};
  for (uint32_t i = 0; i < entry->path.count; i++) {
    if (is_folded(i, entry->path.count, full)) continue;
    const report_place *place = &entry->path.items[i]->place;
    unsigned name = paint_columns(place->function), where = paint_columns(phrase_place(arena, place));
    if (name > widest.name) widest.name = name;
    if (where > widest.place) widest.place = where;
  }
  if (widest.name > WIDEST_NAME) widest.name = WIDEST_NAME;
  if (widest.place > WIDEST_PLACE) widest.place = WIDEST_PLACE;
  return widest;
}

static void pad_to(painter *p, unsigned used, unsigned width) {
  paint_pad(p, (used < width ? width - used : 0) + 2);
}

/* A step is one line; on a narrow terminal the reason gets a line of its own. */
static void write_step(painter *p, unsigned number, const char *name, const char *where, const char *reason,
                       columns widest) {
  paintf(p, PAINT_DIM, "%5u. ", number);
  paint(p, PAINT_BOLD, name);
  pad_to(p, paint_columns(name), widest.name);
  paint(p, PAINT_NONE, where);
  if (!*reason) {
    bs_strbuf_addc(p->out, '\n');
    return;
  }
  if (p->width && 7 + widest.name + 2 + widest.place + 2 + paint_columns(reason) > p->width) {
    bs_strbuf_addc(p->out, '\n');
    paint_colored_paragraph(p, 9, PAINT_NONE, "", PAINT_DIM, reason);
    return;
  }
  pad_to(p, paint_columns(where), widest.place);
  paint(p, PAINT_DIM, reason);
  bs_strbuf_addc(p->out, '\n');
}

static void write_fold(painter *p, uint32_t count, const char *function) {
  paintf(p, PAINT_DIM, "       ... %u more steps; --full-paths or `blockscan why %s` shows them", count,
         function);
  bs_strbuf_addc(p->out, '\n');
}

/* A recording shows who called whom, not how. */
static const char *reason_of(bs_arena *arena, const report_finding *finding, const report_step *caller) {
  bool seen = finding->runtime.verdict == REPORT_RUNTIME_ONLY && caller->how == REPORT_DIRECT;
  return seen ? "" : phrase_reason(arena, caller);
}

static void write_steps(painter *p, bs_arena *arena, const report_finding *finding, bool full) {
  const report_entry *entry = &finding->entries.items[0];
  uint32_t count = entry->path.count;
  columns widest = measure(arena, entry, full);
  for (uint32_t i = 0; i < count; i++) {
    if (is_folded(i, count, full)) {
      if (i == FIRST_STEPS) write_fold(p, count - FIRST_STEPS - LAST_STEPS, finding->sink.function);
      continue;
    }
    const report_step *step = entry->path.items[i];
    const char *reason =
        i ? reason_of(arena, finding, entry->path.items[i - 1]) : phrase_registration(arena, entry);
    write_step(p, i + 1, step->place.function, phrase_place(arena, &step->place), reason, widest);
  }
  const report_step *last = count ? entry->path.items[count - 1] : NULL;
  if (last && last->how != REPORT_DIRECT)
    write_step(p, count + 1, finding->api, "", phrase_reason(arena, last), (columns){widest.name, 0});
}

/* "12 more callbacks reach it: a, b, c and 9 others" */
static void write_other_entries(painter *p, bs_arena *arena, const report_finding *finding) {
  BS_VEC(const char *) others = {0};
  for (uint32_t i = 1; i < finding->entries.count; i++)
    if (!phrase_is_repeated(finding, i)) *bs_vec_push(&others) = finding->entries.items[i].function;
  bs_strbuf names = BS_STRBUF_INIT;
  uint32_t named = others.count <= NAMES + 1 ? others.count : NAMES;
  for (uint32_t i = 0; i < named; i++) {
    const char *separator = !i ? "" : i + 1 == others.count ? " and " : ", ";
    bs_strbuf_addf(&names, "%s%s", separator, others.items[i]);
  }
  if (named < others.count) bs_strbuf_addf(&names, " and %u others", others.count - named);
  const char *label = bs_arena_printf(
      arena,
      "%s: ", phrase_count(arena, others.count, "more callback reaches it", "more callbacks reach it"));
  if (others.count) paint_paragraph(p, 2, label, names.text);
  bs_strbuf_fini(&names);
  bs_vec_fini(&others);
}

void text_write_path(painter *p, const report_finding *finding, bool full) {
  if (!finding->entries.count) return;
  bs_arena arena = {0};
  const report_entry *entry = &finding->entries.items[0];
  if (finding->runtime.verdict == REPORT_RUNTIME_ONLY)
    paintf(p, PAINT_DIM, "  from %s, as it was seen:", phrase_loop(&arena, entry));
  else
    paintf(p, PAINT_DIM, "  from %s, %s:", phrase_loop(&arena, entry),
           rule_confidence_names[entry->confidence]);
  bs_strbuf_addc(p->out, '\n');
  if (entry->path.count) {
    write_steps(p, &arena, finding, full);
  } else {
    const char *where =
        entry->line ? bs_arena_printf(&arena, "%s:%u", entry->file, entry->line) : entry->file;
    write_step(p, 1, entry->function, where, phrase_registration(&arena, entry), (columns){0, 0});
  }
  write_other_entries(p, &arena, finding);
  bs_arena_fini(&arena);
}
