/* Solves the value flow: inclusion constraints by a worklist, with difference propagation.
 *
 * Indirect calls are resolved while values arrive: a new target adds the edges of its parameters and its
 * result (Pearce, Kelly, Hankin: Efficient field-sensitive pointer analysis for C, 2004, without the
 * field-sensitivity by object). Each value remembers the edge that first brought it, so that a report can say
 * why.
 */
#include "analyzer/graph/solve.h"

#include "base/hash.h"

#include <string.h>

static const program_points no_points;

const program_points *program_points_of(const program *p, uint32_t node) {
  return p->points && node ? &p->points[solver_class(p->solver, node)] : &no_points;
}

uint32_t solver_points_index(const program_points *points, program_atom atom) {
  if (!points->slots) {
    for (uint32_t i = 0; i < points->count; i++)
      if (points->items[i].atom == atom) return i;
    return PROGRAM_NONE;
  }
  for (uint32_t s = (atom * 2654435761u) & points->mask; points->slots[s]; s = (s + 1) & points->mask)
    if (points->items[points->slots[s] - 1].atom == atom) return points->slots[s] - 1;
  return PROGRAM_NONE;
}

bool program_points_has(const program_points *points, program_atom atom) {
  return solver_points_index(points, atom) != PROGRAM_NONE;
}

static void points_rehash(program_points *points) {
  points->mask = points->mask ? points->mask * 2 + 1 : 63;
  free(points->slots);
  points->slots = bs_calloc((size_t)points->mask + 1, sizeof *points->slots);
  for (uint32_t i = 0; i < points->count; i++) {
    uint32_t s = (points->items[i].atom * 2654435761u) & points->mask;
    while (points->slots[s]) s = (s + 1) & points->mask;
    points->slots[s] = i + 1;
  }
}

enum { LINEAR_LIMIT = 16 };

static void enqueue(solver *s, uint32_t node) {
  if (s->queued[node]) return;
  s->queued[node] = true;
  *bs_vec_push(&s->work) = node;
}

/* An object of a library, told from descriptors by the call that made it. */
static bool is_handle(const program *p, program_atom atom) {
  return program_atom_kind_of(atom) == PROGRAM_ATOM_DESCRIPTOR &&
         p->calls.items[program_atom_id(atom)].makes_handle;
}

/* Whether a value of this kind can be in something of this type. Values are found in memory of any type
 * only by mixing objects up: C programs keep unrelated things in one container, and a field stands for all
 * its objects. */
static bool can_hold(const program *p, uint8_t holds, program_atom atom) {
  enum program_atom_kind kind = program_atom_kind_of(atom);
  switch (holds) {
  case FACTS_HOLDS_ANYTHING: return true;
  case FACTS_HOLDS_FUNCTION: return kind == PROGRAM_ATOM_FUNCTION;
  case FACTS_HOLDS_INTEGER: return kind == PROGRAM_ATOM_DESCRIPTOR || kind == PROGRAM_ATOM_FORK;
  case FACTS_HOLDS_POINTER:
  case FACTS_HOLDS_RECORD: return kind == PROGRAM_ATOM_ADDRESS || is_handle(p, atom);
  default: return false;
  }
}

void solver_add_atom(program *p, uint32_t node, program_atom atom, uint32_t via, uint32_t origin) {
  node = solver_class(p->solver, node);
  program_points *points = &p->points[node];
  if (!can_hold(p, p->nodes.items[node].holds, atom)) return;
  if (solver_points_index(points, atom) != PROGRAM_NONE) {
    p->solver->wasted++;
    return;
  }
  if (points->count == points->capacity)
    points->items = bs_vec_grow(points->items, &points->capacity, points->count ? points->count * 2 : 2,
                                sizeof *points->items);
  points->items[points->count++] = (program_reach){atom, via, origin};
  if (points->slots && points->count * 2 <= points->mask) {
    uint32_t s = (atom * 2654435761u) & points->mask;
    while (points->slots[s]) s = (s + 1) & points->mask;
    points->slots[s] = points->count;
  } else if (points->slots || points->count > LINEAR_LIMIT) {
    points_rehash(points);
  }
  enqueue(p->solver, node);
}

