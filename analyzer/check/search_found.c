/* What a search tells of a sink that it comes to: whether it lies on the way, and the ways there that are
 * kept. */
#include "analyzer/check/search_internal.h"

#include "base/hash.h"

enum { MAX_WAYS = 8, WAYS_UNIT = 256 }; /* further ways into a sink's function that are kept for one entry */

uint32_t *search_copy_edges(const search *s, bs_arena *arena, uint32_t id, uint32_t *count) {
  *count = s->states.items[id].depth;
  uint32_t *edges = bs_arena_alloc(arena, (*count + 1) * sizeof *edges), n = *count;
  for (; n && s->states.items[id].edge != PROGRAM_NONE; id = s->states.items[id].parent)
    edges[--n] = s->states.items[id].edge;
  return edges;
}

static uint32_t suppression_of(const search *s, const hit *h, const char *name) {
  const checker *c = s->c;
  if (!c->p->suppressions.count) return 0;
  uint32_t found = suppressed_by(c, c->p->calls.items[c->sinks.items[h->sink].call].place, name);
  for (uint32_t i = 0; i < h->nedges && !found; i++)
    found = suppressed_by(c, c->p->calls.items[check_edge(c, h->edges[i])->call].place, name);
  const entry_point *e = &c->entries.items[h->entry];
  if (!found && e->has_registered) found = suppressed_by(c, e->registered, name);
  return found;
}

static hit *record(search *s, uint32_t id, uint32_t sink_id, const rule *r, int strength, bool another) {
  const state *at = &s->states.items[id];
  hit *h = bs_vec_push(&s->found->hits);
  h->sink = sink_id;
  h->entry = s->sources.items[at->source].entry;
  h->rule = r;
  h->strength = (uint8_t)strength;
  h->another = another;
  h->programs = at->programs;
  h->edges = search_copy_edges(s, &s->found->arena, id, &h->nedges);
  h->suppression = suppression_of(s, h, r ? r->id : "attribute.blocking");
  return h;
}

/* A sink is recorded once for each way into its function: who calls a wrapper matters as much as that it
 * blocks. */
static bool seen_before(search *s, uint32_t sink_id, const state *at, int strength) {
  uint64_t by = 2 * (uint64_t)s->sources.items[at->source].seen;
  uint64_t of_sink = bs_hash_mix(bs_map_key(sink_id, 0), by);
  uint64_t of_way = bs_hash_mix(bs_map_key(sink_id, at->edge), by + 1);
  uint32_t seen;
  if (!bs_map_find(&s->sink_seen, of_sink, &seen)) {
    bs_map_set(&s->sink_seen, of_sink, (uint32_t)strength * WAYS_UNIT);
    bs_map_set(&s->sink_seen, of_way, 1);
    return false;
  }
  bool fresh, stronger = seen / WAYS_UNIT < (uint32_t)strength;
  bs_map_add(&s->sink_seen, of_way, 1, &fresh);
  if (!stronger && (!fresh || seen % WAYS_UNIT >= MAX_WAYS)) return true;
  bs_map_set(&s->sink_seen, of_sink, stronger ? (uint32_t)strength * WAYS_UNIT : seen + 1);
  return false;
}

/* What is told of a process that is about to end: who waits for its end waits that much longer. */
static bool waits_long(const rule *r) {
  return r && r->severity > RULE_NOTE &&
         (r->category == RULE_SLEEP || r->category == RULE_NETWORK || r->category == RULE_DNS ||
          r->category == RULE_PROCESS);
}

/* A callback that ends the process: nobody is served behind it. */
static bool is_last(const search *s, const state *at) {
  const entry_point *e = search_entry_of(s, at);
  return !e->cycle && s->c->p->functions.items[e->function].flags & FACTS_FUNCTION_NORETURN;
}

/* Whether a sink lies on a way at all, whatever it does. */
static bool is_on_way(const search *s, const state *at, uint32_t sink_id) {
  const checker *c = s->c;
  uint32_t call = c->sinks.items[sink_id].call;
  if (program_set_meet(c->p, at->programs, c->p->calls.items[call].programs) == PROGRAM_NOWHERE) return false;
  if (at->on_chain && c->is_loop_wait[call]) return false;
  return check_in_cycle(c->p, call, s->spots.all.items[at->spot].cycle);
}

void search_try_sinks(search *s, uint32_t id, bool another) {
  const checker *c = s->c;
  const state at = s->states.items[id];
  const uint32_t function = search_function_of(s, &at), context = s->spots.all.items[at.spot].context;
  if (s->changes && !at.is_new) return;
  for (uint32_t i = c->first_sink[function]; i < c->first_sink[function + 1]; i++) {
    bool ends = at.ending || c->p->calls.items[c->sinks.items[i].call].flags & FACTS_CALL_BEFORE_EXIT;
    if (!is_on_way(s, &at, i)) continue;
    const judgement v =
        judge_sink(&s->judge, &(meeting){.sink = i,
                                         .context = context,
                                         .depth = at.depth,
                                         .strength = at.strength,
                                         .made_blocking = at.made_blocking,
                                         .is_io = search_entry_of(s, &at)->role == RULE_ROLE_IO});
    if (ends && !waits_long(v.rule)) continue; /* last words */
    if (v.strength < 0 || (another && v.rule && v.rule->severity == RULE_NOTE) ||
        seen_before(s, i, &at, v.strength))
      continue;
    hit *h = record(s, id, i, v.rule, v.strength, another);
    h->undecided = v.undecided;
    h->ends = ends || is_last(s, &at);
    h->once = at.once || once_runs(c, c->sinks.items[i].call);
    h->cut = v.cut;
    h->measured = v.measured;
    h->severity = v.severity;
    h->latency = v.latency;
    h->bound = v.bound;
  }
}
