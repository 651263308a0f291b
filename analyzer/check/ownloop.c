/* Loops without a pack, found by their shape: a wait for many descriptors, in a cycle, that then calls or
 * dispatches.
 *
 * A loop has the function that holds the cycle (aeMain), a chain of calls from there to the wait
 * (aeProcessEvents, aeApiPoll, epoll_wait), and dispatches: calls through pointers in the cycle, in the chain
 * and in what they call directly. The targets of the dispatches are entry points; the body of the cycle is
 * one as well (mosquitto calls its handlers directly). A cycle that turns a library's loop (`while (!stop)
 * event_base_loop(b, EVLOOP_ONCE)`) is treated the same. Cycles reached only below another loop are nested
 * waits: their wait is a blocking call.
 */
#include "analyzer/check/internal.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_CHAIN = 11 }; /* functions from the cycle to the wait */
enum { NEAR_CHAIN = 3 }; /* a wait further below is a loop's only where the chain dispatches */

typedef struct own_loop {
  uint32_t function, cycle, call; /* the call in the cycle that leads to the wait */
  uint32_t wait; /* the call that waits */
  const char *name; /* the pack's, for a library's loop turned in a cycle; else "own" */
} own_loop;

typedef struct finder {
  checker *c;
  uint8_t *distance; /* of a function from a wait that it calls; UINT8_MAX none */
  uint32_t *chain_call; /* its call on the way there */
  uint32_t *rank; /* of a function: its place in `met`; PROGRAM_NONE unreached */
  BS_VEC(uint32_t) met; /* functions in the order of discovery from the program's starts */
  BS_VEC(own_loop) loops;
  BS_VEC(uint32_t) next_loop; /* of the same function; PROGRAM_NONE at the end */
  bs_map loop_of_function; /* the first */
  bs_map loop_of_cycle;
  BS_VEC(uint32_t) walked; /* functions of the chain that is being accepted */
  bool *below; /* functions that an entry point reaches: a loop there is a nested one */
  uint32_t marked; /* entries that are in `below` */
} finder;

static bool edge_is_call(const program_edge *e) {
  return e->how != PROGRAM_CALLBACK && e->strength > PROGRAM_POSSIBLE;
}

/* poll(&one, 1, …) waits for one descriptor: a synchronous helper, not a loop. */
static bool waits_for_one(const program *p, uint32_t call, const rule *r) {
  const program_call *c = &p->calls.items[call];
  if (r->wait_count < 0 || (uint32_t)r->wait_count >= c->narguments) return false;
  const program_argument *n = &p->arguments.items[c->first_argument + (uint32_t)r->wait_count];
  return n->kind == FACTS_ARGUMENT_INTEGER && n->value <= 1;
}

/* select(0, NULL, NULL, NULL, &t) sleeps. */
static bool waits_for_none(const program *p, uint32_t call) {
  enum { SETS = 3 };
  const program_call *c = &p->calls.items[call];
  if (c->narguments != SETS + 2 && c->narguments != SETS + 3) return false;
  for (uint32_t i = 1; i <= SETS; i++)
    if (p->arguments.items[c->first_argument + i].kind != FACTS_ARGUMENT_NULL) return false;
  return true;
}

/* Whether a call is one of the waits that loops are made of; `several`: for more than one descriptor. */
static bool is_wait(const checker *c, uint32_t call, bool several) {
  const program *p = c->p;
  const program_call *row = &p->calls.items[call];
  for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++) {
    if (p->edges.items[e].how == PROGRAM_CALLBACK) continue;
    const rule *const *rules = c->function_rules[p->edges.items[e].callee];
    const rule_condition *undecided;
    for (; rules && *rules; rules++)
      if ((*rules)->wait && !waits_for_none(p, call) && (!several || !waits_for_one(p, call, *rules)) &&
          eval_rule(c, call, *rules, 0, false, &undecided) >= 0)
        return true;
  }
  return false;
}

/* The loop name when the call waits for events, else NULL. */
static const char *wait_kind(const checker *c, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++) {
    if (c->p->edges.items[e].how == PROGRAM_CALLBACK) continue;
    const pack_row *const *rows = c->function_rows[c->p->edges.items[e].callee];
    for (; rows && *rows; rows++)
      if ((*rows)->kind == PACK_RUN && entries_row_applies(c, call, *rows)) return (*rows)->pack->name;
  }
  return is_wait(c, call, true) ? "own" : NULL;
}

