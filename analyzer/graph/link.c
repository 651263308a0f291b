/* Gives every function, variable, field and call one id over all units.
 *
 * A function is known by its linker symbol and the file that defines it: that keeps `static int usage()` of
 * two files apart and makes a header's inline function one function in every unit. A unit that only declares
 * a symbol is linked to its definition, which may be another one in each program (link_programs.c).
 */
#include "analyzer/graph/link.h"
#include "analyzer/graph/kept_program.h"
#include "analyzer/graph/solve.h"
#include "base/hash.h"
#include "base/module.h"

#include <stdio.h>
#include <string.h>

uint32_t link_string(linker *l, unit_link *u, facts_str s) {
  if (u->strings[s] == PROGRAM_NONE)
    u->strings[s] =
        bs_intern_add(&l->p->strings, facts_text(&u->facts, s), bs_intern_length(&u->facts.strings, s));
  return u->strings[s];
}

static program_place place_of(linker *l, unit_link *u, facts_place place) {
  return (program_place){link_string(l, u, place.file), place.line, place.column};
}

static uint32_t *new_map(uint32_t count) {
  uint32_t *map = bs_malloc(((size_t)count + 1) * sizeof *map);
  memset(map, 0xff, ((size_t)count + 1) * sizeof *map);
  return map;
}

static void unit_open(unit_link *u) {
  const facts_unit *f = &u->facts;
  u->strings = new_map(f->strings.count);
  u->functions = new_map(f->functions.count);
  u->nodes = new_map(f->nodes.count);
  u->guards = new_map(f->guards.count);
  u->cycles = new_map(f->cycles.count);
  u->calls = new_map(f->calls.count);
  u->bodies = new_map(f->functions.count);
  u->harvest = bs_calloc(f->functions.count + 1, sizeof *u->harvest);
  u->call_end = bs_calloc(f->functions.count + 1, sizeof *u->call_end);
  for (uint32_t i = 0; i < f->calls.count; i++) u->call_end[f->calls.items[i].caller] = i + 1;
  u->nodes[0] = u->guards[0] = u->cycles[0] = 0;
}

static void unit_close(unit_link *u) {
  facts_unit_fini(&u->facts);
  free(u->strings);
  free(u->functions);
  free(u->nodes);
  free(u->guards);
  free(u->cycles);
  free(u->calls);
  free(u->bodies);
  free(u->harvest);
  free(u->call_end);
}

static uint32_t add_function(linker *l, unit_link *u, const facts_function *row, uint64_t key) {
  program *p = l->p;
  bool fresh;
  uint32_t id = bs_map_add(&p->function_ids, key, p->functions.count, &fresh);
  if (!fresh) {
    p->functions.items[id].flags |=
        row->flags & (FACTS_FUNCTION_BLOCKING | FACTS_FUNCTION_NONBLOCKING | FACTS_FUNCTION_ENTRY);
    return id;
  }
  program_function *f = bs_vec_push(&p->functions);
  f->name = link_string(l, u, row->name);
  f->symbol = link_string(l, u, row->symbol);
  f->type = link_string(l, u, row->type);
  f->flags = row->flags;
  f->nparams = row->nparams;
  f->unit = (uint32_t)(u - l->units);
  f->programs = PROGRAM_ANY;
  f->defined = row->flags & FACTS_FUNCTION_DEFINED;
  *(f->defined ? &f->place : &f->declared) = place_of(l, u, row->place);
  *bs_vec_push(&l->definitions) = 0;
  return id;
}

/* What tells two bodies of one function apart: a variant compiled with other flags may have other calls. */
static void body_signatures(const facts_unit *f, uint64_t *signatures) {
  for (uint32_t i = 0; i < f->functions.count; i++)
    signatures[i] = (uint64_t)f->functions.items[i].place.line << 32 | f->functions.items[i].end_line;
  for (uint32_t i = 0; i < f->calls.count; i++) {
    const facts_call *c = &f->calls.items[i];
    signatures[c->caller] = signatures[c->caller] * 1099511628211u + c->place.line * 31u + c->place.column;
  }
  for (uint32_t i = 0; i < f->flows.count; i++) {
    const facts_flow *w = &f->flows.items[i];
    if (w->function != UINT32_MAX)
      signatures[w->function] =
          signatures[w->function] * 1099511628211u + w->place.line * 131u + w->place.column + w->kind;
  }
}

