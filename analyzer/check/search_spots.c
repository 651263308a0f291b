/* The graph that is searched: functions in calling contexts, and the calls that each context allows.
 *
 * Whether a call is reached in a context, which targets fit it and which context the callee gets does not
 * depend on the entry point. It is worked out when a search first comes by, and all later ones share it.
 */
#include "analyzer/check/search_internal.h"

#include "base/hash.h"

#include <stdlib.h>

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

/* How strong a step over an edge is at best; -1 when it is never followed: out of the project, into a known
 * API, to the end of the process. */
static int8_t edge_strength(const checker *c, const program_edge *e) {
  if (c->is_closed[e->callee]) return -1;
  bool handed_over =
      e->how == PROGRAM_CALLBACK && e->strength == PROGRAM_POSSIBLE; /* not by a dispatcher's row */
  return (int8_t)(handed_over ? callback_strength(c, e->call) : e->strength);
}

bool spots_is_cut(checker *c, uint32_t call, uint32_t context) {
  bool cut = order_is_cut(c, c->p->calls.items[call].guard, context);
  c->limits.conditions += cut && !c->is_cut_short[call];
  c->is_cut_short[call] |= cut;
  return cut || c->contexts.items[context].cut;
}

/* Whether a call is passed over in every context. */
static bool call_is_closed(const checker *c, uint32_t call) {
  return c->is_dispatch[call] || c->in_child[call]; /* the process ends: nobody waits any more */
}

static void add_step(spots *g, uint32_t call, uint32_t edge) {
  const program_edge *e = check_edge(g->c, edge);
  int8_t strength = edge_strength(g->c, e);
  if (strength < 0 || (g->leads && !g->leads[e->callee])) return;
  *bs_vec_push(&g->steps) = (step){call, edge, (uint8_t)strength};
}

static void list_steps(spots *g) {
  const checker *c = g->c;
  const program *p = c->p;
  g->first_step = bs_malloc(((size_t)p->functions.count + 1) * sizeof *g->first_step);
  for (uint32_t f = 0; f < p->functions.count; f++) {
    const program_function *fn = &p->functions.items[f];
    g->first_step[f] = g->steps.count;
    for (uint32_t call = fn->first_call; call < fn->first_call + fn->ncalls; call++) {
      const program_call *row = &p->calls.items[call];
      if (!row->nedges || call_is_closed(c, call)) continue;
      for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++) add_step(g, call, e);
      uint32_t extra, end = check_dispatch_edges(c, call, &extra);
      for (; extra < end; extra++) add_step(g, call, extra);
    }
  }
  g->first_step[p->functions.count] = g->steps.count;
}

enum { SPOTS_OF_A_FUNCTION = 8, SPOTS_AT_LEAST = 1 << 20 };

void spots_init(spots *g, checker *c, const bool *leads) {
  uint64_t max = (uint64_t)c->p->functions.count * SPOTS_OF_A_FUNCTION + SPOTS_AT_LEAST;
  *g = (spots){.c = c, .leads = leads, .max = max < UINT32_MAX / 8 ? (uint32_t)max : UINT32_MAX / 8};
  g->plain = bs_calloc((size_t)c->p->functions.count + 1, sizeof *g->plain);
  list_steps(g);
}

void spots_fini(spots *g) {
  bs_vec_fini(&g->steps);
  bs_vec_fini(&g->all);
  bs_vec_fini(&g->arcs);
  bs_map_fini(&g->ids);
  free(g->first_step);
  free(g->plain);
}

static uint32_t new_spot(spots *g, uint32_t function, uint32_t context, uint32_t cycle) {
  uint32_t id = g->all.count;
  *bs_vec_push(&g->all) = (spot){.function = function,
                                 .context = context,
                                 .cycle = cycle,
                                 .marks = id,
                                 .has_sinks = check_has_sinks(g->c, function)};
  return id;
}

uint32_t spots_add(spots *g, uint32_t function, uint32_t context, uint32_t cycle) {
  if (!context && !cycle) {
    if (!g->plain[function]) g->plain[function] = new_spot(g, function, 0, 0) + 1;
    return g->plain[function] - 1;
  }
  uint64_t key = bs_hash_mix(bs_map_key(function, context), cycle);
  uint32_t id;
  if (bs_map_find(&g->ids, key, &id)) return id;
  if (context && g->all.count >= g->max) {
    g->is_full = true;
    return spots_add(g, function, 0, cycle);
  }
  id = new_spot(g, function, context, cycle);
  bs_map_set(&g->ids, key, id);
  if (cycle) {
    uint32_t whole = spots_add(g, function, context, 0);
    g->all.items[id].marks = whole;
  }
  return id;
}

