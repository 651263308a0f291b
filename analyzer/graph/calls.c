/* Turns call sites into edges: which function, why that one, and how sure that is.
 *
 * A call with one target by value flow is certain; with several each is likely; targets that only their type
 * suggests are possible. Functions handed to code outside the project get an edge of kind callback.
 */
#include "analyzer/graph/solve.h"

#include <stdlib.h>
#include <string.h>

typedef struct builder {
  program *p;
  uint32_t *first_target; /* of a call, into `targets` */
  uint32_t *targets;      /* functions, grouped by call */
  bs_map by_type;         /* type -> index of a list */
  BS_VEC(uint32_t) type_heads;
  uint32_t *type_next;
  uint32_t max_by_type;
} builder;

bool program_is_transparent(const program *p, uint32_t node) {
  switch (p->nodes.items[node].kind) {
  case FACTS_NODE_LOCAL:
  case FACTS_NODE_TEMP:
  case FACTS_NODE_RESULT:
  case FACTS_NODE_RETURN: return true;
  default: return false;
  }
}

/* The node that an atom came from, seen from `node`, skipping locals and temporaries. */
static uint32_t source_of(const program *p, uint32_t node, program_atom atom) {
  const solver *s = p->solver;
  for (int steps = 0; steps < 1000 && program_is_transparent(p, node); steps++) {
    if (s->way_out && s->way_out[node] != PROGRAM_NONE) {
      node = s->edges.items[s->way_out[node]].src;
      continue;
    }
    const program_reach *r = program_reach_of(p, node, atom);
    if (!r || r->via == VIA_BASE) break;
    node = s->edges.items[r->via].src;
  }
  return node;
}

bool program_origin(const program *p, uint32_t node, program_atom atom, program_place *place,
                    uint32_t *function) {
  const program_reach *r = program_reach_of(p, node, atom);
  if (!r) return false;
  if (r->origin & ORIGIN_CALL) {
    const program_call *c = &p->calls.items[r->origin & ~ORIGIN_CALL];
    *place = c->place;
    *function = c->caller;
  } else {
    *place = p->flows.items[r->origin].place;
    *function = p->flows.items[r->origin].function;
  }
  return true;
}

