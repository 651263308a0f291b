/* From each entry point to each sink: the surest path first, then the shortest.
 *
 * A state is a function in a calling context (a spot), and how it was come to. States are taken in the order
 * (strength, length), so that the first arrival is the best one. An entry that only dispatches (it calls
 * through a pointer at once: a connection's read handler) is split: each target is searched on its own, so
 * that a report names each way and not only the best.
 *
 * What a spot allows is worked out once (search_spots.c), and so is what is said of a sink (search_judge.c);
 * search_found.c records it, and search_left_out.c counts what a bound kept the search from.
 * Entries are gone through one by one as long as that takes few steps. In a program where many callbacks
 * reach everything it does not: then all set out at once, and a spot is gone through for the CROWD that come
 * first and no others. Whoever is among the first at a sink is among the first at each spot on its way, so
 * the surest and nearest callbacks of each sink are told, and the work grows with the program alone.
 */
#include "analyzer/check/search_internal.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_STATES = 200000, SPLIT_DEPTH = 2, SPLIT_BUDGET = 1500 };
enum { BLOCKING_STEPS = 3, SINKS_KEPT = 1000 };
enum {
  APART_STEPS = 30000000, /* this many steps are taken before all set out at once */
  APART_SAMPLE = 8 /* of which one in so many tells whether they are going to be enough */
};

/* What is new and what is old go their ways apart, and so do those into a new function from different
 * callers. */
static uint32_t mark_among_changes(search *s, const state *at) {
  const spot *x = &s->spots.all.items[at->spot];
  bool new_function = changes_is_new_function(s->changes, x->function);
  uint64_t key =
      bs_hash_mix(bs_map_key(x->function, x->context),
                  16u * at->ending + 8u * at->once + 4u * at->on_chain + 2u * at->made_blocking + at->is_new);
  if (new_function) key = bs_hash_mix(key, at->base + UINT64_C(1));
  uint32_t i = bs_map_add(&s->change_marks, key, s->marks.count, NULL);
  if (i == s->marks.count) bs_vec_push(&s->marks);
  return i;
}

static enum search_mode mode_of(const state *at) {
  return at->ending          ? MODE_ENDING
         : at->on_chain      ? MODE_CHAIN
         : at->once          ? MODE_ONCE
         : at->made_blocking ? MODE_BLOCKING
                             : MODE_PLAIN;
}

/* The number of a spot and a mode among all. */
static uint32_t place_of(const search *s, const state *at) {
  return s->spots.all.items[at->spot].marks * MODES + mode_of(at);
}

static crowd *crowd_of(search *s, const state *at) {
  if (s->changes) return crowds_at(&s->crowds, mark_among_changes(s, at), MODE_PLAIN);
  return crowds_at(&s->crowds, s->spots.all.items[at->spot].marks, mode_of(at));
}

/* The mark of a state, or NULL when its source has none there. */
static mark *find_mark(search *s, const state *at) {
  uint32_t place = s->changes ? mark_among_changes(s, at) : place_of(s, at);
  if (place >= s->marks.count) return NULL;
  mark *m = &s->marks.items[place];
  return m->source == at->source ? m : NULL;
}

static mark *add_mark(search *s, const state *at) {
  uint32_t place = s->changes ? mark_among_changes(s, at) : place_of(s, at);
  while (s->marks.count <= place) bs_vec_push(&s->marks);
  return &s->marks.items[place];
}

static bool is_within(const search *s, program_set some, program_set all) {
  return some == all || program_set_meet(s->c->p, some, all) == some;
}

static stamp stamp_of(uint32_t of, uint32_t bucket) {
  return (of % STAMP_SOURCES + 1) << STAMP_BUCKET_BITS | bucket;
}

static void set_stamp(search *s, const state *at, uint32_t bucket) {
  uint32_t id = s->spots.all.items[at->spot].marks;
  if (s->changes || mode_of(at) != MODE_PLAIN) return;
  while (s->stamps.count <= id) bs_vec_push(&s->stamps);
  s->stamps.items[id] = stamp_of(at->source, bucket);
}

/* Whether the source of a state that goes over an arc in the plain mode has come behind it already, in this
 * bucket or before, or would come there as one of too many. */