static void link_definitions(linker *l, unit_link *u) {
  const facts_unit *f = &u->facts;
  uint64_t *signatures = bs_calloc(f->functions.count + 1, sizeof *signatures);
  body_signatures(f, signatures);
  for (uint32_t i = 0; i < f->functions.count; i++) {
    const facts_function *row = &f->functions.items[i];
    if (!(row->flags & FACTS_FUNCTION_DEFINED)) continue;
    uint32_t symbol = link_string(l, u, row->symbol);
    uint64_t key = bs_map_key(symbol, link_string(l, u, row->place.file));
    uint32_t before = l->p->functions.count;
    uint32_t id = u->functions[i] = add_function(l, u, row, key);
    bool external = !(row->flags & FACTS_FUNCTION_INTERNAL);
    if (external && (id == before || !(row->flags & FACTS_FUNCTION_INLINE)))
      link_candidate(l, (uint32_t)(u - l->units), symbol, id);
    bool fresh;
    u->bodies[i] = bs_map_add(&l->harvested, bs_hash_mix(signatures[i], id), l->bodies.count, &fresh);
    if (fresh) *bs_vec_push(&l->bodies) = PROGRAM_NOWHERE;
    u->harvest[i] = fresh;
    if (fresh) l->definitions.items[id]++;
  }
  free(signatures);
  facts_node last = 0;
  for (uint32_t i = 0; i < f->flows.count; i++) {
    const facts_flow *w = &f->flows.items[i];
    if (!(w->flags & FACTS_FLOW_INITIALISER) || !w->table) continue;
    const facts_node_row *n = &f->nodes.items[w->table];
    if (n->kind == FACTS_NODE_GLOBAL && !n->b && w->table != last)
      link_candidate(l, (uint32_t)(u - l->units), link_string(l, u, n->a), PROGRAM_NONE);
    last = w->table;
  }
}

/* Whether a header of the system declares it: then calls mean the library's function, also where the project
 * defines one of that name. It does so to stand before the library's, in a library that is preloaded or in a
 * test, and behind it is the API. A header that only -isystem makes one of the system's is the project's. */
static bool is_librarys(const unit_link *u, const facts_function *row) {
  return row->flags & FACTS_FUNCTION_SYSTEM && bs_module_is_system(facts_text(&u->facts, row->place.file));
}

static void link_declaration(linker *l, unit_link *u, uint32_t i) {
  const facts_function *row = &u->facts.functions.items[i];
  uint32_t symbol = link_string(l, u, row->symbol), found = PROGRAM_NONE, others = 0,
           unit = (uint32_t)(u - l->units);
  if (!(row->flags & FACTS_FUNCTION_INTERNAL)) found = link_definition(l, unit, symbol, &others);
  if (found != PROGRAM_NONE && is_librarys(u, row)) {
    bs_map_set(&l->overridden, l->p->functions.items[found].symbol, found);
    found = PROGRAM_NONE;
  }
  if (found == PROGRAM_NONE) {
    u->functions[i] = add_function(l, u, row, bs_map_key(symbol, 0));
    return;
  }
  u->functions[i] = found;
  if (others) bs_map_set(&l->others, bs_map_key(unit, i), others);
  l->p->functions.items[found].flags |=
      row->flags & (FACTS_FUNCTION_BLOCKING | FACTS_FUNCTION_NONBLOCKING | FACTS_FUNCTION_ENTRY);
}

static void link_declarations(linker *l, unit_link *u) {
  for (uint32_t i = 0; i < u->facts.functions.count; i++)
    if (!(u->facts.functions.items[i].flags & FACTS_FUNCTION_DEFINED)) link_declaration(l, u, i);
}

