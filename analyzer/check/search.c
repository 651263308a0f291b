/* From each entry point to each sink: the surest path first, then the shortest.
 *
 * A state is a function in a calling context. States are taken in the order (strength, length), so that the
 * first arrival is the best one. An entry that only dispatches (it calls through a pointer at once: a
 * connection's read handler) is split: each target is searched on its own, so that a report names each way
 * and not only the best.
 */
#include "analyzer/check/internal.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

enum {
  MAX_DEPTH = 63,
  BUCKETS = 3 * (MAX_DEPTH + 1),
  MAX_STATES = 200000,
  SPLIT_DEPTH = 2,
  SPLIT_BUDGET = 1500
};
enum { BLOCKING_STEPS = 3 };
enum { READY_STEPS = 2 }; /* so far below its callback a call is about the event */
enum { MAX_WAYS = 8, WAYS_UNIT = 256 }; /* further ways into a sink's function that are kept for one entry */

typedef struct state {
  uint32_t function, context, parent, edge; /* edge that led here; PROGRAM_NONE at a root */
  uint8_t strength;
  bool ending; /* the process ends right after the call that led here */
  bool on_chain; /* on the way from a loop's cycle to its wait */
  bool made_blocking; /* a function shortly before made descriptors blocking */
  uint8_t blocking_steps; /* for how many steps more that is believed to be meant for them */
  uint16_t depth;
  bool is_new; /* of a search for what is new: something about the way here is */
  uint32_t base; /* of such a search; see changes_step */
  program_set programs;
} state;

typedef struct branch {
  uint32_t state, edge, context;
  uint8_t strength;
} branch;

/* An edge that some search may follow, in the order of calls. */
typedef struct step {
  uint32_t call, edge;
  uint8_t strength; /* program_strength, at best */
} step;

/* What happened to a state, by its function, context and mode: in which run it was queued, where, and
 * taken. */
typedef struct mark {
  uint32_t queued, bucket, taken;
  program_set asked, done; /* in which programs it was queued, and taken */
} mark;

/* One search goes from entry to entry, run by run: its tables are as large as the program and are made
 * once. */
typedef struct search {
  checker *c;
  const check_changes *changes; /* of a search for what is new; else NULL */
  hit_list *found; /* NULL: functions are searched, not sinks */
  BS_VEC(step) steps;
  uint32_t *first_step; /* of a function; count + 1 items */
  uint32_t *free_context; /* of an edge, for a caller without a context; PROGRAM_NONE: not known yet */
  mark *marks; /* of functions without a context, two each */
  BS_VEC(mark) bound_marks; /* of contexts, two each */
  BS_VEC(mark) apart_marks;
  bs_map apart_ids; /* (function, context) -> its row in `apart_marks` */
  bs_map change_marks; /* of a search for what is new, instead: into bound_marks */
  uint32_t entry, run;
  BS_VEC(state) states;
  BS_VEC(uint32_t) bucket[BUCKETS]; /* by strength, descending, then by length */
  uint32_t current, head; /* the next state to take: bucket, place in it */
  BS_VEC(uint32_t) cut_at[SEARCH_LIMITS]; /* functions that a bound kept the entry's search from */
  uint32_t first_of_run; /* states before it belong to earlier runs */
  bs_map sink_seen;
  BS_VEC(branch) branches;
  uint32_t max_branches;
  const char *only_rule; /* a second pass for a rule whose comments cut steps */
  search_reached *reached;
  void *context;
} search;

/* Whether a comment speaks of this line of its file. */
static bool covers(const program_suppression *s, uint32_t line) {
  if (s->last == FACTS_LINE_ALONE) return line == s->line;
  return s->last != FACTS_BLOCK_OPEN && s->line && line >= s->line && line <= s->last;
}

static uint32_t find_among(const checker *c, uint64_t key, uint32_t line, const char *rule_id) {
  uint32_t i;
  if (!bs_map_find(&c->suppressed_lines, key, &i)) return 0;
  for (; i != PROGRAM_NONE; i = c->next_suppression.items[i]) {
    const program_suppression *s = &c->p->suppressions.items[i];
    const char *name = program_text(c->p, s->rule);
    if (!s->rule || !s->reason || !covers(s, line)) continue;
    if (strcmp(name, "*") == 0 || (rule_id && strcmp(name, rule_id) == 0)) return i + 1;
  }
  return 0;
}