static int compare_ids(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static void group_targets(builder *b) {
  program *p = b->p;
  solver *s = p->solver;
  b->first_target = bs_calloc((size_t)p->calls.count + 2, sizeof *b->first_target);
  b->targets = bs_malloc((s->targets.count / 2 + 1) * sizeof *b->targets);
  for (uint32_t i = 0; i < s->targets.count; i += 2) b->first_target[s->targets.items[i] + 1]++;
  for (uint32_t c = 0; c < p->calls.count; c++) b->first_target[c + 1] += b->first_target[c];
  uint32_t *fill = bs_malloc((p->calls.count + 1) * sizeof *fill);
  memcpy(fill, b->first_target, p->calls.count * sizeof *fill);
  for (uint32_t i = 0; i < s->targets.count; i += 2)
    b->targets[fill[s->targets.items[i]]++] = s->targets.items[i + 1];
  free(fill);
  for (uint32_t c = 0; c < p->calls.count; c++)
    if (b->first_target[c + 1] > b->first_target[c])
      qsort(b->targets + b->first_target[c], b->first_target[c + 1] - b->first_target[c], sizeof *b->targets,
            compare_ids);
}

static void index_types(builder *b) {
  program *p = b->p;
  b->type_next = bs_malloc((p->functions.count + 1) * sizeof *b->type_next);
  for (uint32_t f = p->functions.count; f-- > 0;) {
    const program_function *row = &p->functions.items[f];
    if (!row->address_taken || !row->type || !row->defined) continue;
    bool fresh;
    uint32_t list = bs_map_add(&b->by_type, row->type, b->type_heads.count, &fresh);
    if (fresh) *bs_vec_push(&b->type_heads) = PROGRAM_NONE;
    b->type_next[f] = b->type_heads.items[list];
    b->type_heads.items[list] = f;
  }
}

static void index_tables(program *p) {
  p->first_in_table = bs_malloc((p->nodes.count + 1) * sizeof *p->first_in_table);
  p->next_in_table = bs_malloc((p->flows.count + 1) * sizeof *p->next_in_table);
  memset(p->first_in_table, 0xff, (p->nodes.count + 1) * sizeof *p->first_in_table);
  for (uint32_t i = p->flows.count; i-- > 0;) {
    const program_flow *w = &p->flows.items[i];
    if (w->kind != FACTS_FLOW_FUNCTION || !w->table) continue;
    p->next_in_table[i] = p->first_in_table[w->table];
    p->first_in_table[w->table] = i;
  }
}

static bool same_program(program *p, uint32_t caller, uint32_t callee) {
  return program_set_meet(p, p->functions.items[caller].programs, p->functions.items[callee].programs) !=
         PROGRAM_NOWHERE;
}

static program_edge *push_edge(builder *b, uint32_t call, uint32_t callee, enum program_how how,
                               enum program_strength strength) {
  program_edge *e = bs_vec_push(&b->p->edges);
  e->call = call;
  e->callee = callee;
  e->how = (uint8_t)how;
  e->strength = (uint8_t)strength;
  e->because_function = PROGRAM_NONE;
  return e;
}

/* The definitions that other programs have for a direct call. */
static void add_others(builder *b, uint32_t call) {
  uint32_t i;
  if (!bs_map_find(&b->p->other_callees, call, &i)) return;
  for (; b->p->others.items[i] != PROGRAM_NONE; i++)
    push_edge(b, call, b->p->others.items[i], PROGRAM_DIRECT, PROGRAM_CERTAIN);
}

static enum program_how how_of(const program *p, uint32_t source) {
  switch (p->nodes.items[source].kind) {
  case FACTS_NODE_FIELD: return PROGRAM_FIELD;
  case FACTS_NODE_PARAM: return PROGRAM_PARAMETER;
  default: return PROGRAM_VARIABLE;
  }
}

static void explain(const program *p, program_edge *e, uint32_t node) {
  program_atom atom = program_atom_make(PROGRAM_ATOM_FUNCTION, e->callee);
  program_origin(p, node, atom, &e->because, &e->because_function);
  e->through = source_of(p, node, atom);
}

static void add_indirect(builder *b, uint32_t call) {
  program *p = b->p;
  program_call *c = &p->calls.items[call];
  uint32_t from = b->first_target[call], to = b->first_target[call + 1], kept = 0;
  for (uint32_t i = from; i < to; i++) kept += same_program(p, c->caller, b->targets[i]);
  for (uint32_t i = from; i < to; i++) {
    if (!same_program(p, c->caller, b->targets[i])) continue;
    program_edge *e =
        push_edge(b, call, b->targets[i], PROGRAM_VARIABLE, kept == 1 ? PROGRAM_CERTAIN : PROGRAM_LIKELY);
    e->candidates = kept;
    explain(p, e, c->callee);
    e->how = (uint8_t)how_of(p, e->through);
    if (e->strength == PROGRAM_CERTAIN &&
        program_reach_flags(p, c->callee, program_atom_make(PROGRAM_ATOM_FUNCTION, e->callee)) & INNER_POOL)
      e->strength = PROGRAM_LIKELY;
  }
}

static bool add_by_type(builder *b, uint32_t call) {
  program *p = b->p;
  const program_call *c = &p->calls.items[call];
  uint32_t list, count = 0;
  if (!c->type || !bs_map_find(&b->by_type, c->type, &list)) return false;
  for (uint32_t f = b->type_heads.items[list]; f != PROGRAM_NONE && count <= b->max_by_type;
       f = b->type_next[f])
    count += same_program(p, c->caller, f);
  if (!count || count > b->max_by_type) return false;
  for (uint32_t f = b->type_heads.items[list]; f != PROGRAM_NONE; f = b->type_next[f]) {
    if (!same_program(p, c->caller, f)) continue;
    program_edge *e = push_edge(b, call, f, PROGRAM_TYPE, PROGRAM_POSSIBLE);
    e->candidates = count;
    e->through = c->callee;
  }
  return true;
}

/* Whether all is known of the objects that the programs make: nothing is missing, and no user of a library
 * makes more. */
static bool knows_objects(const program *p) {
  for (uint32_t i = 0; i < p->units.count; i++)
    if (p->units.items[i].errors) return false;
  return p->executables.count > 0;
}

/* Of "net::Server::poll": the length of "net::Server"; 0 without a class. */
static size_t class_length(const char *name) {
  const char *end = strstr(name, "::operator");
  for (const char *at = name; !end && (at = strstr(at, "::")); at += 2)
    if (!strstr(at + 2, "::")) end = at;
  return end ? (size_t)(end - name) : 0;
}

bool program_makes_class_of(const program *p, uint32_t function) {
  const program_function *f = &p->functions.items[function];
  if (!p->knows_objects || !f->defined || f->flags & FACTS_FUNCTION_SYSTEM) return true;
  const char *name = program_text(p, f->name);
  uint32_t class = bs_intern_find(&p->strings, name, class_length(name)), made;
  return class != UINT32_MAX && bs_map_find(&p->made, class, &made);
}

static int compare_overrides(const void *a, const void *b) {
  const program_override *x = a, *y = b;
  if (x->overridden != y->overridden) return x->overridden < y->overridden ? -1 : 1;
  return x->function < y->function ? -1 : x->function > y->function;
}

static void add_overriders(builder *b, uint32_t call, uint32_t function, int depth) {
  const program *p = b->p;
  uint32_t low = 0, high = p->overrides.count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (p->overrides.items[middle].overridden < function)
      low = middle + 1;
    else
      high = middle;
  }
  for (; depth < 32 && low < p->overrides.count && p->overrides.items[low].overridden == function; low++) {
    if (low && !compare_overrides(&p->overrides.items[low], &p->overrides.items[low - 1])) continue;
    push_edge(b, call, p->overrides.items[low].function, PROGRAM_VIRTUAL, PROGRAM_LIKELY);
    add_overriders(b, call, p->overrides.items[low].function, depth + 1);
  }
}