/* The functions of other programs that a name stands for in this unit; UINT32_MAX for none. */
static uint32_t others_of(const linker *l, const unit_link *u, uint32_t function) {
  uint32_t others;
  uint64_t key = bs_map_key((uint32_t)(u - l->units), function);
  return bs_map_find(&l->others, key, &others) ? others - 1 : UINT32_MAX;
}

static uint32_t add_node(program *p, uint32_t kind, uint32_t a, uint32_t b, uint8_t holds) {
  uint64_t key = bs_hash_mix(bs_map_key(kind, a), b);
  bool fresh;
  uint32_t id = bs_map_add(&p->node_ids, key, p->nodes.count, &fresh);
  if (fresh)
    *bs_vec_push(&p->nodes) = (program_node){kind, a, b, holds};
  else if (p->nodes.items[id].holds != holds)
    p->nodes.items[id].holds = FACTS_HOLDS_ANYTHING;
  return id;
}

static uint32_t node_of(linker *l, unit_link *u, facts_node local) {
  if (u->nodes[local] != PROGRAM_NONE) return u->nodes[local];
  const facts_node_row *n = &u->facts.nodes.items[local];
  uint32_t a = n->a, b = n->b;
  switch (n->kind) {
  case FACTS_NODE_PARAM:
  case FACTS_NODE_RETURN: a = u->functions[a]; break;
  case FACTS_NODE_LOCAL:
    a = u->functions[a];
    b = link_string(l, u, b);
    break;
  case FACTS_NODE_GLOBAL:
  case FACTS_NODE_FIELD:
    a = link_string(l, u, a);
    b = link_string(l, u, b);
    break;
  case FACTS_NODE_RESULT:
    a = u->calls[a];
    if (a == PROGRAM_NONE) return 0; /* of a call in a body that another unit gave already */
    break;
  case FACTS_NODE_TEMP: a = a == UINT32_MAX ? 0x80000000u | (uint32_t)(u - l->units) : u->functions[a]; break;
  default: return 0;
  }
  return u->nodes[local] = add_node(l->p, n->kind, a, b, n->holds);
}

/* A unit's position is a call's number there; here it is the first call of the same function from there on.
 * Those of a lambda inside stand between; those that another unit gave already are gone. At file scope
 * (UINT32_MAX) nothing has an order. */
static uint32_t position_of(linker *l, unit_link *u, uint32_t function, uint32_t position) {
  if (function == UINT32_MAX) return 0;
  const program_function *f = &l->p->functions.items[u->functions[function]];
  for (uint32_t i = position; i < u->call_end[function]; i++)
    if (u->facts.calls.items[i].caller == function && u->calls[i] != PROGRAM_NONE) return u->calls[i];
  return f->first_call + f->ncalls;
}

static uint32_t cycle_of(linker *l, unit_link *u, uint32_t local) {
  l->cycle_chain.count = 0;
  for (uint32_t at = local; u->cycles[at] == PROGRAM_NONE; at = u->facts.cycles.items[at].outer)
    *bs_vec_push(&l->cycle_chain) = at;
  while (l->cycle_chain.count) {
    uint32_t at = l->cycle_chain.items[--l->cycle_chain.count];
    const facts_cycle *c = &u->facts.cycles.items[at];
    program_cycle row = {u->functions[c->function], u->cycles[c->outer], c->turns, place_of(l, u, c->place),
                         c->flags};
    *bs_vec_push(&l->p->cycles) = row;
    u->cycles[at] = l->p->cycles.count - 1;
  }
  return u->cycles[local];
}

/* Each early return nests what follows one guard deeper: a long function has thousands, so this does not
 * recurse. */
static uint32_t guard_of(linker *l, unit_link *u, uint32_t function, uint32_t local) {
  l->guard_chain.count = 0;
  for (uint32_t at = local; u->guards[at] == PROGRAM_NONE; at = u->facts.guards.items[at].outer)
    *bs_vec_push(&l->guard_chain) = at;
  while (l->guard_chain.count) {
    uint32_t at = l->guard_chain.items[--l->guard_chain.count];
    const facts_guard *g = &u->facts.guards.items[at];
    program_guard row = {.outer = u->guards[g->outer],
                         .node = node_of(l, u, g->node),
                         .base = node_of(l, u, g->base),
                         .op = g->op,
                         .value = g->value,
                         .branch = g->branch,
                         .position = position_of(l, u, function, g->position),
                         .cycle = cycle_of(l, u, g->cycle)};
    *bs_vec_push(&l->p->guards) = row;
    u->guards[at] = l->p->guards.count - 1;
  }
  return u->guards[local];
}