static bool leads_back(search *s, const state *at, uint32_t to, uint32_t bucket) {
  if (s->together) return crowds_turn_away(&s->crowds, to, bucket);
  if (to >= s->stamps.count) return false;
  stamp first = stamp_of(at->source, 0), there = s->stamps.items[to];
  return there >= first && there <= first + bucket &&
         is_within(s, at->programs, s->marks.items[to * MODES].asked);
}

static uint32_t bucket_of(const state *at) {
  return (PROGRAM_CERTAIN - at->strength) * (MAX_DEPTH + 1u) + at->depth;
}

static void queue_state(search *s, const state *next, uint32_t bucket) {
  *bs_vec_push(&s->bucket[bucket]) = s->states.count;
  *bs_vec_push(&s->states) = *next;
}

/* When all set out at once. */
static void push_in_crowd(search *s, const state *next, uint32_t bucket) {
  const spot *to = &s->spots.all.items[next->spot];
  uint32_t function = to->function;
  bool has_sinks = to->has_sinks;
  crowd *x = crowd_of(s, next);
  if (!has_sinks && crowds_is_full(&s->crowds, x, bucket)) {
    s->crowded[function] = true;
    return;
  }
  uint32_t i = crowd_find(x, next->source);
  if (i < CROWD && x->bucket[i] <= bucket && crowds_has_asked(&s->crowds, x, i, next->programs)) {
    if (!s->found || !has_sinks || next->depth > MAX_DEPTH) return;
    if (x->ways < CROWD) { /* one of few further ways */
      x->ways++;
      queue_state(s, next, bucket);
    } else {
      s->crowded[function] = true;
    }
    return;
  }
  if (next->depth > MAX_DEPTH) {
    *bs_vec_push(&s->cut_at[LIMIT_DEPTH]) = (cut_short){function, next->source};
    return;
  }
  if (crowds_join(&s->crowds, x, i, next->source, bucket, next->programs))
    queue_state(s, next, bucket);
  else
    s->crowded[function] = true;
  if (!s->changes) crowds_set_door(&s->crowds, s->spots.all.items[next->spot].marks, mode_of(next));
}

static void push_state(search *s, const state *next) {
  uint32_t function = search_function_of(s, next), bucket = bucket_of(next);
  bool deep = next->depth > MAX_DEPTH;
  if (s->may_turn && !next->is_new && !s->may_turn[function]) return;
  if (s->together) {
    push_in_crowd(s, next, bucket);
    return;
  }
  if (s->bound && next->depth + s->bound[function] > s->most_steps) return;
  mark *known = find_mark(s, next);
  bool earlier = known && known->bucket <= bucket && is_within(s, next->programs, known->asked);
  if (earlier) { /* a second way in adds nothing but to a sink */
    if (s->found && s->spots.all.items[next->spot].has_sinks && !deep) queue_state(s, next, bucket);
    return;
  }
  if (deep || (!s->as_one && s->states.count - s->first_of_run >= MAX_STATES)) {
    *bs_vec_push(&s->cut_at[deep ? LIMIT_DEPTH : LIMIT_STATES]) = (cut_short){function, next->source};
    return;
  }
  program_set asked = known ? known->asked : PROGRAM_NOWHERE, done = known ? known->done : PROGRAM_NOWHERE;
  mark *m = known ? known : add_mark(s, next);
  *m = (mark){next->source, bucket, program_set_join(s->c->p, asked, next->programs), done};
  set_stamp(s, next, bucket);
  queue_state(s, next, bucket);
}

static bool stays_on_chain(const state *at, const arc *over) {
  return (at->on_chain && over->flags & ARC_CHAIN) || over->flags & ARC_TURN;
}

/* The state behind an arc. */
static state step_over(const search *s, uint32_t from, const arc *over) {
  const state at = s->states.items[from];
  uint8_t left = at.blocking_steps ? at.blocking_steps - 1 : 0;
  uint8_t steps = over->flags & ARC_BLOCKING ? BLOCKING_STEPS : left;
  uint32_t base = at.base;
  bool is_new = s->changes && changes_step(s->changes, &base, s->spots.all.items[over->to].function);
  return (state){.spot = over->to,
                 .parent = from,
                 .edge = over->edge,
                 .source = at.source,
                 .base = base,
                 .programs = program_set_meet(s->c->p, at.programs, over->programs),
                 .strength = over->strength < at.strength ? over->strength : at.strength,
                 .depth = at.depth + 1,
                 .blocking_steps = steps,
                 .ending = over->flags & ARC_ENDS,
                 .once = at.once || once_runs(s->c, check_edge(s->c, over->edge)->call),
                 .on_chain = stays_on_chain(&at, over),
                 .made_blocking = steps > 0,
                 .is_new = at.is_new || is_new};
}

