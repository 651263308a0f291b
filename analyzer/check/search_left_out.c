/* What a search has left out, for the ledger: where a bound cut it short, and where callbacks were turned
 * away because others had come before. */
#include "analyzer/check/search_internal.h"

#include <stdlib.h>

/* Whether a sink's function can be reached from where the search was cut that it has not come to otherwise.
 * Contexts are left out: they could only close ways. */
static bool hides_sinks(search *s, const cut_short *cuts, uint32_t count) {
  bool *been = bs_calloc((size_t)s->c->p->functions.count + 1, sizeof *been), hides = false;
  BS_VEC(uint32_t) work = {0};
  for (uint32_t i = 0; i < s->states.count; i++) been[search_function_of(s, &s->states.items[i])] = true;
  for (uint32_t i = 0; i < count; i++)
    if (!been[cuts[i].function]) *bs_vec_push(&work) = cuts[i].function;
  while (work.count && !hides) {
    uint32_t f = work.items[--work.count];
    if (been[f]) continue;
    been[f] = true;
    hides = check_has_sinks(s->c, f);
    for (uint32_t i = s->spots.first_step[f]; i < s->spots.first_step[f + 1]; i++)
      *bs_vec_push(&work) = check_edge(s->c, s->spots.steps.items[i].edge)->callee;
  }
  bs_vec_fini(&work);
  free(been);
  s->steps += s->c->p->functions.count / 8;
  return hides;
}

static uint32_t count_entries(const search *s, const cut_short *cuts, uint32_t count) {
  bool *is_counted = bs_calloc(s->c->entries.count + 1, sizeof *is_counted);
  uint32_t entries = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t entry = s->sources.items[cuts[i].source].entry;
    entries += !is_counted[entry];
    is_counted[entry] = true;
  }
  free(is_counted);
  return entries;
}

void search_count_cuts(search *s) {
  for (int i = 0; i < SEARCH_LIMITS; i++) {
    uint32_t count = s->cut_at[i].count;
    if (!count || !s->found) continue;
    uint32_t entries = count_entries(s, s->cut_at[i].items, count);
    s->found->cut[i] += entries;
    if (i != LIMIT_WAYS && hides_sinks(s, s->cut_at[i].items, count)) s->found->hiding[i] += entries;
  }
}

/* Notes the functions that doors were shut of. */
void search_gather_crowded(search *s) {
  for (uint32_t i = 0; i < s->crowds.doors.count; i++)
    s->crowded[s->spots.all.items[i].function] |= s->crowds.doors.items[i].crowded;
}

/* Who was turned away at a function would have come to each sink behind it. */
static void spread_crowds(search *s) {
  BS_VEC(uint32_t) work = {0};
  for (uint32_t f = 0; f < s->c->p->functions.count; f++)
    if (s->crowded[f]) *bs_vec_push(&work) = f;
  while (work.count) {
    uint32_t f = work.items[--work.count];
    for (uint32_t i = s->spots.first_step[f]; i < s->spots.first_step[f + 1]; i++) {
      uint32_t callee = check_edge(s->c, s->spots.steps.items[i].edge)->callee;
      if (s->crowded[callee]) continue;
      s->crowded[callee] = true;
      *bs_vec_push(&work) = callee;
    }
  }
  bs_vec_fini(&work);
}

void search_note_crowds(search *s) {
  search_gather_crowded(s);
  if (s->together) spread_crowds(s);
  for (uint32_t i = 0; i < s->c->sinks.count; i++)
    s->found->crowded += s->crowded[s->c->p->calls.items[s->c->sinks.items[i].call].caller];
  s->found->joins_contexts = s->spots.is_full;
}