/* Whether a value goes over an edge. */
static bool goes_over(const program *p, const inner_edge *e, program_atom atom) {
  if (!(e->flags & INNER_RETURN) || program_atom_kind_of(atom) != PROGRAM_ATOM_DESCRIPTOR) return true;
  uint32_t made = program_atom_id(atom);
  return !p->solver->own_atom[made] || p->calls.items[made].caller != p->nodes.items[e->src].a;
}

static void add_edge(program *p, uint32_t src, uint32_t dst, uint32_t flags) {
  solver *s = p->solver;
  if (!src || !dst || src == dst) return;
  bool fresh;
  uint32_t id = bs_map_add(&s->edge_seen, bs_map_key(src, dst), s->edges.count, &fresh);
  if (!fresh) return;
  *bs_vec_push(&s->edges) = (inner_edge){src, dst, s->first_edge[src], flags};
  s->first_edge[src] = id;
  uint32_t class = solver_class(s, src);
  if (class == solver_class(s, dst)) return;
  const program_points *from = &p->points[class];
  for (uint32_t i = 0; i < from->done; i++)
    if (goes_over(p, &s->edges.items[id], from->items[i].atom))
      solver_add_atom(p, dst, from->items[i].atom, id, from->items[i].origin);
}

static uint32_t *none_table(uint32_t count) {
  uint32_t *table = bs_malloc(((size_t)count + 1) * sizeof *table);
  memset(table, 0xff, ((size_t)count + 1) * sizeof *table);
  return table;
}

/* PARAM and RETURN nodes are asked for while solving; they are made before it so that tables keep their
 * size. */
static uint32_t ensure_node(program *p, uint32_t kind, uint32_t a, uint32_t b) {
  bool fresh;
  uint32_t id = bs_map_add(&p->node_ids, bs_hash_mix(bs_map_key(kind, a), b), p->nodes.count, &fresh);
  if (fresh) *bs_vec_push(&p->nodes) = (program_node){.kind = kind, .a = a, .b = b};
  return id;
}

static void pass_argument(program *p, uint32_t call, const program_argument *a, uint32_t param) {
  uint32_t flags = a->flags & FACTS_ARGUMENT_CAST ? INNER_CAST : 0;
  switch (a->kind) {
  case FACTS_ARGUMENT_FUNCTION:
    solver_add_atom(p, param, program_atom_make(PROGRAM_ATOM_FUNCTION, a->ref), VIA_BASE, ORIGIN_CALL | call);
    break;
  case FACTS_ARGUMENT_NODE:
  case FACTS_ARGUMENT_FLAGS: add_edge(p, a->ref, param, flags); break;
  case FACTS_ARGUMENT_ADDRESS:
    if (a->ref)
      solver_add_atom(p, param, program_atom_make(PROGRAM_ATOM_ADDRESS, a->ref), VIA_BASE,
                      ORIGIN_CALL | call);
    break;
  default: break;
  }
}

static void index_params(program *p) {
  solver *s = p->solver;
  uint64_t total = 0;
  s->first_param = bs_malloc(((size_t)p->functions.count + 1) * sizeof *s->first_param);
  for (uint32_t f = 0; f < p->functions.count; f++) {
    s->first_param[f] = (uint32_t)total;
    total += p->functions.items[f].nparams + UINT64_C(1);
    if (total > UINT32_MAX) bs_out_of_memory();
  }
  s->params = bs_calloc((size_t)total + 1, sizeof *s->params);
  for (uint32_t i = 1; i < p->nodes.count; i++) {
    const program_node *n = &p->nodes.items[i];
    if (n->kind != FACTS_NODE_PARAM && n->kind != FACTS_NODE_RETURN) continue;
    uint32_t nparams = p->functions.items[n->a].nparams;
    if (n->kind == FACTS_NODE_RETURN && !n->b) s->params[s->first_param[n->a] + nparams] = i;
    if (n->kind == FACTS_NODE_PARAM && n->b < nparams) s->params[s->first_param[n->a] + n->b] = i;
  }
}

/* The node of a parameter that the function has; 0 when no unit mentions it. */
static uint32_t param_node(const program *p, uint32_t function, uint32_t index) {
  return p->solver->params[p->solver->first_param[function] + index];
}

static uint32_t return_node(const program *p, uint32_t function) {
  return param_node(p, function, p->functions.items[function].nparams);
}