/* The comment that silences `rule_id` (NULL: only one for all rules) at a place; index + 1, or 0. That of the
 * line comes before that of a block or of the file. */
static uint32_t find_suppression(const checker *c, program_place place, const char *rule_id) {
  uint32_t found = find_among(c, bs_map_key(place.file, place.line), place.line, rule_id);
  return found ? found : find_among(c, bs_map_key(place.file, 0), place.line, rule_id);
}

/* What is new and what is old go their ways apart, and so do those into a new function from different
 * callers. */
static mark *mark_among_changes(search *s, const state *at) {
  bool new_function = changes_is_new_function(s->changes, at->function);
  uint64_t key = bs_hash_mix(bs_map_key(at->function, at->context),
                             4u * at->on_chain + 2u * at->made_blocking + at->is_new);
  if (new_function) key = bs_hash_mix(key, at->base + UINT64_C(1));
  uint32_t i = bs_map_add(&s->change_marks, key, s->bound_marks.count, NULL);
  if (i == s->bound_marks.count) bs_vec_push(&s->bound_marks);
  return &s->bound_marks.items[i];
}

/* The few functions between a loop's cycle and its wait are gone through apart: their wait is the loop's
 * own. So are those that are called right before the process ends. */
static mark *mark_apart(search *s, const state *at) {
  uint64_t key = bs_hash_mix(bs_map_key(at->function, at->context), at->ending);
  uint32_t i = bs_map_add(&s->apart_ids, key, s->apart_marks.count, NULL);
  if (i == s->apart_marks.count) bs_vec_push(&s->apart_marks);
  return &s->apart_marks.items[i];
}

static mark *mark_of(search *s, const state *at) {
  if (s->changes) return mark_among_changes(s, at);
  if (at->on_chain || at->ending) return mark_apart(s, at);
  if (!at->context) return &s->marks[2 * at->function + at->made_blocking];
  uint32_t i = 2 * at->context + at->made_blocking;
  while (s->bound_marks.count <= i) bs_vec_push(&s->bound_marks);
  return &s->bound_marks.items[i];
}

static bool has_sinks(const checker *c, uint32_t function) {
  return c->first_sink[function] != c->first_sink[function + 1];
}

static bool is_within(const search *s, program_set some, program_set all) {
  return program_set_meet(s->c->p, some, all) == some;
}

static void push_state(search *s, const state *next) {
  uint32_t bucket = (PROGRAM_CERTAIN - next->strength) * (MAX_DEPTH + 1u) + next->depth;
  mark *m = mark_of(s, next);
  bool earlier = m->queued == s->run && m->bucket <= bucket && is_within(s, next->programs, m->asked);
  if (earlier && (s->reached || !has_sinks(s->c, next->function))) return; /* a second way in adds nothing */
  bool deep = next->depth > MAX_DEPTH;
  if (deep || s->states.count - s->first_of_run >= MAX_STATES) {
    *bs_vec_push(&s->cut_at[deep ? LIMIT_DEPTH : LIMIT_STATES]) = next->function;
    return;
  }
  program_set asked = m->queued == s->run ? m->asked : PROGRAM_NOWHERE;
  asked = program_set_join(s->c->p, asked, next->programs);
  if (!earlier) *m = (mark){s->run, bucket, m->taken, asked, m->done};
  *bs_vec_push(&s->bucket[bucket]) = s->states.count;
  *bs_vec_push(&s->states) = *next;
}

static program_set programs_behind(const checker *c, program_set programs, const program_edge *e) {
  programs = program_set_meet(c->p, programs, c->p->calls.items[e->call].programs);
  return program_set_meet(c->p, programs, c->p->functions.items[e->callee].programs);
}

static bool stays_on_chain(const checker *c, const state *at, const program_edge *e) {
  return (at->on_chain && c->is_chain[e->call]) || c->is_turn[e->callee];
}