/* Whether this run of a library's loop goes on until someone ends it: by its row, or because the argument
 * that could make it one turn is 0. */
static bool row_runs_to_end(const checker *c, uint32_t call, const pack_row *row) {
  if (row->kind != PACK_RUN || row->returns == PACK_RETURNS_EACH_TURN) return false;
  if (!row->unless.count) return true;
  const program_argument *a = eval_argument(c->p, call, row->unless.items[0].argument);
  return a && eval_equals(c, call, a, 0, 0) == TRUTH_YES;
}

/* What calls that in a cycle far above serves no events there. */
static bool runs_to_end(const checker *c, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  const pack_row *const *rows = row->kind == FACTS_CALL_DIRECT ? c->function_rows[row->callee] : NULL;
  for (; rows && *rows; rows++)
    if (row_runs_to_end(c, call, *rows)) return true;
  return false;
}

/* Through a pointer, a virtual member, or a function of the project. */
static bool is_work(const program *p, uint32_t call) {
  const program_call *c = &p->calls.items[call];
  if (c->kind == FACTS_CALL_INDIRECT || !check_is_outside(p, c->callee)) return true;
  return c->kind == FACTS_CALL_VIRTUAL && c->nedges > 1;
}

/* Something besides the wait is called in the cycle: through a pointer, or a function of the project. */
static bool does_work(const program *p, uint32_t function, uint32_t cycle, uint32_t wait_call) {
  const program_function *f = &p->functions.items[function];
  for (uint32_t call = f->first_call; call < f->first_call + f->ncalls; call++) {
    if (call == wait_call || !check_in_cycle(p, call, cycle)) continue;
    if (is_work(p, call)) return true;
  }
  return false;
}

/* Whether the wait says how many descriptors it is for, as poll() and epoll_wait() do. */
static bool counts_descriptors(const checker *c, uint32_t wait) {
  const program_call *row = &c->p->calls.items[wait];
  const rule *const *rules = row->kind == FACTS_CALL_DIRECT ? c->function_rules[row->callee] : NULL;
  for (; rules && *rules; rules++)
    if ((*rules)->wait && (*rules)->wait_count >= 0) return true;
  return false;
}

static bool is_same_descriptor(const program_argument *a, const program_argument *b) {
  return a->kind == b->kind && a->ref == b->ref && a->value == b->value;
}

/* A server in one function: the cycle itself reads or accepts from what is ready. One descriptor behind
 * select() may be a helper that reads with a timeout; two, or one of a row of them, are served. */
static bool serves_inline(const checker *c, uint32_t function, uint32_t cycle, uint32_t wait) {
  const program *p = c->p;
  const program_function *f = &p->functions.items[function];
  const program_argument *first = NULL;
  bool is_counted = counts_descriptors(c, wait);
  for (uint32_t call = f->first_call; call < f->first_call + f->ncalls; call++) {
    if (call == wait || !check_in_cycle(p, call, cycle)) continue;
    const program_argument *fd = eval_read_when_ready(c, call);
    if (!fd) continue;
    if (is_counted || p->calls.items[call].cycle != cycle) return true;
    if (first && !is_same_descriptor(first, fd)) return true;
    first = fd;
  }
  return false;
}

/* Whether a function between the cycle and the wait calls something besides: through a field, with
 * `dispatches`. */
static bool chain_works(const finder *f, uint32_t function, bool dispatches) {
  const program *p = f->c->p;
  for (int steps = 0; steps < MAX_CHAIN; steps++) {
    const program_function *fn = &p->functions.items[function];
    uint32_t way = f->chain_call[function], next = PROGRAM_NONE;
    for (uint32_t call = fn->first_call; call < fn->first_call + fn->ncalls; call++) {
      const program_call *c = &p->calls.items[call];
      bool field =
          c->kind == FACTS_CALL_INDIRECT && c->callee && p->nodes.items[c->callee].kind == FACTS_NODE_FIELD;
      if (call != way && (dispatches ? field : is_work(p, call))) return true;
    }
    if (way == PROGRAM_NONE || f->distance[function] == 0) return false;
    const program_call *c = &p->calls.items[way];
    for (uint32_t e = c->first_edge; e < c->first_edge + c->nedges && next == PROGRAM_NONE; e++)
      if (edge_is_call(&p->edges.items[e]) && f->distance[p->edges.items[e].callee] < f->distance[function])
        next = p->edges.items[e].callee;
    if (next == PROGRAM_NONE) return false;
    function = next;
  }
  return false;
}