/* What binding a call that lies ahead will ask for. */
static void fetch_call(const program *p, uint32_t call) {
  const program_call *c = &p->calls.items[call];
  if (c->kind == FACTS_CALL_INDIRECT || !p->functions.items[c->callee].defined) return;
  const program_function *f = &p->functions.items[c->callee];
  for (uint32_t i = 0; i < c->narguments && i < f->nparams; i++) {
    const program_argument *a = &p->arguments.items[c->first_argument + i];
    if (a->kind == FACTS_ARGUMENT_NODE)
      bs_map_fetch(&p->solver->edge_seen, bs_map_key(a->ref, param_node(p, c->callee, i)));
  }
  if (c->result) bs_map_fetch(&p->solver->edge_seen, bs_map_key(return_node(p, c->callee), c->result));
}

/* How many edges the flows and the calls that name a function make at most. */
static uint32_t count_edges(const program *p) {
  uint32_t count = p->flows.count;
  for (uint32_t i = 0; i < p->calls.count; i++) {
    const program_call *c = &p->calls.items[i];
    if (c->kind == FACTS_CALL_INDIRECT || !p->functions.items[c->callee].defined) continue;
    for (uint32_t k = 0; k < c->narguments; k++)
      count += p->arguments.items[c->first_argument + k].kind == FACTS_ARGUMENT_NODE;
    count += c->result != 0;
  }
  return count;
}

/* Ties the arguments and the result of a call to a function that is defined in the project. */
static void bind_call(program *p, uint32_t call, uint32_t function) {
  const program_call *c = &p->calls.items[call];
  const program_function *f = &p->functions.items[function];
  if (!f->defined) return;
  for (uint32_t i = 0; i < c->narguments && i < f->nparams; i++) {
    uint32_t param = param_node(p, function, i);
    if (param) pass_argument(p, call, &p->arguments.items[c->first_argument + i], param);
  }
  if (c->result)
    add_edge(p, return_node(p, function), c->result,
             c->kind == FACTS_CALL_DIRECT && c->callee == function ? INNER_RETURN : 0);
}

const program_reach *program_reach_of(const program *p, uint32_t node, program_atom atom) {
  const program_points *points = program_points_of(p, node);
  uint32_t i = solver_points_index(points, atom);
  return i == PROGRAM_NONE ? NULL : &points->items[i];
}

uint32_t program_reach_flags(const program *p, uint32_t node, program_atom atom) {
  uint32_t flags = 0;
  for (int steps = 0; steps < 1000; steps++) {
    const program_reach *r = program_reach_of(p, node, atom);
    if (!r) break;
    if (r->via == VIA_BASE) {
      if (!(r->origin & ORIGIN_CALL) && p->flows.items[r->origin].flags & FACTS_FLOW_CAST)
        flags |= INNER_CAST;
      break;
    }
    flags |= p->solver->edges.items[r->via].flags;
    node = p->solver->edges.items[r->via].src;
  }
  return flags;
}

static void resolve(program *p, uint32_t call, uint32_t node, uint32_t function, uint32_t max_targets) {
  solver *s = p->solver;
  program_call *c = &p->calls.items[call];
  if (!solver_fits(p, c, function) &&
      !(program_reach_flags(p, node, program_atom_make(PROGRAM_ATOM_FUNCTION, function)) & INNER_CAST))
    return;
  if (s->ntargets[call] >= max_targets) {
    c->capped = true;
    return;
  }
  s->ntargets[call]++;
  *bs_vec_push(&s->targets) = call;
  *bs_vec_push(&s->targets) = function;
  bind_call(p, call, function);
}

/* A library gives a descriptor to a parameter of a callback. */
static void give(program *p, uint32_t call, uint32_t descriptor, uint32_t function, uint32_t parameter) {
  const program_argument *a = &p->arguments.items[p->calls.items[call].first_argument + descriptor];
  uint32_t param = program_find_node(p, FACTS_NODE_PARAM, function, parameter);
  if (param && a->kind == FACTS_ARGUMENT_NODE) add_edge(p, a->ref, param, 0);
}