/* Whether the process ends with the call or right behind it. */
static bool is_before_end(const checker *c, const program_edge *e) {
  return c->p->calls.items[e->call].flags & FACTS_CALL_BEFORE_EXIT ||
         c->p->functions.items[e->callee].flags & FACTS_FUNCTION_NORETURN;
}

/* The state behind an edge. */
static state step_over(const search *s, uint32_t from, uint32_t edge, uint32_t context, uint8_t strength) {
  const state at = s->states.items[from];
  const program_edge *e = check_edge(s->c, edge);
  uint8_t left = at.blocking_steps ? at.blocking_steps - 1 : 0;
  uint8_t steps = descriptors_made_blocking(s->c, e->call) ? BLOCKING_STEPS : left;
  uint32_t base = at.base;
  bool is_new = s->changes && changes_step(s->changes, &base, e->callee);
  return (state){.function = e->callee,
                 .context = context,
                 .parent = from,
                 .edge = edge,
                 .strength = strength < at.strength ? strength : at.strength,
                 .ending = is_before_end(s->c, e),
                 .on_chain = stays_on_chain(s->c, &at, e),
                 .made_blocking = steps > 0,
                 .blocking_steps = steps,
                 .depth = at.depth + 1,
                 .is_new = at.is_new || is_new,
                 .base = base,
                 .programs = programs_behind(s->c, at.programs, e)};
}

static bool pop_state(search *s, uint32_t *id) {
  for (; s->current < BUCKETS; s->current++, s->head = 0) {
    if (s->head == s->bucket[s->current].count) continue;
    *id = s->bucket[s->current].items[s->head++];
    return true;
  }
  return false;
}

static uint32_t *copy_edges(const search *s, bs_arena *arena, uint32_t id, uint32_t *count) {
  *count = s->states.items[id].depth;
  uint32_t *edges = bs_arena_alloc(arena, (*count + 1) * sizeof *edges), n = *count;
  for (; n && s->states.items[id].edge != PROGRAM_NONE; id = s->states.items[id].parent)
    edges[--n] = s->states.items[id].edge;
  return edges;
}

static hit *record(search *s, uint32_t id, uint32_t sink_id, const rule *r, int strength, bool another) {
  checker *c = s->c;
  hit *h = bs_vec_push(&s->found->hits);
  h->sink = sink_id;
  h->entry = s->entry;
  h->rule = r;
  h->strength = (uint8_t)strength;
  h->another = another;
  h->programs = s->states.items[id].programs;
  h->edges = copy_edges(s, &s->found->arena, id, &h->nedges);
  const char *name = r ? r->id : "attribute.blocking";
  h->suppression = find_suppression(c, c->p->calls.items[c->sinks.items[sink_id].call].place, name);
  for (uint32_t i = 0; i < h->nedges && !h->suppression; i++)
    h->suppression = find_suppression(c, c->p->calls.items[check_edge(c, h->edges[i])->call].place, name);
  const entry_point *e = &c->entries.items[s->entry];
  if (!h->suppression && e->has_registered) h->suppression = find_suppression(c, e->registered, name);
  return h;
}

/* A library's wait for the next event of its one connection, near the callback of a descriptor: the loop has
 * reported that something is there. */
static bool is_dispatch_of_ready(const search *s, const sink *k, const rule *r) {
  const checker *c = s->c;
  bool one_connection = r->wait && !r->unless.count && r->wait_count < 0 && !c->function_rows[k->function];
  return one_connection && c->entries.items[s->entry].role == RULE_ROLE_IO;
}

static int sink_strength(search *s, const state *at, const sink *k, const rule *r,
                         const rule_condition **undecided) {
  int strength = eval_rule(s->c, k->call, r, at->context, false, undecided);
  if (strength < PROGRAM_LIKELY && (at->made_blocking || descriptors_made_blocking(s->c, k->call))) {
    int made = eval_rule(s->c, k->call, r, at->context, true, undecided);
    strength = made > PROGRAM_LIKELY ? PROGRAM_LIKELY : made; /* by the order of lines, not of execution */
  }
  if (strength > PROGRAM_POSSIBLE && at->depth <= READY_STEPS &&
      eval_comes_when_ready(s->c, k->call, r, at->context))
    strength = PROGRAM_POSSIBLE;
  if (strength > PROGRAM_POSSIBLE && at->depth <= READY_STEPS && is_dispatch_of_ready(s, k, r))
    strength = PROGRAM_POSSIBLE;
  return strength > at->strength ? at->strength : strength;
}