/* A call of a function that has several bodies: its row, the same for all bodies that hold it. */
static bool call_is_double(linker *l, unit_link *u, const facts_call *c, uint32_t caller, uint32_t *seen) {
  *seen = PROGRAM_NONE;
  if (l->definitions.items[caller] < 2) return false; /* one body only */
  uint64_t h = bs_hash_mix(bs_map_key(caller, c->place.line), bs_map_key(c->place.column, c->kind));
  if (c->kind != FACTS_CALL_INDIRECT) h = bs_hash_mix(h, u->functions[c->callee]);
  bool fresh;
  *seen = bs_map_add(&l->call_seen, h, l->call_programs.count, &fresh);
  if (fresh) *bs_vec_push(&l->call_programs) = PROGRAM_NOWHERE;
  program_set *in = &l->call_programs.items[*seen];
  *in = program_set_join(l->p, *in, l->bodies.items[u->bodies[c->caller]]);
  return !fresh;
}

/* Where a name means a function in one program and another in the next, a variable holds them all. */
static uint32_t variable_of(linker *l, uint32_t function, uint32_t others) {
  program *p = l->p;
  bool known = program_find_node(p, FACTS_NODE_TEMP, 0x40000000u | function, others);
  uint32_t node = add_node(p, FACTS_NODE_TEMP, 0x40000000u | function, others, FACTS_HOLDS_FUNCTION);
  program_flow row = {.kind = FACTS_FLOW_FUNCTION, .dst = node, .src = function, .function = PROGRAM_NONE};
  row.place = p->functions.items[function].place;
  if (!known) *bs_vec_push(&p->flows) = row;
  for (; !known && l->alternatives.items[others] != PROGRAM_NONE; others++) {
    row.src = l->alternatives.items[others];
    *bs_vec_push(&p->flows) = row;
  }
  return node;
}

static program_argument argument_of(linker *l, unit_link *u, const facts_argument *a) {
  program_argument row = {a->kind,
                          a->flags,
                          a->ref,
                          a->value,
                          link_string(l, u, a->text),
                          link_string(l, u, a->record),
                          node_of(l, u, a->base)};
  if (a->kind != FACTS_ARGUMENT_FUNCTION) {
    row.ref = node_of(l, u, a->ref);
    return row;
  }
  uint32_t others = others_of(l, u, a->ref);
  row.ref = u->functions[a->ref];
  if (others == UINT32_MAX) return row;
  row.kind = FACTS_ARGUMENT_NODE;
  row.ref = variable_of(l, row.ref, others);
  return row;
}

/* Calls first get their ids, because RESULT nodes name them; their other parts follow. */
static void link_calls(linker *l, unit_link *u) {
  program *p = l->p;
  for (uint32_t i = 0; i < u->facts.calls.count; i++) {
    if (u->calls[i] == PROGRAM_NONE) continue;
    const facts_call *c = &u->facts.calls.items[i];
    program_call *out = &p->calls.items[u->calls[i]];
    *out = (program_call){.programs = out->programs,
                          .caller = u->functions[c->caller],
                          .kind = c->kind,
                          .flags = c->flags,
                          .type = link_string(l, u, c->type),
                          .place = place_of(l, u, c->place),
                          .first_argument = p->arguments.count,
                          .narguments = c->narguments};
    out->callee = c->kind == FACTS_CALL_INDIRECT ? node_of(l, u, c->callee) : u->functions[c->callee];
    out->guard = guard_of(l, u, c->caller, c->guard);
    out->cycle = cycle_of(l, u, c->cycle);
    out->base = node_of(l, u, c->base);
    out->object = link_string(l, u, c->object);
    out->result = c->result ? node_of(l, u, c->result) : 0;
    uint32_t others = c->kind == FACTS_CALL_INDIRECT ? UINT32_MAX : others_of(l, u, c->callee);
    if (others != UINT32_MAX) bs_map_set(&p->other_callees, u->calls[i], others);
    for (uint32_t k = 0; k < c->narguments; k++) {
      program_argument row = argument_of(l, u, &u->facts.arguments.items[c->first_argument + k]);
      *bs_vec_push(&p->arguments) = row;
    }
  }
}