/* A call through a field of an object that the context knows: to what may stand in it. */
static bool edge_fits_object(const checker *c, const program_call *row, const program_edge *e,
                             uint32_t context) {
  if (!row->base || c->p->nodes.items[row->callee].kind != FACTS_NODE_FIELD) return true;
  bound_value v = eval_bound_field(c, order_canonical(c, row->base), row->callee, context);
  return v.kind != BOUND_OF_HANDLER || objects_may_hold(c, v.ref, row->callee, e->callee);
}

/* A call through a parameter that the context knows goes only where the caller said. */
static bool edge_fits_context(const checker *c, const program_call *row, const program_edge *e,
                              uint32_t context, uint8_t *strength) {
  if (row->kind != FACTS_CALL_INDIRECT || e->how == PROGRAM_CALLBACK || !context || !row->callee) return true;
  uint32_t param = eval_parameter_of(c, row->callee);
  if (!param) return edge_fits_object(c, row, e, context);
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

/* Whether the process ends with the call or right behind it. */
static bool is_before_end(const checker *c, const program_edge *e) {
  return c->p->calls.items[e->call].flags & FACTS_CALL_BEFORE_EXIT ||
         c->p->functions.items[e->callee].flags & FACTS_FUNCTION_NORETURN;
}

static uint8_t flags_of(const checker *c, uint32_t call, const program_edge *e) {
  bool indirect = e->how == PROGRAM_FIELD || e->how == PROGRAM_PARAMETER || e->how == PROGRAM_VARIABLE;
  int flags = 0;
  if (indirect && e->candidates > 1) flags |= ARC_SPLITS;
  if (is_before_end(c, e)) flags |= ARC_ENDS;
  if (c->is_chain[call]) flags |= ARC_CHAIN;
  if (c->is_turn[e->callee]) flags |= ARC_TURN;
  if (descriptors_made_blocking(c, call)) flags |= ARC_BLOCKING;
  if (suppressed_maybe(c, c->p->calls.items[call].place)) flags |= ARC_COMMENT;
  if (check_has_sinks(c, e->callee)) flags |= ARC_SINKS;
  return (uint8_t)flags;
}

static void add_arc(spots *g, const spot *from, const step *over) {
  checker *c = g->c;
  const program *p = c->p;
  const program_edge *e = check_edge(c, over->edge);
  uint8_t strength = over->strength;
  program_set programs =
      program_set_meet(c->p, p->calls.items[over->call].programs, p->functions.items[e->callee].programs);
  if (programs == PROGRAM_NOWHERE) return;
  if (!edge_fits_context(c, &p->calls.items[over->call], e, from->context, &strength)) return;
  if (strength > PROGRAM_LIKELY && spots_is_cut(c, over->call, from->context)) strength = PROGRAM_LIKELY;
  uint32_t context = e->how == PROGRAM_CALLBACK ? 0 : eval_enter(c, over->call, e->callee, from->context);
  uint32_t to = spots_add(g, e->callee, context, 0);
  *bs_vec_push(&g->arcs) = (arc){over->edge, to, programs, strength, flags_of(c, over->call, e)};
}

void spots_expand(spots *g, uint32_t id) {
  const checker *c = g->c;
  if (g->all.items[id].is_expanded) return;
  const spot from = g->all.items[id];
  uint32_t first = g->arcs.count, call = PROGRAM_NONE;
  bool open = false;
  for (uint32_t i = g->first_step[from.function]; i < g->first_step[from.function + 1]; i++) {
    const step *over = &g->steps.items[i];
    if (over->call != call)
      open = check_in_cycle(c->p, over->call, from.cycle) && eval_reachable(c, over->call, from.context);
    call = over->call;
    if (open) add_arc(g, &from, over);
  }
  spot *s = &g->all.items[id];
  s->first_arc = first;
  s->narcs = g->arcs.count - first;
  s->is_expanded = true;
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