void solver_visit_atom(program *p, uint32_t node, program_atom atom, uint32_t max_targets) {
  solver *s = p->solver;
  uint32_t id = program_atom_id(atom);
  if (program_atom_kind_of(atom) == PROGRAM_ATOM_FUNCTION) {
    for (uint32_t c = s->first_call[node]; c != PROGRAM_NONE; c = s->next_call[c])
      resolve(p, c, node, id, max_targets);
    uint32_t gift = PROGRAM_NONE;
    if (s->gifts.count) bs_map_find(&s->first_gift, node, &gift);
    for (; gift != PROGRAM_NONE; gift = s->gifts.items[gift].next) {
      const struct solver_gift g = s->gifts.items[gift];
      give(p, g.call, g.descriptor, id, g.parameter);
    }
  } else if (program_atom_kind_of(atom) == PROGRAM_ATOM_ADDRESS) {
    for (uint32_t w = s->first_load[node]; w != PROGRAM_NONE; w = s->next_load[w])
      add_edge(p, id, p->flows.items[w].dst, p->flows.items[w].flags & FACTS_FLOW_CAST ? INNER_CAST : 0);
    for (uint32_t w = s->first_store[node]; w != PROGRAM_NONE; w = s->next_store[w])
      add_edge(p, p->flows.items[w].src, id, p->flows.items[w].flags & FACTS_FLOW_CAST ? INNER_CAST : 0);
  }
}

void solver_send(program *p, uint32_t node, uint32_t from, uint32_t to) {
  solver *s = p->solver;
  uint32_t class = solver_class(s, node);
  for (uint32_t e = s->first_edge[node]; e != PROGRAM_NONE; e = s->edges.items[e].next) {
    uint32_t dst = solver_class(s, s->edges.items[e].dst);
    if (dst == class) continue;
    for (uint32_t i = from; i < to; i++) {
      const program_reach *r = &p->points[class].items[i];
      if (goes_over(p, &s->edges.items[e], r->atom)) solver_add_atom(p, dst, r->atom, e, r->origin);
    }
  }
}

static void run(program *p, uint32_t max_targets) {
  solver *s = p->solver;
  while (s->head < s->work.count) {
    uint32_t node = s->work.items[s->head++];
    s->queued[node] = false;
    if (s->class_of[node] != node) continue; /* another one of its class is queued where need be */
    uint32_t from = p->points[node].done, to = p->points[node].count;
    p->points[node].done = to;
    for (uint32_t m = node; m != PROGRAM_NONE; m = s->next_member[m]) solver_send(p, m, from, to);
    for (uint32_t m = node; m != PROGRAM_NONE; m = s->next_member[m])
      for (uint32_t i = from; i < to; i++)
        solver_visit_atom(p, m, p->points[node].items[i].atom, max_targets);
    if (s->wasted > s->worth) solver_collapse(p, max_targets);
    if (s->head > 4096 && s->head * 2 > s->work.count) { /* drop the consumed half */
      memmove(s->work.items, s->work.items + s->head, (s->work.count - s->head) * sizeof *s->work.items);
      s->work.count -= s->head;
      s->head = 0;
    }
  }
}

/* What a library keeps in objects of one kind is one node. */
static void make_kept_nodes(program *p, const program_oracle *oracle) {
  program_handed_on h;
  for (uint32_t f = 0; f < p->functions.count && oracle->hands_on; f++) {
    if (p->functions.items[f].defined) continue;
    const char *name = program_text(p, p->functions.items[f].symbol);
    for (uint32_t i = 0; oracle->hands_on(oracle->context, name, i, &h); i++)
      if (h.name) ensure_node(p, PROGRAM_NODE_POOL, bs_intern_adds(&p->strings, h.name), 0);
  }
}

static void make_nodes(program *p, const program_oracle *oracle) {
  for (uint32_t i = 0; i < p->flows.count; i++)
    if (p->flows.items[i].type) ensure_node(p, PROGRAM_NODE_POOL, p->flows.items[i].type, 0);
  make_kept_nodes(p, oracle);
}

static void index_pointers(program *p) {
  solver *s = p->solver;
  for (uint32_t i = p->flows.count; i-- > 0;) {
    const program_flow *w = &p->flows.items[i];
    if (w->kind == FACTS_FLOW_LOAD) {
      s->next_load[i] = s->first_load[w->src];
      s->first_load[w->src] = i;
    } else if (w->kind == FACTS_FLOW_STORE) {
      s->next_store[i] = s->first_store[w->dst];
      s->first_store[w->dst] = i;
    }
  }
  for (uint32_t i = p->calls.count; i-- > 0;) {
    const program_call *c = &p->calls.items[i];
    if (c->kind != FACTS_CALL_INDIRECT || !c->callee) continue;
    s->next_call[i] = s->first_call[c->callee];
    s->first_call[c->callee] = i;
  }
}