/* A call that leads to a wait: through a function of the project. */
static uint32_t chained_callee(const finder *f, uint32_t call) {
  const program_call *c = &f->c->p->calls.items[call];
  for (uint32_t e = c->first_edge; e < c->first_edge + c->nedges; e++)
    if (edge_is_call(&f->c->p->edges.items[e]) && f->distance[f->c->p->edges.items[e].callee] != UINT8_MAX)
      return f->c->p->edges.items[e].callee;
  return PROGRAM_NONE;
}

static uint32_t wait_of(const finder *f, uint32_t call) {
  const program *p = f->c->p;
  for (int steps = 0; steps <= MAX_CHAIN && !wait_kind(f->c, call); steps++) {
    const program_call *c = &p->calls.items[call];
    uint32_t next = PROGRAM_NONE;
    for (uint32_t e = c->first_edge; e < c->first_edge + c->nedges; e++)
      if (edge_is_call(&p->edges.items[e]) && f->distance[p->edges.items[e].callee] != UINT8_MAX) {
        next = p->edges.items[e].callee;
        break;
      }
    if (next == PROGRAM_NONE) break;
    call = f->chain_call[next];
  }
  return call;
}

/* The innermost cycle around a call to a wait that does something with what the wait brings; 0 when there is
 * none. A walk over items that each wait is none: the modules of a table are started, sessions are run one
 * after the other. */
static uint32_t turn_of(const finder *f, uint32_t call) {
  const program *p = f->c->p;
  const program_call *row = &p->calls.items[call];
  uint32_t callee = wait_kind(f->c, call) ? PROGRAM_NONE : chained_callee(f, call);
  bool far = callee != PROGRAM_NONE && f->distance[callee] > NEAR_CHAIN;
  uint32_t wait = wait_of(f, call);
  const char *kind = wait_kind(f->c, wait);
  bool library = kind && strcmp(kind, "own") != 0; /* it dispatches by itself */
  if (far && !chain_works(f, callee, true)) return 0;
  for (uint32_t cycle = row->cycle; cycle; cycle = p->cycles.items[cycle].outer) {
    if (row->flags & FACTS_CALL_ABOUT_ITEM && p->cycles.items[cycle].flags & FACTS_CYCLE_WALKS) continue;
    if (library || does_work(p, row->caller, cycle, call)) return cycle;
    if (serves_inline(f->c, row->caller, cycle, wait)) return cycle;
    if (callee != PROGRAM_NONE && chain_works(f, callee, false)) return cycle;
  }
  return 0;
}

/* A function whose cycle waits is a loop of its own: who calls it runs a loop, and is none. */
static bool holds_loop(const finder *f, uint32_t function) {
  return turn_of(f, f->chain_call[function]) != 0;
}

/* Whether something in the cycle, or in what it calls by name, is called through a field. */
static bool dispatches_by_field(const program *p, uint32_t function, uint32_t cycle, uint32_t except,
                                int depth) {
  const program_function *f = &p->functions.items[function];
  for (uint32_t call = f->first_call; call < f->first_call + f->ncalls; call++) {
    const program_call *c = &p->calls.items[call];
    if (call == except || !check_in_cycle(p, call, cycle)) continue;
    if (c->kind == FACTS_CALL_INDIRECT && c->callee && p->nodes.items[c->callee].kind == FACTS_NODE_FIELD)
      return true;
    if (c->kind == FACTS_CALL_DIRECT && depth && !check_is_outside(p, c->callee) &&
        dispatches_by_field(p, c->callee, 0, except, depth - 1))
      return true;
  }
  return false;
}

/* `while ((ready = next_ready(m))) … ready->call(ready)`: the function waits until something is ready and
 * gives it back, the cycle around its call dispatches. The loop is that one. */