static program_integer integer_of(linker *l, unit_link *u, uint32_t function, const facts_integer *i) {
  return (program_integer){i->value, guard_of(l, u, function, i->guard)};
}

static void link_flows(linker *l, unit_link *u) {
  program *p = l->p;
  for (uint32_t i = 0; i < u->facts.flows.count; i++) {
    const facts_flow *w = &u->facts.flows.items[i];
    if (w->function != UINT32_MAX && !u->harvest[w->function]) continue;
    program_flow row = {.kind = w->kind, .flags = w->flags, .dst = node_of(l, u, w->dst), .src = w->src};
    row.table = node_of(l, u, w->table);
    row.type = link_string(l, u, w->type);
    row.function = w->function == UINT32_MAX ? PROGRAM_NONE : u->functions[w->function];
    row.place = place_of(l, u, w->place);
    switch (w->kind) {
    case FACTS_FLOW_COPY:
    case FACTS_FLOW_ADDRESS:
    case FACTS_FLOW_LOAD:
    case FACTS_FLOW_STORE: row.src = node_of(l, u, w->src); break;
    case FACTS_FLOW_FUNCTION: row.src = u->functions[w->src]; break;
    case FACTS_FLOW_INTEGER:
      row.src = p->integers.count;
      *bs_vec_push(&p->integers) = integer_of(l, u, w->function, &u->facts.integers.items[w->src]);
      break;
    case FACTS_FLOW_STRING: row.src = link_string(l, u, w->src); break;
    default: break;
    }
    if (row.dst) *bs_vec_push(&p->flows) = row;
    uint32_t others = w->kind == FACTS_FLOW_FUNCTION && row.dst ? others_of(l, u, w->src) : UINT32_MAX;
    for (; others != UINT32_MAX && l->alternatives.items[others] != PROGRAM_NONE; others++) {
      row.src = l->alternatives.items[others];
      *bs_vec_push(&p->flows) = row;
    }
  }
}