static void add_flow(program *p, uint32_t i) {
  const program_flow *w = &p->flows.items[i];
  uint32_t cast = w->flags & FACTS_FLOW_CAST ? INNER_CAST : 0, pool;
  if (w->flags & PROGRAM_FLOW_GUESS) cast |= INNER_POOL;
  switch (w->kind) {
  case FACTS_FLOW_COPY: add_edge(p, w->src, w->dst, cast); break;
  case FACTS_FLOW_FUNCTION:
    solver_add_atom(p, w->dst, program_atom_make(PROGRAM_ATOM_FUNCTION, w->src), VIA_BASE, i);
    break;
  case FACTS_FLOW_ADDRESS:
    if (w->src) solver_add_atom(p, w->dst, program_atom_make(PROGRAM_ATOM_ADDRESS, w->src), VIA_BASE, i);
    break;
  case FACTS_FLOW_LOAD:
    pool = w->type ? program_find_node(p, PROGRAM_NODE_POOL, w->type, 0) : 0;
    add_edge(p, pool, w->dst, cast | INNER_POOL);
    break;
  case FACTS_FLOW_STORE:
    pool = w->type ? program_find_node(p, PROGRAM_NODE_POOL, w->type, 0) : 0;
    add_edge(p, w->src, pool, cast | INNER_POOL);
    break;
  default: break;
  }
}

static const program_argument *argument_of(const program *p, uint32_t call, int index) {
  const program_call *c = &p->calls.items[call];
  return index >= 0 && (uint32_t)index < c->narguments
             ? &p->arguments.items[c->first_argument + (uint32_t)index]
             : NULL;
}

static void hand_to_callback(program *p, uint32_t call, const program_handed_on *h) {
  solver *s = p->solver;
  const program_argument *callback = argument_of(p, call, h->callback);
  if (!callback) return;
  if (callback->kind == FACTS_ARGUMENT_FUNCTION)
    give(p, call, (uint32_t)h->descriptor, callback->ref, (uint32_t)h->parameter);
  if (callback->kind != FACTS_ARGUMENT_NODE) return;
  uint32_t first = PROGRAM_NONE;
  bs_map_find(&s->first_gift, callback->ref, &first);
  bs_map_set(&s->first_gift, callback->ref, s->gifts.count);
  *bs_vec_push(&s->gifts) =
      (struct solver_gift){call, (uint32_t)h->descriptor, (uint32_t)h->parameter, first};
}

/* What a library does with a descriptor that it is given. */
static void hand_on(program *p, uint32_t call, const program_handed_on *h) {
  const program_argument *fd = argument_of(p, call, h->descriptor), *out = argument_of(p, call, h->out);
  uint32_t name = h->name ? bs_intern_find(&p->strings, h->name, strlen(h->name)) : UINT32_MAX;
  uint32_t kept = name != UINT32_MAX ? program_find_node(p, PROGRAM_NODE_POOL, name, 0) : 0;
  if (h->descriptor >= 0) {
    if (!fd || fd->kind != FACTS_ARGUMENT_NODE) return;
    if (kept)
      add_edge(p, fd->ref, kept, 0);
    else
      hand_to_callback(p, call, h);
  } else if (h->out < 0) {
    add_edge(p, kept, p->calls.items[call].result, 0);
  } else if (out && out->kind == FACTS_ARGUMENT_ADDRESS) {
    add_edge(p, kept, out->ref, 0);
  }
}

static void add_handed_on(program *p, uint32_t call, const char *name, const program_oracle *oracle) {
  program_handed_on h;
  for (uint32_t i = 0; oracle->hands_on && oracle->hands_on(oracle->context, name, i, &h); i++)
    hand_on(p, call, &h);
}

static void add_fork(program *p, uint32_t call, const char *name, const program_oracle *oracle) {
  uint32_t result = p->calls.items[call].result;
  if (result && oracle->is_fork(oracle->context, name))
    solver_add_atom(p, result, program_atom_make(PROGRAM_ATOM_FORK, call), VIA_BASE, ORIGIN_CALL | call);
}

/* A library may be reached through a variable that has the name of its function (Redis modules). */
static void add_external_pointer(program *p, uint32_t call, const program_oracle *oracle) {
  const program_node *n = &p->nodes.items[p->calls.items[call].callee];
  if (n->kind != FACTS_NODE_GLOBAL) return;
  const char *name = program_text(p, n->a);
  add_handed_on(p, call, name, oracle);
  add_fork(p, call, name, oracle);
}