static bool pop_state(search *s, uint32_t *id) {
  for (; s->current < BUCKETS; s->current++, s->head = 0) {
    if (s->head == s->bucket[s->current].count) {
      s->bucket[s->current].count = 0; /* later ones go further on */
      continue;
    }
    *id = s->bucket[s->current].items[s->head++];
    return true;
  }
  return false;
}

/* What was gone through once is not gone through again for a mode that a longer way sets. */
static bool was_taken(search *s, const state *at, const arc *over, program_set programs) {
  const spot *to = &s->spots.all.items[over->to];
  if (to->context || at->made_blocking || at->once || s->changes || over->flags & (ARC_SINKS | ARC_ENDS) ||
      stays_on_chain(at, over))
    return false;
  if (s->together) {
    const crowd *x = crowds_at(&s->crowds, over->to, MODE_PLAIN);
    uint32_t i = crowd_find(x, at->source);
    return i < CROWD && crowds_was_taken(&s->crowds, x, i, programs);
  }
  const mark *known = find_mark(s, &(state){.spot = over->to, .source = at->source});
  return known && known->done != PROGRAM_NOWHERE && is_within(s, programs, known->done);
}

static bool is_cut_by_comment(search *s, const arc *over) {
  if (!(over->flags & ARC_COMMENT)) return false;
  program *p = s->c->p;
  uint32_t cut =
      suppressed_by(s->c, p->calls.items[check_edge(s->c, over->edge)->call].place, s->judge.only_rule);
  if (cut) p->suppressions.items[cut - 1].used = true;
  return cut;
}

static void follow(search *s, uint32_t id, const state *at, uint32_t arc_id) {
  const arc *over = &s->spots.arcs.items[arc_id];
  program_set programs = program_set_meet(s->c->p, at->programs, over->programs);
  if (programs == PROGRAM_NOWHERE || is_cut_by_comment(s, over)) return;
  bool splits = s->splits && over->flags & ARC_SPLITS && at->depth < SPLIT_DEPTH;
  if ((splits || over->flags & ARC_BLOCKING) && was_taken(s, at, over, programs)) return;
  if (splits) {
    s->sources.items[at->source].branches++;
    *bs_vec_push(&s->branches) = (branch){id, arc_id};
    return;
  }
  const state next = step_over(s, id, over);
  push_state(s, &next);
}

/* Whether what lies behind an arc can be told from its spot, the strength of the way there and its length. */
static bool is_plain(const search *s, const state *at, const arc *over) {
  int told = ARC_ENDS | ARC_TURN | ARC_BLOCKING | ARC_COMMENT;
  if (s->found) told |= ARC_SINKS;
  if (s->splits && at->depth < SPLIT_DEPTH) told |= ARC_SPLITS;
  return !(over->flags & told) && !at->on_chain && !at->once && at->blocking_steps <= 1 && !s->changes &&
         !once_runs(s->c, check_edge(s->c, over->edge)->call);
}

static uint32_t bucket_behind(const state *at, const arc *over) {
  uint8_t strength = over->strength < at->strength ? over->strength : at->strength;
  return (PROGRAM_CERTAIN - strength) * (MAX_DEPTH + 1u) + at->depth + 1;
}

static void expand(search *s, uint32_t id, const state *at) {
  if (at->ending) return;
  spots_expand(&s->spots, at->spot);
  const spot from = s->spots.all.items[at->spot];
  for (uint32_t i = from.first_arc; i < from.first_arc + from.narcs; i++) {
    const arc *over = &s->spots.arcs.items[i];
    if (is_plain(s, at, over) && leads_back(s, at, over->to, bucket_behind(at, over))) continue;
    follow(s, id, at, i);
  }
  s->steps += from.narcs + 1;
}

enum visit { VISIT_NONE, VISIT_FIRST, VISIT_AGAIN };