/* &Base::on calls what overrides it. */
static void add_overriders_of_targets(builder *b, uint32_t call, uint32_t first) {
  program *p = b->p;
  uint32_t end = p->edges.count;
  for (uint32_t i = first; i < end; i++) {
    const program_edge e = p->edges.items[i];
    if (!(p->functions.items[e.callee].flags & FACTS_FUNCTION_VIRTUAL)) continue;
    uint32_t from = p->edges.count;
    add_overriders(b, call, e.callee, 0);
    for (uint32_t k = from; k < p->edges.count; k++) {
      bool made = program_makes_class_of(p, p->edges.items[k].callee);
      p->edges.items[k].strength = made && e.strength > PROGRAM_POSSIBLE ? PROGRAM_LIKELY : PROGRAM_POSSIBLE;
      p->edges.items[k].candidates = p->edges.count - first;
      p->edges.items[k].because = e.because;
      p->edges.items[k].because_function = e.because_function;
      p->edges.items[k].through = e.through;
      p->edges.items[k].how = e.how;
    }
  }
}

static void add_virtual(builder *b, uint32_t call) {
  program *p = b->p;
  uint32_t first = p->edges.count;
  push_edge(b, call, p->calls.items[call].callee, PROGRAM_VIRTUAL, PROGRAM_LIKELY);
  add_overriders(b, call, p->calls.items[call].callee, 0);
  uint32_t count = 1;
  for (uint32_t i = first + 1; i < p->edges.count; i++) {
    if (program_makes_class_of(p, p->edges.items[i].callee))
      count++;
    else
      p->edges.items[i].strength = PROGRAM_POSSIBLE;
  }
  for (uint32_t i = first; i < p->edges.count; i++) {
    program_edge *e = &p->edges.items[i];
    e->candidates = count;
    if (count == 1 && e->strength == PROGRAM_LIKELY) e->strength = PROGRAM_CERTAIN;
  }
}

static void push_callback(builder *b, uint32_t call, uint32_t function, uint32_t candidates) {
  program *p = b->p;
  const program_call *c = &p->calls.items[call];
  if (!p->functions.items[function].defined || !same_program(p, c->caller, function)) return;
  program_edge *e = push_edge(b, call, function, PROGRAM_CALLBACK, PROGRAM_POSSIBLE);
  e->candidates = candidates;
  e->because = c->place;
  e->because_function = c->caller;
}

/* Whether the callee's parameter is declared as a pointer to a function. */
static bool takes_function(const program *p, uint32_t callee, uint32_t index) {
  const char *type = program_text(p, p->functions.items[callee].type), *s = strchr(type, '(');
  int depth = 0;
  for (uint32_t at = 0; s && *s && at <= index; s++) {
    if (depth == 1 && at == index && (!strncmp(s, "(*", 2) || !strncmp(s, "(^", 2))) return true;
    if (*s == '(') depth++;
    if (*s == ')' && --depth == 0) break;
    if (*s == ',' && depth == 1) at++;
  }
  return false;
}

/* A template outside the project takes whatever it is given: its symbol is its name and its type. */
static bool is_template(const program *p, uint32_t callee) {
  return strchr(program_text(p, p->functions.items[callee].symbol), ' ') != NULL;
}