/* Descriptors and fork results are values that calls to functions outside the project make. */
static void add_external(program *p, uint32_t call, const program_oracle *oracle) {
  const program_call *c = &p->calls.items[call];
  if (c->kind == FACTS_CALL_INDIRECT) add_external_pointer(p, call, oracle);
  if (c->kind != FACTS_CALL_DIRECT || p->functions.items[c->callee].defined) return;
  const char *name = program_text(p, p->functions.items[c->callee].symbol);
  add_handed_on(p, call, name, oracle);
  c = &p->calls.items[call];
  int out = -1, how = oracle->creates_descriptor(oracle->context, name, &out);
  p->calls.items[call].makes_handle = how & PROGRAM_CREATES_HANDLE;
  how &= ~PROGRAM_CREATES_HANDLE;
  program_atom atom = program_atom_make(PROGRAM_ATOM_DESCRIPTOR, call);
  if (how == 1 && c->result) solver_add_atom(p, c->result, atom, VIA_BASE, ORIGIN_CALL | call);
  if (how == 2 && out >= 0 && (uint32_t)out < c->narguments) {
    const program_argument *a = &p->arguments.items[c->first_argument + (uint32_t)out];
    if (a->kind == FACTS_ARGUMENT_ADDRESS && a->ref)
      solver_add_atom(p, a->ref, atom, VIA_BASE, ORIGIN_CALL | call);
  }
  add_fork(p, call, name, oracle);
}

/* ---- functions that return a descriptor of their own ---- */

typedef struct wrapper_finder {
  program *p;
  BS_VEC(uint32_t) work; /* calls that make a descriptor */
  uint32_t *first_caller, *next_caller; /* of a function: direct calls of it whose value is used */
  bool *is_wrapper; /* functions */
} wrapper_finder;

/* Whether what stands in a node of a function comes to its result through nothing but its variables. */
static bool comes_to_return(const program *p, uint32_t node, uint32_t function, int depth) {
  const solver *s = p->solver;
  for (uint32_t e = s->first_edge[node]; e != PROGRAM_NONE && depth < 8; e = s->edges.items[e].next) {
    const program_node *n = &p->nodes.items[s->edges.items[e].dst];
    if (n->a != function) continue;
    if (n->kind == FACTS_NODE_RETURN) return true;
    if (n->kind != FACTS_NODE_LOCAL && n->kind != FACTS_NODE_TEMP) continue;
    if (comes_to_return(p, s->edges.items[e].dst, function, depth + 1)) return true;
  }
  return false;
}

/* The node that a call puts its descriptor into. */
static uint32_t made_in(const program *p, uint32_t call) {
  const program_call *c = &p->calls.items[call];
  program_atom atom = program_atom_make(PROGRAM_ATOM_DESCRIPTOR, call);
  if (c->result && program_points_has(&p->points[c->result], atom)) return c->result;
  for (uint32_t i = 0; i < c->narguments; i++) {
    const program_argument *a = &p->arguments.items[c->first_argument + i];
    if (a->kind == FACTS_ARGUMENT_ADDRESS && a->ref && program_points_has(&p->points[a->ref], atom))
      return a->ref;
  }
  return 0;
}

static void note_wrapper(wrapper_finder *f, uint32_t function) {
  program *p = f->p;
  if (f->is_wrapper[function]) return;
  f->is_wrapper[function] = true;
  for (uint32_t call = f->first_caller[function]; call != PROGRAM_NONE; call = f->next_caller[call]) {
    solver_add_atom(p, p->calls.items[call].result, program_atom_make(PROGRAM_ATOM_DESCRIPTOR, call),
                    VIA_BASE, ORIGIN_CALL | call);
    *bs_vec_push(&f->work) = call;
  }
}