static enum visit visit_in_crowd(search *s, const state *at) {
  crowd *x = crowd_of(s, at);
  uint32_t i = crowd_find(x, at->source);
  if (i < CROWD) return crowds_take(&s->crowds, x, i, at->programs) ? VISIT_FIRST : VISIT_AGAIN;
  s->crowded[search_function_of(s, at)] = true; /* better ones have taken its place */
  return VISIT_NONE;
}

static enum visit visit(search *s, const state *at) {
  if (s->together) return visit_in_crowd(s, at);
  mark *m = find_mark(s, at);
  if (!m) return VISIT_NONE;
  bool first = !is_within(s, at->programs, m->done);
  m->done = program_set_join(s->c->p, m->done, at->programs);
  return first ? VISIT_FIRST : VISIT_AGAIN;
}

static void reach_function(search *s, uint32_t id, const state *at) {
  uint32_t function = search_function_of(s, at), entry = s->sources.items[at->source].entry, n;
  if (!s->wanted[function] || s->is_told[entry]) return;
  /* a surer way may be longer */
  if (s->bound && at->strength < s->c->entries.items[entry].strength) return;
  s->is_told[entry] = true;
  bs_arena arena = {0};
  uint32_t *edges = search_copy_edges(s, &arena, id, &n);
  s->reached(s->context, entry, function, at->strength, edges, n);
  bs_arena_fini(&arena);
}

/* Whether entries are gone through one by one and it takes too long, or is going to: no report needs each way
 * of each of so many. */
static bool takes_too_long(const search *s) {
  uint64_t max = s->c->options.max_apart ? s->c->options.max_apart : APART_STEPS;
  uint32_t count = s->c->entries.count;
  if (s->together || s->as_one || count <= CROWD || s->steps <= max / APART_SAMPLE) return false;
  return s->steps > max || s->steps * count > (max + max / 2) * s->under_way;
}

static void take_state(search *s, uint32_t id) {
  const state at = s->states.items[id];
  if (s->reached && s->is_told[s->sources.items[at.source].entry]) return;
  enum visit v = visit(s, &at);
  if (v == VISIT_NONE) return;
  if (s->found && s->spots.all.items[at.spot].has_sinks) search_try_sinks(s, id, v == VISIT_AGAIN);
  if (v == VISIT_AGAIN) return;
  if (s->been) s->been[search_function_of(s, &at)] = true;
  if (s->reached) reach_function(s, id, &at);
  expand(s, id, &at);
}

/* The states that are taken next lie all over memory: what is asked of them is fetched while others are
 * looked at. The nearer a state, the more of it is there to fetch the next from. */
enum { AHEAD_SPOT = 16, AHEAD_ARCS = 12, AHEAD_DOORS = 8, AHEAD_CROWDS = 4 };

static const spot *spot_ahead(const search *s, uint32_t ahead) {
  if (s->head + ahead >= s->bucket[s->current].count) return NULL;
  const state *at = &s->states.items[s->bucket[s->current].items[s->head + ahead]];
  return &s->spots.all.items[at->spot];
}

static void fetch_ahead(const search *s) {
  const spot *x = spot_ahead(s, AHEAD_SPOT);
  if (!x) return;
  __builtin_prefetch(x);
  crowds_fetch(&s->crowds, (uint32_t)(x - s->spots.all.items));
  const spot *y = spot_ahead(s, AHEAD_ARCS), *z = spot_ahead(s, AHEAD_DOORS),
             *w = spot_ahead(s, AHEAD_CROWDS);
  __builtin_prefetch(&s->spots.arcs.items[y->first_arc]);
  __builtin_prefetch(&s->spots.arcs.items[y->first_arc] + 4);
  for (uint32_t i = z->first_arc; i < z->first_arc + z->narcs; i++)
    crowds_fetch_door(&s->crowds, s->spots.arcs.items[i].to);
  for (uint32_t i = w->first_arc; i < w->first_arc + w->narcs; i++) {
    uint32_t to = s->spots.arcs.items[i].to;
    if (!crowds_is_open(&s->crowds, to)) continue;
    crowds_fetch(&s->crowds, to);
    __builtin_prefetch(&s->spots.all.items[to]);
  }
}

static void run(search *s) {
  uint32_t id;
  while (!takes_too_long(s) && pop_state(s, &id)) {
    if (s->together) fetch_ahead(s);
    take_state(s, id);
  }
}