/* A sink is recorded once for each way into its function: who calls a wrapper matters as much as that it
 * blocks. */
static bool seen_before(search *s, uint32_t sink_id, const state *at, int strength) {
  uint32_t seen;
  if (!bs_map_find(&s->sink_seen, bs_map_key(sink_id, 0), &seen)) {
    bs_map_set(&s->sink_seen, bs_map_key(sink_id, 0), (uint32_t)strength * WAYS_UNIT);
    bs_map_set(&s->sink_seen, bs_map_key(sink_id, at->edge), 1);
    return false;
  }
  bool fresh, stronger = seen / WAYS_UNIT < (uint32_t)strength;
  bs_map_add(&s->sink_seen, bs_map_key(sink_id, at->edge), 1, &fresh);
  if (!stronger && (!fresh || seen % WAYS_UNIT >= MAX_WAYS)) return true;
  bs_map_set(&s->sink_seen, bs_map_key(sink_id, 0), stronger ? (uint32_t)strength * WAYS_UNIT : seen + 1);
  return false;
}

/* How sure a sink is, and by which rule. */
typedef struct verdict {
  int strength; /* -1: it does not block */
  const rule *rule;
  const rule_condition *undecided;
} verdict;

static verdict judge_as_one(search *s, const state *at, const sink *k) {
  verdict best = {k->rules ? -1 : PROGRAM_CERTAIN, NULL, NULL};
  for (const rule *const *r = k->rules; r && *r; r++) {
    const rule_condition *unknown;
    int v = sink_strength(s, at, k, *r, &unknown);
    if (v < 0 || (s->only_rule && strcmp((*r)->id, s->only_rule) != 0) ||
        (best.rule && (v < best.strength || (v == best.strength && (*r)->severity <= best.rule->severity))))
      continue;
    best = (verdict){v, *r, unknown};
  }
  return best;
}

static const rule_condition *condition_on_descriptor(const rule *r) {
  for (uint32_t i = 0; i < r->unless.count; i++)
    if (r->unless.items[i].test == RULE_TEST_DESCRIPTOR) return &r->unless.items[i];
  for (uint32_t i = 0; i < r->only_if.count; i++)
    if (r->only_if.items[i].test == RULE_TEST_DESCRIPTOR) return &r->only_if.items[i];
  return NULL;
}

/* A descriptor that may be one of several is judged as each of them: where all block, the call blocks; where
 * one does and another does not, it does on some way. */
static verdict judge(search *s, const state *at, const sink *k) {
  enum { MAX_KINDS = 8 };
  unsigned bits[MAX_KINDS];
  const program_argument *asked;
  uint32_t count =
      descriptors_alternatives(s->c, k->call, k->rules, at->context, false, bits, MAX_KINDS, &asked);
  if (count < 2) return judge_as_one(s, at, k);
  verdict worst = {-1, NULL, NULL};
  int least = PROGRAM_CERTAIN, most = -1;
  for (uint32_t i = 0; i < count; i++) {
    descriptors_assume(s->c, asked, bits[i]);
    verdict v = judge_as_one(s, at, k);
    if (v.strength < least) least = v.strength;
    if (v.strength > most) most = v.strength;
    bool worse = v.rule && (!worst.rule || v.rule->severity > worst.rule->severity);
    if (v.strength >= 0 && (worse || v.strength > worst.strength)) worst = v;
  }
  descriptors_assume(s->c, NULL, 0);
  if (worst.strength < 0) return worst;
  worst.strength = least >= 0 ? least : most > PROGRAM_LIKELY ? PROGRAM_LIKELY : most;
  if (least < 0 && worst.rule) worst.undecided = condition_on_descriptor(worst.rule);
  return worst;
}

/* What is told of a process that is about to end: who waits for its end waits that much longer. */
static bool waits_long(const rule *r) {
  return r && r->severity > RULE_NOTE &&
         (r->category == RULE_SLEEP || r->category == RULE_NETWORK || r->category == RULE_DNS ||
          r->category == RULE_PROCESS);
}