static int compare_stores(const void *a, const void *b) {
  const program_store *x = a, *y = b;
  if (x->function != y->function) return x->function < y->function ? -1 : 1;
  if (x->position != y->position) return x->position < y->position ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

static void link_stores(linker *l, unit_link *u) {
  program *p = l->p;
  for (uint32_t i = 0; i < u->facts.stores.count; i++) {
    const facts_store *s = &u->facts.stores.items[i];
    bool global = s->function == UINT32_MAX;
    if (!global && !u->harvest[s->function]) continue;
    program_store row = {.function = global ? PROGRAM_NONE : u->functions[s->function],
                         .position = position_of(l, u, s->function, s->position),
                         .order = p->stores.count,
                         .base = node_of(l, u, s->base),
                         .field = node_of(l, u, s->field),
                         .op = s->op,
                         .kind = s->kind,
                         .weak = s->weak,
                         .ref = s->kind == FACTS_ARGUMENT_FUNCTION ? u->functions[s->ref]
                                                                   : node_of(l, u, s->ref),
                         .from = node_of(l, u, s->from),
                         .value = s->value,
                         .guard = global ? 0 : guard_of(l, u, s->function, s->guard),
                         .cycle = cycle_of(l, u, s->cycle)};
    if (row.base && (row.field || !s->field)) *bs_vec_push(&p->stores) = row;
  }
}

static void sort_stores(program *p) {
  bs_vec_sort(&p->stores, compare_stores);
  for (uint32_t i = p->stores.count; i-- > 0;) {
    if (p->stores.items[i].function == PROGRAM_NONE) continue;
    program_function *f = &p->functions.items[p->stores.items[i].function];
    f->first_store = i;
    f->nstores++;
  }
}

static void link_small(linker *l, unit_link *u) {
  program *p = l->p;
  for (uint32_t i = 0; i < u->facts.overrides.count; i++) {
    const facts_override *o = &u->facts.overrides.items[i];
    *bs_vec_push(&p->overrides) = (program_override){u->functions[o->function], u->functions[o->overridden]};
  }
  for (uint32_t i = 0; i < u->facts.classes.count; i++)
    bs_map_set(&p->made, link_string(l, u, u->facts.classes.items[i].name), 1);
  for (uint32_t i = 0; i < u->facts.suppressions.count; i++) {
    const facts_suppression *s = &u->facts.suppressions.items[i];
    bool fresh;
    program_place place = place_of(l, u, s->place);
    uint32_t rule = link_string(l, u, s->rule);
    uint64_t key = bs_hash_mix(bs_hash_mix(bs_map_key(place.file, place.line), rule), 0x5355);
    bs_map_add(&l->call_seen, key, 1, &fresh);
    if (fresh)
      *bs_vec_push(&p->suppressions) =
          (program_suppression){place, s->line, s->last, rule, link_string(l, u, s->reason), false};
  }
}

enum { SEEN = 0x80000000u }; /* while calls are numbered: its row in `call_programs` */

/* Orders the calls of all taken bodies by caller and gives them their ids. */
static void number_calls(linker *l) {
  program *p = l->p;
  uint32_t *start = bs_calloc((size_t)p->functions.count + 1, sizeof *start), total = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (uint32_t k = 0; k < l->nunits; k++) {
      unit_link *u = &l->units[k];
      for (uint32_t i = 0; i < u->facts.calls.count; i++) {
        const facts_call *c = &u->facts.calls.items[i];
        if (!u->harvest[c->caller]) continue;
        uint32_t caller = u->functions[c->caller];
        if (pass == 0) {
          uint32_t seen;
          bool again = call_is_double(l, u, c, caller, &seen);
          if (again) u->calls[i] = PROGRAM_NONE - 1;
          if (!again) start[caller]++;
          if (!again && seen != PROGRAM_NONE) u->calls[i] = SEEN + seen;
        } else if (u->calls[i] == PROGRAM_NONE - 1) {
          u->calls[i] = PROGRAM_NONE;
        } else {
          uint32_t seen = u->calls[i];
          u->calls[i] = start[caller]++;
          bool varies = seen != PROGRAM_NONE && seen >= SEEN;
          l->p->calls.items[u->calls[i]].programs =
              varies ? l->call_programs.items[seen - SEEN] : PROGRAM_ANY;
        }
      }
    }
    for (uint32_t f = 0; pass == 0 && f < p->functions.count; f++) {
      uint32_t n = start[f];
      p->functions.items[f].first_call = start[f] = total;
      p->functions.items[f].ncalls = n;
      total += n;
    }
    if (pass) break;
    bs_vec_reserve(&p->calls, total);
    if (total) memset(p->calls.items, 0, total * sizeof *p->calls.items);
    p->calls.count = total;
  }
  free(start);
}

/* A function is in the programs of all units that define it, a body in those of the units that have it. */
static void set_function_programs(linker *l) {
  program *p = l->p;
  for (uint32_t f = 0; f < p->functions.count; f++)
    if (p->functions.items[f].defined) p->functions.items[f].programs = PROGRAM_NOWHERE;
  for (uint32_t k = 0; k < l->nunits; k++) {
    unit_link *u = &l->units[k];
    program_set in = p->units.items[k].programs;
    for (uint32_t i = 0; i < u->facts.functions.count; i++) {
      if (!(u->facts.functions.items[i].flags & FACTS_FUNCTION_DEFINED)) continue;
      program_set *of = &p->functions.items[u->functions[i]].programs, *body = &l->bodies.items[u->bodies[i]];
      *of = program_set_join(p, *of, in);
      *body = program_set_join(p, *body, in);
    }
  }
}