static bool fetches_for_cycle(const finder *f, uint32_t call, uint32_t callee) {
  const program *p = f->c->p;
  const program_call *row = &p->calls.items[call];
  if (row->kind != FACTS_CALL_DIRECT || !row->result || f->distance[callee] != 0) return false;
  uint32_t inner = turn_of(f, f->chain_call[callee]);
  if (dispatches_by_field(p, callee, inner, PROGRAM_NONE, 1)) return false;
  return row->cycle && dispatches_by_field(p, row->caller, row->cycle, call, 1);
}

/* Distances from waits, up the calls, breadth first. */
static void find_chains(finder *f) {
  const program *p = f->c->p;
  for (uint32_t call = 0; call < p->calls.count; call++) {
    uint32_t caller = p->calls.items[call].caller;
    if (f->distance[caller] == 0 || !wait_kind(f->c, call) || runs_to_end(f->c, call)) continue;
    if (!eval_reachable(f->c, call, 0)) continue;
    f->distance[caller] = 0;
    f->chain_call[caller] = call;
  }
  bool is_over = false;
  for (uint8_t round = 0; round + 1 < MAX_CHAIN && !is_over; round++) {
    is_over = true;
    for (uint32_t i = 0; i < p->edges.count; i++) {
      const program_edge *e = &p->edges.items[i];
      uint32_t caller = p->calls.items[e->call].caller;
      if (!edge_is_call(e) || f->distance[e->callee] != round || f->distance[caller] != UINT8_MAX) continue;
      if (check_is_outside(p, e->callee) || holds_loop(f, e->callee)) continue;
      f->distance[caller] = round + 1;
      is_over = false;
      f->chain_call[caller] = e->call;
    }
  }
}

static bool leads_to_wait(const finder *f, uint32_t call) {
  const program_call *c = &f->c->p->calls.items[call];
  if (wait_kind(f->c, call)) return eval_reachable(f->c, call, 0);
  for (uint32_t e = c->first_edge; e < c->first_edge + c->nedges; e++) {
    const program_edge *edge = &f->c->p->edges.items[e];
    if (!edge_is_call(edge) || f->distance[edge->callee] >= MAX_CHAIN - 1 || edge->callee == c->caller)
      continue;
    if (!holds_loop(f, edge->callee) || fetches_for_cycle(f, call, edge->callee)) return true;
  }
  return false;
}

static void add_loop(finder *f, uint32_t function, uint32_t cycle, uint32_t call) {
  uint32_t wait = wait_of(f, call), id = f->loops.count;
  const char *name = wait_kind(f->c, wait);
  uint32_t first = bs_map_add(&f->loop_of_function, function, id, NULL);
  *bs_vec_push(&f->next_loop) = PROGRAM_NONE;
  if (first != id) {
    f->next_loop.items[id] = f->next_loop.items[first];
    f->next_loop.items[first] = id;
  }
  *bs_vec_push(&f->loops) = (own_loop){function, cycle, call, wait, name ? name : "own"};
}

/* How straight a call leads to a wait: the wait itself, a function of the project, a pointer. */
enum straightness { WAIT_ITSELF, BY_NAME, BY_POINTER, STRAIGHTNESSES };
static enum straightness straightness_of(const finder *f, uint32_t call) {
  if (wait_kind(f->c, call)) return WAIT_ITSELF;
  return f->c->p->calls.items[call].kind == FACTS_CALL_INDIRECT ? BY_POINTER : BY_NAME;
}

/* Of several calls in a cycle that lead to a wait, the straightest is the loop's: the others are what it
 * calls. */
static void find_loops(finder *f) {
  const program *p = f->c->p;
  BS_VEC(uint32_t) leading = {0};
  for (uint32_t call = 0; call < p->calls.count; call++) {
    const program_call *row = &p->calls.items[call];
    if (row->cycle && !check_is_outside(p, row->caller) && leads_to_wait(f, call))
      *bs_vec_push(&leading) = call;
  }
  for (int straight = 0; straight < STRAIGHTNESSES; straight++) {
    for (uint32_t i = 0; i < leading.count; i++) {
      uint32_t call = leading.items[i];
      if ((int)straightness_of(f, call) != straight) continue;
      uint32_t cycle = turn_of(f, call);
      bool fresh = false;
      if (cycle) bs_map_add(&f->loop_of_cycle, cycle, 1, &fresh);
      if (fresh) add_loop(f, p->calls.items[call].caller, cycle, call);
    }
  }
  bs_vec_fini(&leading);
}