/* Whether a condition around a call, or what decides there, is not followed whole. */
static bool is_cut(checker *c, uint32_t call, uint32_t context) {
  bool cut = order_is_cut(c, c->p->calls.items[call].guard);
  c->limits.conditions += cut && !c->is_cut_short[call];
  c->is_cut_short[call] |= cut;
  return cut || c->contexts.items[context].cut;
}

static void try_sinks(search *s, uint32_t id, bool another) {
  checker *c = s->c;
  const state at = s->states.items[id];
  if (s->changes && !at.is_new) return;
  for (uint32_t i = c->first_sink[at.function]; i < c->first_sink[at.function + 1]; i++) {
    const sink *k = &c->sinks.items[i];
    uint32_t cycle = at.edge == PROGRAM_NONE ? c->entries.items[s->entry].cycle : 0;
    bool ends = at.ending || c->p->calls.items[k->call].flags & FACTS_CALL_BEFORE_EXIT;
    if (program_set_meet(c->p, at.programs, c->p->calls.items[k->call].programs) == PROGRAM_NOWHERE) continue;
    if ((at.on_chain && c->is_loop_wait[k->call]) || !eval_reachable(c, k->call, at.context)) continue;
    if (!check_in_cycle(c->p, k->call, cycle)) continue;
    const verdict v = judge(s, &at, k);
    const rule *best = v.rule;
    int strength = v.strength;
    bool cut = strength > PROGRAM_LIKELY && is_cut(c, k->call, at.context);
    if (cut) strength = PROGRAM_LIKELY;
    if (strength > at.strength) strength = at.strength;
    if (ends && !waits_long(best)) continue; /* last words */
    if (strength < 0 || (another && best && best->severity == RULE_NOTE) || seen_before(s, i, &at, strength))
      continue;
    hit *h = record(s, id, i, best, strength, another);
    h->undecided = v.undecided;
    h->ends = ends;
    h->cut = cut;
    if (best)
      h->measured = bounds_level(c, k->call, best, at.context, &h->severity, &h->latency) ||
                    locks_level(c, k->call, best, &h->severity, &h->latency);
  }
}

/* How strongly a callback handed to code outside the project is called back at once: -1 not at all. */
static int callback_strength(const checker *c, uint32_t call) {
  const program *p = c->p;
  const program_call *row = &p->calls.items[call];
  int strength = PROGRAM_POSSIBLE;
  for (uint32_t i = row->first_edge; i < row->first_edge + row->nedges; i++) {
    const program_edge *api = &p->edges.items[i];
    if (api->how == PROGRAM_CALLBACK) break; /* they stand last */
    const pack_row *const *rows = c->function_rows[api->callee];
    for (; rows && *rows; rows++) {
      if ((*rows)->kind == PACK_CALL) return PROGRAM_CERTAIN;
      strength = -1;
    }
  }
  return strength;
}

/* How strong a step over an edge is at best; -1 when it is never followed: out of the project, into a
 * known API, to the end of the process, or to where no sink is. */
static int8_t edge_strength(const checker *c, const program_edge *e) {
  const program_function *callee = &c->p->functions.items[e->callee];
  if (!callee->defined || c->function_rules[e->callee] || c->is_skipped[e->callee]) return -1;
  if (callee->flags & FACTS_FUNCTION_NORETURN && !has_sinks(c, e->callee)) return -1; /* last words */
  bool handed_over =
      e->how == PROGRAM_CALLBACK && e->strength == PROGRAM_POSSIBLE; /* not by a dispatcher's row */
  return (int8_t)(handed_over ? callback_strength(c, e->call) : e->strength);
}

/* Whether a call is passed over in every context. */
static bool call_is_closed(const checker *c, uint32_t call) {
  return c->is_dispatch[call] || c->in_child[call]; /* the process ends: nobody waits any more */
}

static void add_step(search *s, uint32_t call, uint32_t edge) {
  const program_edge *e = check_edge(s->c, edge);
  int8_t strength = edge_strength(s->c, e);
  if (strength < 0 || (!s->reached && !s->c->leads[e->callee])) return;
  *bs_vec_push(&s->steps) = (step){call, edge, (uint8_t)strength};
}