/* A note of some symbols, each with the function that it was met as. */
static void note_symbols(linker *l, const bs_map *symbols, const char *what) {
  program *p = l->p;
  if (!symbols->count) return;
  uint32_t shown = 0;
  bs_strbuf text = BS_STRBUF_INIT;
  bs_strbuf_addf(&text, "%u symbol%s %s: ", symbols->count, symbols->count == 1 ? " is" : "s are", what);
  for (uint32_t f = 0; f < p->functions.count && shown < 5; f++) {
    uint32_t best;
    const program_function *row = &p->functions.items[f];
    if (!row->defined || !bs_map_find(symbols, row->symbol, &best) || best != f) continue;
    bs_strbuf_addf(&text, "%s%s", shown++ ? ", " : "", program_text(p, row->name));
  }
  if (symbols->count > shown) bs_strbuf_adds(&text, ", …");
  *bs_vec_push(&p->notes) = bs_strbuf_take(&text);
}

static void mark_address_taken(program *p) {
  for (uint32_t i = 0; i < p->flows.count; i++)
    if (p->flows.items[i].kind == FACTS_FLOW_FUNCTION)
      p->functions.items[p->flows.items[i].src].address_taken = true;
  for (uint32_t i = 0; i < p->arguments.count; i++)
    if (p->arguments.items[i].kind == FACTS_ARGUMENT_FUNCTION)
      p->functions.items[p->arguments.items[i].ref].address_taken = true;
}

/* Room for what the units hold, so that no table is moved while it grows. */
static void make_room(linker *l) {
  program *p = l->p;
  uint32_t functions = 0, calls = 0, arguments = 0, flows = 0, stores = 0, guards = 0, cycles = 0, nodes = 0;
  for (uint32_t k = 0; k < l->nunits; k++) {
    const facts_unit *f = &l->units[k].facts;
    calls += f->calls.count;
    arguments += f->arguments.count;
    flows += f->flows.count;
    stores += f->stores.count;
    guards += f->guards.count;
    cycles += f->cycles.count;
    for (uint32_t i = 0; i < f->functions.count; i++)
      functions += f->functions.items[i].flags & FACTS_FUNCTION_DEFINED &&
                   !(f->functions.items[i].flags & FACTS_FUNCTION_INLINE);
    for (uint32_t i = 0; i < f->nodes.count; i++) nodes += f->nodes.items[i].kind != FACTS_NODE_FIELD;
  }
  bs_vec_reserve(&p->functions, functions);
  bs_vec_reserve(&p->calls, calls);
  bs_vec_reserve(&p->arguments, arguments);
  bs_vec_reserve(&p->flows, flows);
  bs_vec_reserve(&p->stores, stores);
  bs_vec_reserve(&p->guards, guards);
  bs_vec_reserve(&p->cycles, cycles);
  bs_vec_reserve(&p->nodes, nodes);
  bs_map_reserve(&p->node_ids, nodes - nodes / 4);
  bs_map_reserve(&p->function_ids, functions);
}

static void link_all(linker *l) {
  program *p = l->p;
  make_room(l);
  for (uint32_t k = 0; k < l->nunits; k++) {
    unit_link *u = &l->units[k];
    program_unit *unit = bs_vec_push(&p->units);
    unit->file = link_string(l, u, u->facts.file);
    unit->group = link_string(l, u, u->facts.group);
    unit->errors = u->facts.errors;
    unit->first_error = link_string(l, u, u->facts.first_error);
  }
  for (uint32_t k = 0; k < l->nunits; k++) link_definitions(l, &l->units[k]);
  link_find_programs(l);
  for (uint32_t k = 0; k < l->nunits; k++) link_declarations(l, &l->units[k]);
  set_function_programs(l);
  number_calls(l);
  for (uint32_t k = 0; k < l->nunits; k++) {
    link_calls(l, &l->units[k]);
    link_flows(l, &l->units[k]);
    link_stores(l, &l->units[k]);
    link_small(l, &l->units[k]);
  }
  sort_stores(p);
  link_layouts(l);
  for (uint32_t i = 0; i < l->alternatives.count; i++) *bs_vec_push(&p->others) = l->alternatives.items[i];
  mark_address_taken(p);
  note_symbols(l, &l->ambiguous,
               "defined in several files and nothing tells which is meant; the first was taken");
  note_symbols(
      l, &l->overridden,
      "defined by the project and declared by the system's headers; calls mean the library's function");
}