/* The walk from the program's starts comes to a function: the first time gives it its rank. */
static void meet(finder *f, uint32_t function) {
  if (f->rank[function] != PROGRAM_NONE) return;
  f->rank[function] = f->met.count;
  *bs_vec_push(&f->met) = function;
}

static void meet_mains(finder *f) {
  const program *p = f->c->p;
  uint32_t symbol = bs_intern_find(&p->strings, "main", 4);
  for (uint32_t i = 0; i < p->functions.count; i++)
    if (p->functions.items[i].symbol == symbol) meet(f, i);
}

/* Threads have loops of their own. */
static void meet_offloaded(finder *f) {
  const program *p = f->c->p;
  for (uint32_t i = 0; i < p->edges.count; i++) {
    const program_edge *e = &p->edges.items[i];
    const program_call *call = &p->calls.items[e->call];
    if (e->how != PROGRAM_CALLBACK || call->kind != FACTS_CALL_DIRECT) continue;
    const pack_row *const *rows = f->c->function_rows[call->callee];
    while (rows && *rows && (*rows)->kind != PACK_OFFLOAD) rows++;
    if (rows && *rows) meet(f, e->callee);
  }
}

static bool in_loop(const finder *f, uint32_t function, uint32_t call) {
  uint32_t loop = PROGRAM_NONE;
  bs_map_find(&f->loop_of_function, function, &loop);
  for (; loop != PROGRAM_NONE; loop = f->next_loop.items[loop])
    if (check_in_cycle(f->c->p, call, f->loops.items[loop].cycle)) return true;
  return false;
}

static void meet_callees(finder *f, uint32_t function) {
  const program *p = f->c->p;
  const program_function *fn = &p->functions.items[function];
  for (uint32_t call = fn->first_call; call < fn->first_call + fn->ncalls; call++) {
    if (in_loop(f, function, call)) continue;
    const program_call *row = &p->calls.items[call];
    for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++)
      if (edge_is_call(&p->edges.items[e])) meet(f, p->edges.items[e].callee);
  }
}

/* Walks the program from its starts without entering the bodies of loops: a loop that is met is an outer
 * one. */
static void find_outer(finder *f) {
  const program *p = f->c->p;
  uint32_t next = 0;
  meet_mains(f);
  meet_offloaded(f);
  while (next < f->met.count) meet_callees(f, f->met.items[next++]);
  for (uint32_t i = 0; !p->executables.count && i < p->functions.count; i++) /* a library, a module */
    if (p->functions.items[i].defined) meet(f, i);
  while (next < f->met.count) meet_callees(f, f->met.items[next++]);
}

static enum rule_role role_of(const char *name) {
  static const struct {
    const char *part;
    enum rule_role role;
  } parts[] = {{"time", RULE_ROLE_TIMER}, {"read", RULE_ROLE_IO},      {"write", RULE_ROLE_IO},
               {"recv", RULE_ROLE_IO},    {"send", RULE_ROLE_IO},      {"accept", RULE_ROLE_IO},
               {"file", RULE_ROLE_IO},    {"handler", RULE_ROLE_IO},   {"event", RULE_ROLE_IO},
               {"sig", RULE_ROLE_SIGNAL}, {"before", RULE_ROLE_IDLE},  {"after", RULE_ROLE_IDLE},
               {"idle", RULE_ROLE_IDLE},  {"prepare", RULE_ROLE_IDLE}, {"check", RULE_ROLE_IDLE}};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (strstr(name, parts[i].part)) return parts[i].role;
  return RULE_ROLE_OTHER;
}

/* `handler` of a timer queue's entries is a timer callback: the record says what the field does not. */
static enum rule_role role_of_field(const program *p, const program_node *field) {
  const char *record = program_text(p, field->a);
  const char *timer = strcasestr(record, "timer"), *file = strchr(record, '@');
  if (timer && (!file || timer < file)) return RULE_ROLE_TIMER;
  return role_of(program_text(p, field->b));
}