static void list_steps(search *s) {
  const checker *c = s->c;
  const program *p = c->p;
  s->first_step = bs_malloc(((size_t)p->functions.count + 1) * sizeof *s->first_step);
  for (uint32_t f = 0; f < p->functions.count; f++) {
    const program_function *fn = &p->functions.items[f];
    s->first_step[f] = s->steps.count;
    for (uint32_t call = fn->first_call; call < fn->first_call + fn->ncalls; call++) {
      const program_call *row = &p->calls.items[call];
      if (!row->nedges || call_is_closed(c, call)) continue;
      for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++) add_step(s, call, e);
      uint32_t extra, end = check_dispatch_edges(c, call, &extra);
      for (; extra < end; extra++) add_step(s, call, extra);
    }
  }
  s->first_step[p->functions.count] = s->steps.count;
}

/* A call through a parameter that the context knows goes only where the caller said. */
static bool edge_fits_context(const checker *c, const program_call *row, const program_edge *e,
                              uint32_t context, int *strength) {
  if (row->kind != FACTS_CALL_INDIRECT || e->how == PROGRAM_CALLBACK || !context || !row->callee) return true;
  uint32_t param = eval_parameter_of(c, row->callee);
  if (!param) return true;
  bound_value v = eval_bound(c, param, context);
  if (v.kind == BOUND_NULL) return false;
  if (v.kind == BOUND_FUNCTION) {
    if (e->callee != v.ref) return false;
    *strength = PROGRAM_CERTAIN;
    return true;
  }
  if (v.kind != BOUND_NODE) return true;
  const program_points *points = program_points_of(c->p, v.ref);
  return program_points_has(points, program_atom_make(PROGRAM_ATOM_FUNCTION, e->callee));
}

/* Most calls are made without a context, again and again. */
static uint32_t enter(search *s, const program_edge *e, uint32_t edge, uint32_t context) {
  if (e->how == PROGRAM_CALLBACK) return 0;
  if (context) return eval_enter(s->c, e->call, e->callee, context);
  uint32_t *known = &s->free_context[edge];
  if (*known == PROGRAM_NONE) *known = eval_enter(s->c, e->call, e->callee, 0);
  return *known;
}

static void follow(search *s, uint32_t id, const state *at, const step *over) {
  checker *c = s->c;
  const program *p = c->p;
  const program_edge *e = check_edge(c, over->edge);
  int strength = over->strength;
  program_set programs = programs_behind(c, at->programs, e);
  if (programs == PROGRAM_NOWHERE) return;
  if (!edge_fits_context(c, &p->calls.items[over->call], e, at->context, &strength)) return;
  if (strength > PROGRAM_LIKELY && is_cut(c, over->call, at->context)) strength = PROGRAM_LIKELY;
  uint32_t cut = find_suppression(c, p->calls.items[over->call].place, s->only_rule);
  if (cut) {
    c->p->suppressions.items[cut - 1].used = true;
    return;
  }
  uint32_t context = enter(s, e, over->edge, at->context);
  /* What was gone through once is not gone through again for a mode that a longer way sets. */
  const mark *known = &s->marks[2 * e->callee];
  bool apart = stays_on_chain(c, at, e) || is_before_end(c, e);
  bool taken = !apart && known->taken == s->run && is_within(s, programs, known->done);
  if (taken && !context && !at->made_blocking && !has_sinks(c, e->callee) && !s->changes) return;
  bool indirect = e->how == PROGRAM_FIELD || e->how == PROGRAM_PARAMETER || e->how == PROGRAM_VARIABLE;
  if (indirect && s->max_branches && at->depth < SPLIT_DEPTH && e->candidates > 1) {
    *bs_vec_push(&s->branches) = (branch){id, over->edge, context, (uint8_t)strength};
    return;
  }
  const state next = step_over(s, id, over->edge, context, (uint8_t)strength);
  push_state(s, &next);
}