/* Forgets where the search has been, not what it found. */
static void restart(search *s) {
  for (int i = 0; i < BUCKETS; i++) s->bucket[i].count = 0;
  s->current = s->head = 0;
  s->first_of_run = s->states.count;
  crowds_restart(&s->crowds);
}

static uint32_t add_source(search *s, uint32_t entry, uint32_t seen) {
  uint32_t id = s->sources.count;
  if (id % STAMP_SOURCES == 0) s->stamps.count = 0; /* their numbers begin again */
  *bs_vec_push(&s->sources) = (source){.entry = entry, .seen = seen == PROGRAM_NONE ? id : seen};
  return id;
}

static void set_out(search *s, uint32_t entry, uint32_t of) {
  const entry_point *e = &s->c->entries.items[entry];
  uint32_t context = e->cycle ? 0 : contexts_of_handler(s->c, e->function);
  state root = {.spot = spots_add(&s->spots, e->function, context, e->cycle),
                .edge = PROGRAM_NONE,
                .source = of,
                .strength = e->strength,
                .on_chain = e->cycle != 0,
                .programs = e->programs};
  if (s->changes) {
    root.base = changes_loop(s->changes, entry);
    root.is_new = changes_step(s->changes, &root.base, e->function);
  }
  push_state(s, &root);
}

static void set_out_on_branch(search *s, branch b) {
  const arc over = s->spots.arcs.items[b.arc];
  state root = step_over(s, b.state, &over);
  root.source = add_source(s, s->sources.items[root.source].entry, PROGRAM_NONE);
  push_state(s, &root); /* the same sink by another way is worth naming */
}

/* The second part: the branches of each source that has not too many of them; the others set out again and
 * do not split. */
static void search_branches(search *s, uint32_t first_source, uint32_t max_branches) {
  uint32_t last_source = s->sources.count;
  restart(s);
  for (uint32_t i = first_source; i < last_source; i++) {
    uint32_t entry = s->sources.items[i].entry;
    if (s->sources.items[i].branches <= max_branches) continue;
    *bs_vec_push(&s->cut_at[LIMIT_WAYS]) = (cut_short){s->c->entries.items[entry].function, i};
    set_out(s, entry, add_source(s, entry, i));
  }
  for (uint32_t i = 0; i < s->branches.count; i++) {
    const branch b = s->branches.items[i];
    if (s->sources.items[s->states.items[b.state].source].branches > max_branches) continue;
    set_out_on_branch(s, b);
    if (s->together) continue;
    run(s);
    restart(s);
  }
  run(s);
}

static bool is_searched(const search *s, uint32_t entry) {
  const entry_point *e = &s->c->entries.items[entry];
  return !s->c->is_skipped[e->function] && !e->elsewhere && !(s->wanted && !s->spots.leads[e->function]);
}

static void search_entries(search *s, uint32_t first, uint32_t last, uint32_t max_branches) {
  uint32_t first_source = s->sources.count;
  s->states.count = s->branches.count = 0;
  for (int i = 0; i < SEARCH_LIMITS; i++) s->cut_at[i].count = 0;
  if (s->sink_seen.count > SINKS_KEPT) bs_map_fini(&s->sink_seen); /* each source has keys of its own */
  s->splits = max_branches > 0;
  restart(s);
  for (uint32_t i = first; i < last; i++)
    if (is_searched(s, i))
      set_out(s, i, s->as_one && s->sources.count > 1 ? 1 : add_source(s, i, PROGRAM_NONE));
  run(s);
  s->splits = false;
  if (s->branches.count) search_branches(s, first_source, max_branches);
  if (!s->judge.only_rule && !takes_too_long(s)) search_count_cuts(s);
}

/* Whether a step may be of a strength: a context that knows the parameter which is called makes it certain.
 */
static bool step_may_be(const search *s, const step *over, uint8_t strength) {
  const program_call *row = &s->c->p->calls.items[over->call];
  return over->strength >= strength ||
         (row->kind == FACTS_CALL_INDIRECT && row->callee && eval_parameter_of(s->c, row->callee));
}

/* How many steps of a strength it takes from each function to a wanted one at least, whatever the contexts
 * are. */