static uint8_t distance_by(const finder *f, uint32_t call) {
  uint32_t callee = wait_kind(f->c, call) ? PROGRAM_NONE : chained_callee(f, call);
  return callee == PROGRAM_NONE ? 0 : f->distance[callee] + 1;
}

/* Whether a call in the cycle leads to the wait of the loop itself, and not to one below what it calls. */
static bool is_own_chain(const finder *f, const own_loop *loop, uint32_t call) {
  const program_call *row = &f->c->p->calls.items[call], *own = &f->c->p->calls.items[loop->call];
  if (call == loop->call) return true;
  if (row->caller != loop->function) { /* within the chain: what comes closer to the wait */
    uint8_t here = f->distance[row->caller];
    return here != UINT8_MAX && leads_to_wait(f, call) && distance_by(f, call) <= here;
  }
  if (!leads_to_wait(f, call) || row->kind != own->kind) return false;
  if (row->kind == FACTS_CALL_INDIRECT) return row->callee == own->callee;
  return distance_by(f, call) <= distance_by(f, loop->call);
}

/* `p->handle_event()` in a loop: each class that overrides it has a handler. */
static void dispatch_virtual(finder *f, const own_loop *loop, uint32_t call) {
  checker *c = f->c;
  program *p = c->p;
  const program_call *row = &p->calls.items[call];
  for (uint32_t i = row->first_edge; i < row->first_edge + row->nedges; i++) {
    const program_edge e = p->edges.items[i];
    if (e.how != PROGRAM_VIRTUAL) continue;
    const char *name = program_text(p, p->functions.items[e.callee].name);
    entry_point *entry = entries_add(c, e.callee, loop->name, role_of(name));
    if (!entry) continue;
    c->is_dispatch[call] = c->dispatches[row->caller] = true;
    entry->via =
        bs_arena_printf(&c->arena, "virtual %s", program_text(p, p->functions.items[row->callee].name));
    entry->has_registered = true;
    entry->registered = row->place;
    entry->registered_in = row->caller;
    if (e.strength == PROGRAM_POSSIBLE) entry->strength = PROGRAM_POSSIBLE;
  }
}

static void dispatch_call(finder *f, const own_loop *loop, uint32_t call, bool fields_only) {
  checker *c = f->c;
  program *p = c->p;
  const program_call *row = &p->calls.items[call];
  if (row->kind == FACTS_CALL_VIRTUAL && !fields_only && !is_own_chain(f, loop, call))
    dispatch_virtual(f, loop, call);
  if (row->kind != FACTS_CALL_INDIRECT || is_own_chain(f, loop, call)) return;
  for (uint32_t i = row->first_edge; i < row->first_edge + row->nedges; i++) {
    const program_edge *e = &p->edges.items[i];
    if (e->how == PROGRAM_CALLBACK || !e->through) continue;
    const program_node *n = &p->nodes.items[e->through];
    bool field = n->kind == FACTS_NODE_FIELD;
    if (!field && (fields_only || e->candidates == 1))
      continue; /* one function under another name: the body calls it */
    c->is_dispatch[call] = c->dispatches[row->caller] = true;
    entry_point *entry = entries_add(c, e->callee, loop->name, field ? role_of_field(p, n) : RULE_ROLE_OTHER);
    if (!entry) continue;
    bs_strbuf via = BS_STRBUF_INIT;
    program_describe_node(p, e->through, &via);
    entry->via = bs_arena_strdup(&c->arena, via.text);
    bs_strbuf_fini(&via);
    entry->has_registered = e->because.line != 0;
    entry->registered = e->because;
    entry->registered_in = e->because_function;
    entry->strength = e->strength == PROGRAM_POSSIBLE ? PROGRAM_POSSIBLE : PROGRAM_CERTAIN;
  }
}

static void dispatch_function(finder *f, const own_loop *loop, uint32_t function, uint32_t cycle, int depth) {
  const program *p = f->c->p;
  const program_function *fn = &p->functions.items[function];
  if (check_is_outside(p, function)) return;
  for (uint32_t call = fn->first_call; call < fn->first_call + fn->ncalls; call++) {
    if (!check_in_cycle(p, call, cycle)) continue;
    dispatch_call(f, loop, call, depth > 0);
    const program_call *row = &p->calls.items[call];
    if (depth == 0 && row->kind == FACTS_CALL_DIRECT && row->callee != function)
      dispatch_function(f, loop, row->callee, 0, 1);
  }
}