static void expand(search *s, uint32_t id, const state *at) {
  const checker *c = s->c;
  if (at->ending) return;
  uint32_t cycle = at->edge == PROGRAM_NONE ? c->entries.items[s->entry].cycle : 0, call = PROGRAM_NONE;
  bool open = false;
  for (uint32_t i = s->first_step[at->function]; i < s->first_step[at->function + 1]; i++) {
    const step *over = &s->steps.items[i];
    if (over->call != call)
      open = check_in_cycle(c->p, over->call, cycle) && eval_reachable(c, over->call, at->context);
    call = over->call;
    if (open) follow(s, id, at, over);
  }
}

static bool first_visit(search *s, const state *at) {
  mark *m = mark_of(s, at);
  program_set done = m->taken == s->run ? m->done : PROGRAM_NOWHERE;
  bool first = !is_within(s, at->programs, done);
  m->taken = s->run;
  m->done = program_set_join(s->c->p, done, at->programs);
  return first;
}

static void run(search *s) {
  uint32_t id;
  while (pop_state(s, &id)) {
    const state at = s->states.items[id];
    if (!first_visit(s, &at)) {
      if (!s->reached) try_sinks(s, id, true);
      continue;
    }
    if (s->reached) {
      uint32_t n;
      uint32_t *edges = copy_edges(s, &s->c->arena, id, &n);
      s->reached(s->context, s->entry, at.function, at.strength, edges, n);
    } else {
      try_sinks(s, id, false);
    }
    if (s->found && s->found->reached) s->found->reached[at.function] = true;
    expand(s, id, &at);
  }
}

/* Forgets where the search has been, not what it found. */
static void restart(search *s) {
  for (int i = 0; i < BUCKETS; i++) s->bucket[i].count = 0;
  s->current = s->head = 0;
  s->first_of_run = s->states.count;
  s->run++;
}

static void run_from(search *s, const state *root) {
  restart(s);
  push_state(s, root);
  run(s);
}

static void run_branch(search *s, branch b) {
  bs_map_fini(&s->sink_seen); /* the same sink by another way is worth naming */
  const state root = step_over(s, b.state, b.edge, b.context, b.strength);
  run_from(s, &root);
}

/* Whether a sink's function can be reached from where the search was cut that it has not come to otherwise.
 * Contexts are left out: they could only close ways. */
static bool hides_sinks(search *s, const uint32_t *functions, uint32_t count) {
  bool *been = bs_calloc((size_t)s->c->p->functions.count + 1, sizeof *been), hides = false;
  BS_VEC(uint32_t) work = {0};
  for (uint32_t i = 0; i < s->states.count; i++) been[s->states.items[i].function] = true;
  for (uint32_t i = 0; i < count; i++)
    if (!been[functions[i]]) *bs_vec_push(&work) = functions[i];
  while (work.count && !hides) {
    uint32_t f = work.items[--work.count];
    if (been[f]) continue;
    been[f] = true;
    hides = has_sinks(s->c, f);
    for (uint32_t i = s->first_step[f]; i < s->first_step[f + 1]; i++)
      *bs_vec_push(&work) = check_edge(s->c, s->steps.items[i].edge)->callee;
  }
  bs_vec_fini(&work);
  free(been);
  return hides;
}

static void count_cuts(search *s) {
  for (int i = 0; i < SEARCH_LIMITS; i++) {
    uint32_t count = s->cut_at[i].count;
    if (!count || !s->found) continue;
    s->found->cut[i]++;
    s->found->hiding[i] += i != LIMIT_WAYS && hides_sinks(s, s->cut_at[i].items, count);
  }
}