static bool take_facts(facts_unit *facts, const program_input *input, bs_error *error) {
  if (input->facts) {
    *facts = *input->facts;
    *input->facts = (facts_unit){0};
    return true;
  }
  facts_unit_init(facts);
  if (facts_decode(facts, input->bytes, input->length, error)) return true;
  bs_error_context(error, "%s", input->name);
  return false;
}

bool program_link(program *p, const program_input *inputs, uint32_t count, bs_error *error) {
  linker l = {.p = p, .nunits = count, .units = bs_calloc(count, sizeof(unit_link))};
  bool ok = true;
  uint32_t opened = 0;
  for (; ok && opened < count; opened++) {
    ok = take_facts(&l.units[opened].facts, &inputs[opened], error);
    if (ok) unit_open(&l.units[opened]);
  }
  if (ok) link_all(&l);
  for (uint32_t k = 0; k < opened; k++) unit_close(&l.units[k]);
  free(l.units);
  bs_map_fini(&l.functions_defined);
  bs_map_fini(&l.chosen);
  bs_map_fini(&l.group_programs);
  bs_map_fini(&l.others);
  bs_map_fini(&l.file_programs);
  bs_vec_fini(&l.candidates);
  bs_vec_fini(&l.bodies);
  bs_vec_fini(&l.call_programs);
  bs_vec_fini(&l.alternatives);
  free(l.main_of);
  bs_vec_fini(&l.cycle_chain);
  bs_map_fini(&l.harvested);
  bs_map_fini(&l.call_seen);
  bs_map_fini(&l.globals_defined);
  bs_map_fini(&l.ambiguous);
  bs_map_fini(&l.overridden);
  bs_vec_fini(&l.definitions);
  bs_vec_fini(&l.guard_chain);
  return ok;
}

void program_init(program *p) {
  *p = (program){0};
  bs_intern_init(&p->strings);
  bs_vec_push(&p->nodes);
  bs_vec_push(&p->guards);
  bs_vec_push(&p->cycles);
}

void program_fini(program *p) {
  program_unmap(p);
  solver_free(p->solver);
  for (uint32_t i = 0; p->points && i < p->nodes.count; i++) {
    free(p->points[i].items);
    free(p->points[i].slots);
  }
  free(p->points);
  for (uint32_t i = 0; i < p->notes.count; i++) free(p->notes.items[i]);
  bs_vec_fini(&p->units);
  bs_vec_fini(&p->functions);
  bs_vec_fini(&p->calls);
  bs_vec_fini(&p->arguments);
  bs_vec_fini(&p->guards);
  bs_vec_fini(&p->stores);
  bs_vec_fini(&p->cycles);
  bs_vec_fini(&p->nodes);
  bs_vec_fini(&p->flows);
  bs_vec_fini(&p->integers);
  bs_vec_fini(&p->overrides);
  bs_vec_fini(&p->suppressions);
  bs_vec_fini(&p->edges);
  bs_vec_fini(&p->executables);
  bs_vec_fini(&p->others);
  bs_map_fini(&p->other_callees);
  program_sets_fini(p);
  bs_vec_fini(&p->notes);
  bs_map_fini(&p->node_ids);
  bs_map_fini(&p->function_ids);
  bs_map_fini(&p->flow_lists);
  bs_map_fini(&p->made);
  free(p->flow_next);
  free(p->first_in_table);
  free(p->next_in_table);
  bs_intern_fini(&p->strings);
}

uint32_t program_find_node(const program *p, uint32_t kind, uint32_t a, uint32_t b) {
  uint32_t id;
  return bs_map_find(&p->node_ids, bs_hash_mix(bs_map_key(kind, a), b), &id) ? id : 0;
}