static void describe_loop(finder *f, const own_loop *loop) {
  checker *c = f->c;
  const program *p = c->p;
  const program_function *fn = &p->functions.items[loop->function];
  const program_call *wait = &p->calls.items[loop->wait];
  const char *api =
      wait->nedges ? program_text(p, p->functions.items[p->edges.items[wait->first_edge].callee].name) : "?";
  *bs_vec_push(&c->loop_lines) = bs_arena_printf(
      &c->arena, "%s loop in %s (%s:%u), waits in %s at %s:%u", loop->name, program_text(p, fn->name),
      program_text(p, fn->place.file), p->cycles.items[loop->cycle].place.line, api,
      program_text(p, wait->place.file), wait->place.line);
}

static bool is_walked(const finder *f, uint32_t function) {
  for (uint32_t i = 0; i < f->walked.count; i++)
    if (f->walked.items[i] == function) return true;
  return false;
}

/* Whether two calls stand in different ways of one condition. */
static bool exclude_each_other(const program *p, uint32_t a, uint32_t b) {
  for (uint32_t x = p->calls.items[a].guard; x; x = p->guards.items[x].outer)
    for (uint32_t y = p->calls.items[b].guard; y; y = p->guards.items[y].outer)
      if ((p->guards.items[x].branch ^ p->guards.items[y].branch) == 1) return true;
  return false;
}

static bool is_select_for_none(const checker *c, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  const rule *const *rules = row->kind == FACTS_CALL_DIRECT ? c->function_rules[row->callee] : NULL;
  return rules && (*rules)->wait && waits_for_none(c->p, call);
}

/* `if (!watched) return select(0, NULL, NULL, NULL, &timeout);` in place of a loop's wait is that wait. */
static void mark_instead(checker *c, uint32_t wait) {
  const program_function *fn = &c->p->functions.items[c->p->calls.items[wait].caller];
  for (uint32_t call = fn->first_call; call < fn->first_call + fn->ncalls; call++)
    if (is_select_for_none(c, call) && exclude_each_other(c->p, call, wait)) c->is_loop_wait[call] = true;
}

/* Follows the calls from the cycle to the wait, in each of several backends. They are the loop's own, and
 * only on this way: another caller of the same helper waits below a callback. */
static void follow_chain(finder *f, const own_loop *loop, uint32_t call) {
  checker *c = f->c;
  const program *p = c->p;
  const program_call *row = &p->calls.items[call];
  c->is_chain[call] = true;
  if (wait_kind(c, call)) {
    c->is_loop_wait[call] = true;
    mark_instead(c, call);
  }
  for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++) {
    uint32_t callee = p->edges.items[e].callee;
    const program_function *fn = &p->functions.items[callee];
    if (!edge_is_call(&p->edges.items[e]) || f->distance[callee] == UINT8_MAX) continue;
    if (callee == loop->function || is_walked(f, callee)) continue;
    if (holds_loop(f, callee) && !fetches_for_cycle(f, call, callee)) continue;
    *bs_vec_push(&f->walked) = callee;
    dispatch_function(f, loop, callee, 0, 0); /* the chain's functions hold dispatches too */
    for (uint32_t next = fn->first_call; next < fn->first_call + fn->ncalls; next++)
      if (next != call && is_own_chain(f, loop, next)) follow_chain(f, loop, next);
  }
}

/* A function of the chain that dispatches is a turn of the loop, from wherever it is called. */
static void mark_turns(finder *f) {
  const program *p = f->c->p;
  for (uint32_t i = 0; i < f->walked.count; i++) {
    const program_function *fn = &p->functions.items[f->walked.items[i]];
    for (uint32_t call = fn->first_call; call < fn->first_call + fn->ncalls; call++) {
      const program_call *row = &p->calls.items[call];
      bool direct = row->kind == FACTS_CALL_DIRECT && f->c->dispatches[row->callee];
      if (f->c->is_dispatch[call] || direct) f->c->is_turn[f->walked.items[i]] = true;
    }
  }
}

