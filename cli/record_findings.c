/* The findings of a recording alone: what held its loops, by API and place. It is a join with no source: each
 * is runtime-only. */
#include "cli/record.h"

#include "base/hash.h"
#include "base/map.h"
#include "evidence/join.h"

typedef struct joined {
  const verdict *v;
  report_document *document;
  join *join;
  bs_map places; /* of a stack and an API */
  BS_VEC(join_part) parts;
} joined;

static uint32_t place_of(joined *g, uint32_t index, uint32_t hook) {
  uint32_t known;
  uint64_t key = bs_map_key(index, hook);
  if (bs_map_find(&g->places, key, &known)) return known - 1;
  const named_stack *s = &g->v->stacks.items[index];
  report_frame *frames = bs_arena_alloc(&g->document->arena, (s->frames.count + 1) * sizeof *frames);
  for (uint32_t i = 0; i < s->frames.count; i++) frames[i] = record_frame(g->v, &s->frames.items[i]);
  const join_stack of = {frames, s->frames.count, s->callback, s->culprit,
                         g->v->recording->stacks.items[index].running};
  bool in_call = hook != NO_INDEX;
  uint32_t place =
      join_place(g->join, &of, in_call ? hook_name(hook) : NULL, in_call ? hook_rule(hook) : NULL);
  bs_map_set(&g->places, key, place + 1);
  return place;
}

static void add_place(joined *g, const called_place *from) {
  const recorded_site *site = &g->v->recording->sites.items[from->site];
  if (site->stack == NO_INDEX) return;
  durations d = {0};
  durations_add_totals(&d, from->count, from->total_ns, from->max_ns);
  for (uint32_t i = 0; i + 1 < LAYOUT_CALL_BUCKETS; i++)
    if (from->histogram[i])
      durations_add_bucket(&d, layout_call_bucket_ns(i), layout_call_bucket_ns(i + 1), from->histogram[i]);
  join_call(g->join, place_of(g, site->stack, site->hook), &d);
  durations_fini(&d);
}

static void add_stall(joined *g, const recorded_stall *stall) {
  const recorded_loop *l = &g->v->recording->loops.items[stall->loop];
  g->parts.count = 0;
  for (uint32_t i = 0; i < stall->samples.count; i++) {
    const recorded_sample *sample = &stall->samples.items[i];
    *bs_vec_push(&g->parts) = (join_part){sample->at, place_of(g, sample->stack, stall->hook)};
  }
  const join_stall told = {.duration_ns = stall->duration,
                           .kind = stall_kind_names[stall->kind],
                           .loop = *l->library ? l->library : NULL,
                           .parts = g->parts.items,
                           .nparts = g->parts.count};
  join_stall_at(g->join, &told);
}

/* Without the rules' folder the findings have no category and no advice. */
static void load_rules(rule_set *rules) {
  bs_arena arena = {0};
  bs_error none = BS_ERROR_INIT;
  rule_set_init(rules);
  const char *folder = rule_set_find_folder(&arena, &none);
  if (folder) rule_set_load_folder(rules, folder, &none);
  rule_set_index(rules);
  bs_error_fini(&none);
  bs_arena_fini(&arena);
}

static void keep_texts(report_document *document) {
  bs_arena *arena = &document->arena;
  for (uint32_t i = 0; i < document->findings.count; i++) {
    report_finding *f = &document->findings.items[i];
    f->rule = bs_arena_strdup(arena, f->rule);
    f->advice = bs_arena_strdup(arena, f->advice);
    f->manual = bs_arena_strdup(arena, f->manual);
    f->runtime.missed = NULL; /* nobody has scanned */
  }
}

void record_findings(const verdict *v, report_document *document) {
  rule_set rules;
  place_list places = {0};
  load_rules(&rules);
  joined g = {.v = v, .document = document, .join = join_new(document, &(join_options){.rules = &rules})};
  uint32_t notes = document->notes.count;
  join_begin(g.join, v->recording->options.threshold_ns);
  places_make(v, true, &places);
  for (uint32_t i = 0; i < places.count; i++) add_place(&g, &places.items[i]);
  for (uint32_t i = 0; i < v->recording->stalls.count; i++)
    if (!v->recording->stalls.items[i].dropped) add_stall(&g, &v->recording->stalls.items[i]);
  join_finish(g.join);
  document->notes.count = notes; /* they compare with a scan */
  keep_texts(document);
  join_free(g.join);
  bs_vec_fini(&places);
  bs_vec_fini(&g.parts);
  bs_map_fini(&g.places);
  rule_set_fini(&rules);
}