/* What an argument hands over: a function, what reaches a variable, or every function in a table. */
static void add_callbacks(builder *b, uint32_t call, uint32_t callee, uint32_t index) {
  program *p = b->p;
  const program_argument *a = &p->arguments.items[p->calls.items[call].first_argument + index];
  uint32_t table = a->kind == FACTS_ARGUMENT_ADDRESS ? a->ref : 0;
  if (a->kind == FACTS_ARGUMENT_FUNCTION) push_callback(b, call, a->ref, 1);
  if (a->kind == FACTS_ARGUMENT_NODE && (takes_function(p, callee, index) || is_template(p, callee))) {
    const program_points *points = program_points_of(p, a->ref);
    for (uint32_t i = 0; i < points->count; i++) {
      program_atom atom = points->items[i].atom;
      if (program_atom_kind_of(atom) == PROGRAM_ATOM_FUNCTION)
        push_callback(b, call, program_atom_id(atom), points->count);
    }
  }
  for (uint32_t w = table ? p->first_in_table[table] : PROGRAM_NONE; w != PROGRAM_NONE;
       w = p->next_in_table[w])
    push_callback(b, call, p->flows.items[w].src, 1);
}

static void add_call(builder *b, uint32_t call) {
  program *p = b->p;
  program_call *c = &p->calls.items[call];
  c->first_edge = p->edges.count;
  if (c->kind == FACTS_CALL_DIRECT) {
    push_edge(b, call, c->callee, PROGRAM_DIRECT, PROGRAM_CERTAIN);
    add_others(b, call);
  }
  if (c->kind == FACTS_CALL_VIRTUAL) add_virtual(b, call);
  if (c->kind == FACTS_CALL_INDIRECT) {
    add_indirect(b, call);
    add_overriders_of_targets(b, call, c->first_edge);
  }
  if (c->capped) p->capped++;
  bool nothing =
      c->kind == FACTS_CALL_INDIRECT && c->flags & FACTS_CALL_IMPLICIT; /* what it carries, if anything */
  if (p->edges.count == c->first_edge && !nothing && !add_by_type(b, call)) p->unresolved++;
  uint32_t outside = PROGRAM_NONE;
  for (uint32_t e = c->first_edge; e < p->edges.count; e++)
    if (!p->functions.items[p->edges.items[e].callee].defined) outside = p->edges.items[e].callee;
  for (uint32_t i = 0; outside != PROGRAM_NONE && i < c->narguments; i++) add_callbacks(b, call, outside, i);
  c->nedges = p->edges.count - c->first_edge;
}

static void index_flows(program *p) {
  p->flow_next = bs_malloc((p->flows.count + 1) * sizeof *p->flow_next);
  for (uint32_t i = p->flows.count; i-- > 0;) {
    uint32_t head;
    p->flow_next[i] = bs_map_find(&p->flow_lists, p->flows.items[i].dst, &head) ? head : PROGRAM_NONE;
    bs_map_set(&p->flow_lists, p->flows.items[i].dst, i);
  }
}

uint32_t program_first_flow(const program *p, uint32_t node) {
  uint32_t head;
  return bs_map_find(&p->flow_lists, node, &head) ? head : PROGRAM_NONE;
}

void program_build_edges(program *p, const program_limits *limits) {
  builder b = {.p = p, .max_by_type = limits->max_by_type};
  p->knows_objects = knows_objects(p);
  bs_vec_sort(&p->overrides, compare_overrides);
  group_targets(&b);
  index_types(&b);
  index_tables(p);
  index_flows(p);
  for (uint32_t call = 0; call < p->calls.count; call++) add_call(&b, call);
  free(b.first_target);
  free(b.targets);
  free(b.type_next);
  bs_map_fini(&b.by_type);
  bs_vec_fini(&b.type_heads);
}

void program_describe_node(const program *p, uint32_t node, bs_strbuf *out) {
  const program_node *n = &p->nodes.items[node];
  switch (n->kind) {
  case FACTS_NODE_FIELD: {
    const char *record = program_text(p, n->a);
    bs_strbuf_addf(out, "field %s of %.*s", program_text(p, n->b), (int)strcspn(record, "@"), record);
    break;
  }
  case FACTS_NODE_PARAM:
    bs_strbuf_addf(out, "parameter %u of %s", n->b + 1, program_text(p, p->functions.items[n->a].name));
    break;
  case FACTS_NODE_GLOBAL: bs_strbuf_addf(out, "variable %s", program_text(p, n->a)); break;
  case FACTS_NODE_LOCAL:
    bs_strbuf_addf(out, "variable %.*s", (int)strcspn(program_text(p, n->b), "#"), program_text(p, n->b));
    break;
  case PROGRAM_NODE_POOL: bs_strbuf_addf(out, "memory that holds %s", program_text(p, n->a)); break;
  default: bs_strbuf_adds(out, "an expression"); break;
  }
}