static void find_wrappers(program *p) {
  wrapper_finder f = {.p = p};
  f.first_caller = none_table(p->functions.count);
  f.next_caller = none_table(p->calls.count);
  f.is_wrapper = bs_calloc((size_t)p->functions.count + 1, sizeof *f.is_wrapper);
  for (uint32_t call = p->calls.count; call-- > 0;) {
    const program_call *c = &p->calls.items[call];
    if (c->kind != FACTS_CALL_DIRECT) continue;
    if (!p->functions.items[c->callee].defined) {
      if (!c->makes_handle && made_in(p, call)) *bs_vec_push(&f.work) = call;
    } else if (c->result && p->nodes.items[c->result].holds == FACTS_HOLDS_ANYTHING) {
      f.next_caller[call] = f.first_caller[c->callee];
      f.first_caller[c->callee] = call;
    }
  }
  while (f.work.count) {
    uint32_t call = f.work.items[--f.work.count], function = p->calls.items[call].caller;
    uint32_t node = made_in(p, call);
    if (!node || !comes_to_return(p, node, function, 0)) continue;
    p->solver->own_atom[call] = true;
    note_wrapper(&f, function);
  }
  bs_vec_fini(&f.work);
  free(f.first_caller);
  free(f.next_caller);
  free(f.is_wrapper);
}

/* What only the solving needs; the edges stay, for they say how a value came. */
static void free_work(solver *s) {
  uint32_t **tables[] = {&s->first_edge, &s->first_load, &s->next_load,   &s->first_store, &s->next_store,
                         &s->first_call, &s->next_call,  &s->first_param, &s->params,      &s->ntargets};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    free(*tables[i]);
    *tables[i] = NULL;
  }
  bs_map_fini(&s->edge_seen);
  bs_vec_fini(&s->work);
  free(s->queued);
  s->queued = NULL;
  bs_vec_fini(&s->gifts);
  bs_map_fini(&s->first_gift);
}

enum { CALLS_AHEAD = 8 };

void program_solve(program *p, const program_oracle *oracle, const program_limits *limits) {
  make_nodes(p, oracle);
  uint32_t n = p->nodes.count;
  solver *s = p->solver = bs_calloc(1, sizeof *s);
  p->points = bs_calloc((size_t)n + 1, sizeof *p->points);
  s->first_edge = none_table(n);
  s->first_load = none_table(n);
  s->first_store = none_table(n);
  s->first_call = none_table(n);
  s->next_load = none_table(p->flows.count);
  s->next_store = none_table(p->flows.count);
  s->next_call = none_table(p->calls.count);
  s->queued = bs_calloc((size_t)n + 1, sizeof *s->queued);
  s->own_atom = bs_calloc((size_t)p->calls.count + 1, sizeof *s->own_atom);
  s->ntargets = bs_calloc((size_t)p->calls.count + 1, sizeof *s->ntargets);
  solver_classes_init(s, n);
  bs_intern_init(&s->prototype_words);
  index_params(p);
  uint32_t edges = count_edges(p);
  bs_map_reserve(&s->edge_seen, edges);
  bs_vec_reserve(&s->edges, edges);
  index_pointers(p);
  for (uint32_t i = 0; i < p->flows.count; i++) add_flow(p, i);
  for (uint32_t i = 0; i < p->calls.count; i++) {
    const program_call *c = &p->calls.items[i];
    if (i + CALLS_AHEAD < p->calls.count) fetch_call(p, i + CALLS_AHEAD);
    if (c->kind != FACTS_CALL_INDIRECT) bind_call(p, i, c->callee);
    uint32_t other;
    if (p->others.count && bs_map_find(&p->other_callees, i, &other))
      for (; p->others.items[other] != PROGRAM_NONE; other++) bind_call(p, i, p->others.items[other]);
    add_external(p, i, oracle);
  }
  for (uint32_t i = 0; i < p->overrides.count;
       i++) { /* a virtual call's arguments reach the overriders as well */
    const program_override *o = &p->overrides.items[i];
    for (uint32_t k = 0; k < p->functions.items[o->function].nparams; k++)
      add_edge(p, program_find_node(p, FACTS_NODE_PARAM, o->overridden, k),
               program_find_node(p, FACTS_NODE_PARAM, o->function, k), 0);
    add_edge(p, program_find_node(p, FACTS_NODE_RETURN, o->function, 0),
             program_find_node(p, FACTS_NODE_RETURN, o->overridden, 0), 0);
  }
  find_wrappers(p);
  run(p, limits->max_targets);
  for (uint32_t i = 0; i < n; i++) solver_class(s, i);
  free_work(s);
}

void solver_free(solver *s) {
  if (!s) return;
  free_work(s);
  bs_vec_fini(&s->edges);
  bs_vec_fini(&s->targets);
  free(s->own_atom);
  bs_map_fini(&s->prototypes);
  bs_intern_fini(&s->prototype_words);
  solver_classes_fini(s);
  free(s);
}