static void search_entry(search *s, uint32_t entry, uint32_t max_branches, const char *only_rule) {
  const entry_point *e = &s->c->entries.items[entry];
  if (s->c->is_skipped[e->function] || e->elsewhere) return;
  s->entry = entry;
  s->max_branches = max_branches;
  s->only_rule = only_rule;
  s->states.count = s->branches.count = 0;
  for (int i = 0; i < SEARCH_LIMITS; i++) s->cut_at[i].count = 0;
  bs_map_fini(&s->sink_seen);
  state root = {.function = e->function,
                .edge = PROGRAM_NONE,
                .strength = e->strength,
                .on_chain = e->cycle != 0,
                .programs = e->programs};
  if (s->changes) {
    root.base = changes_loop(s->changes, entry);
    root.is_new = changes_step(s->changes, &root.base, e->function);
  }
  run_from(s, &root);
  s->max_branches = 0;
  if (s->branches.count > max_branches) {
    if (max_branches) *bs_vec_push(&s->cut_at[LIMIT_WAYS]) = e->function;
    run_from(s, &root);
  } else {
    for (uint32_t i = 0; i < s->branches.count; i++) run_branch(s, s->branches.items[i]);
  }
  if (!only_rule) count_cuts(s);
}

/* The tables of a search whose aim is set. */
static void search_init(search *s) {
  const program *p = s->c->p;
  s->marks = bs_calloc((size_t)p->functions.count + 1, 2 * sizeof *s->marks);
  s->free_context = bs_malloc((check_edge_count(s->c) + 1) * sizeof *s->free_context);
  memset(s->free_context, 0xff, (check_edge_count(s->c) + 1) * sizeof *s->free_context);
  list_steps(s);
}

static void search_fini(search *s) {
  bs_map_fini(&s->sink_seen);
  bs_map_fini(&s->change_marks);
  bs_map_fini(&s->apart_ids);
  bs_vec_fini(&s->apart_marks);
  for (int i = 0; i < BUCKETS; i++) bs_vec_fini(&s->bucket[i]);
  bs_vec_fini(&s->states);
  for (int i = 0; i < SEARCH_LIMITS; i++) bs_vec_fini(&s->cut_at[i]);
  bs_vec_fini(&s->branches);
  bs_vec_fini(&s->steps);
  bs_vec_fini(&s->bound_marks);
  free(s->first_step);
  free(s->free_context);
  free(s->marks);
}

void search_functions(checker *c, search_reached *reached, void *context) {
  search s = {.c = c, .reached = reached, .context = context};
  search_init(&s);
  for (uint32_t i = 0; i < c->entries.count; i++) search_entry(&s, i, 0, NULL);
  search_fini(&s);
}

void search_reachable(const checker *c, bool *reached) {
  const program *p = c->p;
  BS_VEC(uint32_t) work = {0};
  for (uint32_t i = 0; i < c->entries.count; i++)
    if (!c->entries.items[i].elsewhere) *bs_vec_push(&work) = c->entries.items[i].function;
  while (work.count) {
    uint32_t f = work.items[--work.count];
    const program_function *fn = &p->functions.items[f];
    if (reached[f]) continue;
    reached[f] = true;
    for (uint32_t call = fn->first_call; call < fn->first_call + fn->ncalls; call++) {
      const program_call *row = &p->calls.items[call];
      uint32_t extra, end = check_dispatch_edges(c, call, &extra);
      for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++)
        if (edge_strength(c, check_edge(c, e)) >= 0) *bs_vec_push(&work) = check_edge(c, e)->callee;
      for (; extra < end; extra++) *bs_vec_push(&work) = check_edge(c, extra)->callee;
    }
  }
  bs_vec_fini(&work);
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

void search_all(checker *c, const check_changes *changes, hit_list *found) {
  search s = {.c = c, .changes = changes, .found = found};
  search_init(&s);
  uint32_t budget = c->entries.count ? SPLIT_BUDGET / c->entries.count : 0;
  if (budget < 4) budget = 4;
  for (uint32_t i = 0; i < c->entries.count; i++) search_entry(&s, i, budget, NULL);
  const char *rule_id;
  uint32_t limit = found->hits.count;
  for (uint32_t from = 0; next_cut_rule(found, &from, limit, &rule_id);)
    for (uint32_t i = 0; i < c->entries.count; i++) search_entry(&s, i, 0, rule_id);
  for (uint32_t i = 0; i < found->hits.count; i++) {
    uint32_t suppression = found->hits.items[i].suppression;
    if (suppression) c->p->suppressions.items[suppression - 1].used = true;
  }
  search_fini(&s);
}

void hit_list_fini(hit_list *found) {
  bs_vec_fini(&found->hits);
  bs_arena_fini(&found->arena);
  free(found->reached);
}