static uint8_t *count_steps_left(const search *s, uint8_t strength) {
  const spots *g = &s->spots;
  uint32_t functions = s->c->p->functions.count, *first = bs_calloc((size_t)functions + 2, sizeof *first);
  uint32_t *callers = bs_malloc(((size_t)g->steps.count + 1) * sizeof *callers);
  uint32_t *work = bs_malloc(((size_t)functions + 1) * sizeof *work), count = 0;
  uint8_t *left = bs_malloc((size_t)functions + 1);
  memset(left, UINT8_MAX, (size_t)functions + 1);
  for (uint32_t i = 0; i < g->steps.count; i++)
    if (step_may_be(s, &g->steps.items[i], strength))
      first[check_edge(s->c, g->steps.items[i].edge)->callee + 2]++;
  for (uint32_t f = 0; f < functions; f++) first[f + 2] += first[f + 1];
  for (uint32_t f = 0; f < functions; f++)
    for (uint32_t i = g->first_step[f]; i < g->first_step[f + 1]; i++)
      if (step_may_be(s, &g->steps.items[i], strength))
        callers[first[check_edge(s->c, g->steps.items[i].edge)->callee + 1]++] = f;
  for (uint32_t f = 0; f < functions; f++) {
    if (!s->wanted[f]) continue;
    left[f] = 0;
    work[count++] = f;
  }
  for (uint32_t k = 0; k < count; k++)
    for (uint32_t i = first[work[k]]; i < first[work[k] + 1]; i++) {
      uint32_t f = callers[i];
      if (left[f] != UINT8_MAX) continue;
      left[f] = left[work[k]] < MAX_DEPTH ? left[work[k]] + 1 : MAX_DEPTH;
      work[count++] = f;
    }
  free(first);
  free(callers);
  free(work);
  return left;
}

/* The way from one entry to what is wanted. It is looked for among the surest and shortest first: all that
 * these leave out comes later in the order in which states are taken, so what is found there is what a search
 * without a bound finds. */
static void search_way(search *s, uint32_t entry) {
  static const uint32_t detour = 2;
  const entry_point *e = &s->c->entries.items[entry];
  uint8_t **left = &s->steps_left[e->strength];
  if (!*left) *left = count_steps_left(s, e->strength);
  s->bound = *left;
  for (s->most_steps = s->bound[e->function]; s->most_steps <= s->bound[e->function] + detour;
       s->most_steps += detour)
    if (!s->is_told[entry] && s->most_steps < MAX_DEPTH) search_entries(s, entry, entry + 1, 0);
  s->bound = NULL;
  if (!s->is_told[entry]) search_entries(s, entry, entry + 1, 0);
}

/* Every entry, for all rules or one of them. */
static void search_pass(search *s, uint32_t max_branches, const char *only_rule) {
  uint32_t count = s->c->entries.count;
  judge_restrict(&s->judge, only_rule);
  if (s->together || s->as_one)
    search_entries(s, 0, count, max_branches);
  else
    for (uint32_t i = 0; i < count && !takes_too_long(s); i++) {
      s->under_way = i + 1;
      if (s->wanted)
        search_way(s, i);
      else
        search_entries(s, i, i + 1, max_branches);
    }
}

static void search_init(search *s, const bool *leads) {
  spots_init(&s->spots, s->c, leads);
  s->judge.c = s->c;
  s->crowds.p = s->c->p;
  s->crowded = bs_calloc((size_t)s->c->p->functions.count + 1, sizeof *s->crowded);
  s->is_told = bs_calloc((size_t)s->c->entries.count + 1, sizeof *s->is_told);
  bs_vec_push(&s->sources); /* 0 is nobody's */
}

static void search_fini(search *s) {
  spots_fini(&s->spots);
  judge_fini(&s->judge);
  bs_map_fini(&s->sink_seen);
  bs_map_fini(&s->change_marks);
  bs_vec_fini(&s->marks);
  crowds_fini(&s->crowds);
  bs_vec_fini(&s->stamps);
  bs_vec_fini(&s->sources);
  for (int i = 0; i < BUCKETS; i++) bs_vec_fini(&s->bucket[i]);
  bs_vec_fini(&s->states);
  for (int i = 0; i < SEARCH_LIMITS; i++) bs_vec_fini(&s->cut_at[i]);
  bs_vec_fini(&s->branches);
  free(s->may_turn);
  free(s->crowded);
  free(s->is_told);
}