/* All waits in the cycle itself are its own, and those on the chains of all calls that lead to one. */
static void mark_waits(finder *f, const own_loop *loop) {
  const program *p = f->c->p;
  const program_function *fn = &p->functions.items[loop->function];
  f->walked.count = 0;
  for (uint32_t call = fn->first_call; call < fn->first_call + fn->ncalls; call++) {
    if (!check_in_cycle(p, call, loop->cycle)) continue;
    if (is_wait(f->c, call, false)) f->c->is_loop_wait[call] = true;
    if (is_own_chain(f, loop, call)) follow_chain(f, loop, call);
  }
  mark_turns(f);
}

/* The body of the cycle is an entry of its own. */
static void accept_loop(finder *f, const own_loop *loop) {
  program *p = f->c->p;
  if (program_set_meet(p, p->functions.items[loop->function].programs, f->c->wanted) == PROGRAM_NOWHERE)
    return;
  describe_loop(f, loop);
  dispatch_function(f, loop, loop->function, loop->cycle, 0);
  mark_waits(f, loop);
  entry_point *entry = entries_add_body(f->c, loop->function, loop->cycle, loop->name);
  if (!entry) return;
  entry->has_registered = true;
  entry->registered = p->cycles.items[loop->cycle].place;
  entry->registered_in = loop->function;
  entry->via = "the body of the loop";
  entry->strength = PROGRAM_LIKELY;
}

/* Marks what the entry points found so far can reach. */
static void mark_below(finder *f) {
  const program *p = f->c->p;
  BS_VEC(uint32_t) work = {0};
  for (; f->marked < f->c->entries.count; f->marked++) {
    const entry_point *e = &f->c->entries.items[f->marked];
    if (e->cycle || e->strength == PROGRAM_POSSIBLE || f->below[e->function]) continue;
    f->below[e->function] = true;
    *bs_vec_push(&work) = e->function;
  }
  while (work.count) {
    const program_function *fn = &p->functions.items[work.items[--work.count]];
    uint32_t first = fn->ncalls ? p->calls.items[fn->first_call].first_edge : 0, last = first;
    if (fn->ncalls) {
      const program_call *end = &p->calls.items[fn->first_call + fn->ncalls - 1];
      last = end->first_edge + end->nedges;
    }
    for (uint32_t e = first; e < last; e++) {
      uint32_t callee = p->edges.items[e].callee;
      if (!edge_is_call(&p->edges.items[e]) || f->below[callee]) continue;
      f->below[callee] = true;
      *bs_vec_push(&work) = callee;
    }
  }
  bs_vec_fini(&work);
}

static int compare_rank(const void *a, const void *b, void *rank) {
  const own_loop *x = a, *y = b;
  uint32_t rank_x = ((const uint32_t *)rank)[x->function], rank_y = ((const uint32_t *)rank)[y->function];
  if (rank_x != rank_y) return rank_x < rank_y ? -1 : 1;
  return x->cycle < y->cycle ? -1 : x->cycle > y->cycle;
}

void ownloop_find(checker *c) {
  uint32_t n = c->p->functions.count + 1;
  finder f = {.c = c,
              .distance = bs_malloc(n),
              .chain_call = bs_malloc(n * sizeof(uint32_t)),
              .rank = bs_malloc(n * sizeof(uint32_t))};
  memset(f.distance, 0xff, n);
  memset(f.chain_call, 0xff, n * sizeof(uint32_t));
  memset(f.rank, 0xff, n * sizeof(uint32_t));
  find_chains(&f);
  find_loops(&f);
  find_outer(&f);
  f.below = bs_calloc(n, sizeof(bool));
  if (f.loops.count) qsort_r(f.loops.items, f.loops.count, sizeof *f.loops.items, compare_rank, f.rank);
  for (uint32_t i = 0; i < f.loops.count; i++) {
    mark_below(&f);
    const own_loop *loop = &f.loops.items[i];
    if (f.rank[loop->function] != PROGRAM_NONE && !f.below[loop->function]) accept_loop(&f, loop);
  }
  free(f.below);
  free(f.distance);
  free(f.chain_call);
  free(f.rank);
  bs_vec_fini(&f.met);
  bs_vec_fini(&f.loops);
  bs_vec_fini(&f.next_loop);
  bs_vec_fini(&f.walked);
  bs_map_fini(&f.loop_of_cycle);
  bs_map_fini(&f.loop_of_function);
}