/* It took too long: what was found is forgotten, but for ways that have been told, and all set out at once.
 */
static void start_together(search *s) {
  bs_vec_fini(&s->marks);
  bs_map_fini(&s->change_marks);
  bs_vec_fini(&s->stamps);
  s->together = true;
  if (!s->found) return;
  s->found->hits.count = 0;
  bs_arena_fini(&s->found->arena);
  s->found->arena = (bs_arena){0};
  memset(s->found->cut, 0, sizeof s->found->cut);
  memset(s->found->hiding, 0, sizeof s->found->hiding);
}

bool search_ways(checker *c, const bool *wanted, const bool *leads, search_reached *reached, void *context) {
  search s = {.c = c, .wanted = wanted, .reached = reached, .context = context};
  bool more = false;
  search_init(&s, leads);
  search_pass(&s, 0, NULL);
  if (takes_too_long(&s)) {
    start_together(&s);
    search_pass(&s, 0, NULL);
  }
  for (int i = 0; i <= PROGRAM_CERTAIN; i++) free(s.steps_left[i]);
  search_gather_crowded(&s);
  for (uint32_t f = 0; f < c->p->functions.count && !more; f++) more = s.crowded[f];
  search_fini(&s);
  return more;
}

void check_reached(checker *c, bool *reached) {
  search s = {.c = c, .as_one = true, .been = reached};
  search_init(&s, NULL);
  search_pass(&s, 0, NULL);
  search_fini(&s);
}

/* Rules with a comment that cuts a step: other ways around that step are looked for. */
static bool next_cut_rule(const hit_list *found, uint32_t *from, uint32_t limit, const char **rule_id) {
  for (; *from < limit; ++*from) {
    const hit *h = &found->hits.items[*from];
    if (!h->suppression || !h->rule) continue;
    bool earlier = false;
    for (uint32_t i = 0; i < *from && !earlier; i++)
      earlier = found->hits.items[i].suppression && found->hits.items[i].rule == h->rule;
    if (earlier) continue;
    *rule_id = h->rule->id;
    ++*from;
    return true;
  }
  return false;
}

static void search_rules(search *s) {
  uint32_t budget = s->c->entries.count ? SPLIT_BUDGET / s->c->entries.count : 0;
  search_pass(s, budget < 4 ? 4 : budget, NULL);
  const char *rule_id;
  uint32_t limit = s->found->hits.count;
  for (uint32_t from = 0; !takes_too_long(s) && next_cut_rule(s->found, &from, limit, &rule_id);)
    search_pass(s, 0, rule_id);
}

/* From all other functions nothing new is come to by a way that is not new before: what an edit changes is
 * searched, and the ways to it. */
static bool *find_turns(const search *s) {
  uint32_t functions = s->c->p->functions.count;
  bool *may_turn = bs_calloc((size_t)functions + 1, sizeof *may_turn);
  for (uint32_t f = 0; f < functions; f++) {
    uint32_t base = PROGRAM_NONE;
    may_turn[f] = changes_is_new_function(s->changes, f);
    changes_step(s->changes, &base, f);
    for (uint32_t i = s->spots.first_step[f]; i < s->spots.first_step[f + 1] && !may_turn[f]; i++) {
      uint32_t at = base;
      may_turn[f] = changes_step(s->changes, &at, check_edge(s->c, s->spots.steps.items[i].edge)->callee);
    }
  }
  search_find_leading(s->c, may_turn);
  return may_turn;
}

void search_all(checker *c, const check_changes *changes, hit_list *found) {
  search s = {.c = c, .changes = changes, .found = found, .been = found->reached};
  search_init(&s, c->leads);
  if (changes) s.may_turn = find_turns(&s);
  search_rules(&s);
  if (takes_too_long(&s)) {
    start_together(&s);
    search_rules(&s);
  }
  for (uint32_t i = 0; i < found->hits.count; i++) {
    uint32_t suppression = found->hits.items[i].suppression;
    if (suppression) c->p->suppressions.items[suppression - 1].used = true;
  }
  search_note_crowds(&s);
  search_fini(&s);
}

void hit_list_fini(hit_list *found) {
  bs_vec_fini(&found->hits);
  bs_arena_fini(&found->arena);
  free(found->reached);
}
