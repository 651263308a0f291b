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

enum { MAX_CHAIN = 4 };

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
  bs_map loop_of_function;
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

/* The loop name when the call waits for events, else NULL. */
static const char *wait_kind(const checker *c, uint32_t call) {
  const program *p = c->p;
  const program_call *row = &p->calls.items[call];
  for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++) {
    uint32_t callee = p->edges.items[e].callee;
    if (p->edges.items[e].how == PROGRAM_CALLBACK) continue;
    const rule *const *rules = c->function_rules[callee];
    const rule_condition *undecided;
    for (; rules && *rules; rules++) {
      if ((*rules)->wait && !waits_for_one(p, call, *rules) &&
          eval_rule(c, call, *rules, 0, false, &undecided) >= 0)
        return "own";
    }
    const pack_row *const *rows = c->function_rows[callee];
    for (; rows && *rows; rows++)
      if ((*rows)->kind == PACK_RUN && entries_row_applies(c, call, *rows)) return (*rows)->pack->name;
  }
  return NULL;
}

/* A library's loop that is run until someone ends it. What calls that in a cycle far above serves no
 * events there. */
static bool runs_to_end(const checker *c, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  const pack_row *const *rows = row->kind == FACTS_CALL_DIRECT ? c->function_rows[row->callee] : NULL;
  for (; rows && *rows; rows++)
    if ((*rows)->kind == PACK_RUN && (*rows)->returns == PACK_RETURNS_AT_END) return true;
  return false;
}

static uint32_t outermost(const program *p, uint32_t cycle) {
  while (cycle && p->cycles.items[cycle].outer) cycle = p->cycles.items[cycle].outer;
  return cycle;
}

/* Something besides the wait is called in the cycle: through a pointer, or a function of the project. */
static bool does_work(const program *p, uint32_t function, uint32_t cycle, uint32_t wait_call) {
  const program_function *f = &p->functions.items[function];
  for (uint32_t call = f->first_call; call < f->first_call + f->ncalls; call++) {
    const program_call *c = &p->calls.items[call];
    if (call == wait_call || !check_in_cycle(p, call, cycle)) continue;
    if (c->kind == FACTS_CALL_INDIRECT || !check_is_outside(p, c->callee)) return true;
  }
  return false;
}

/* A function whose cycle waits is a loop of its own: who calls it runs a loop, and is none. */
static bool holds_loop(const finder *f, uint32_t function) {
  const program *p = f->c->p;
  uint32_t call = f->chain_call[function], cycle = outermost(p, p->calls.items[call].cycle);
  return cycle && does_work(p, function, cycle, call);
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
  for (uint8_t round = 0; round + 1 < MAX_CHAIN; round++) {
    for (uint32_t i = 0; i < p->edges.count; i++) {
      const program_edge *e = &p->edges.items[i];
      uint32_t caller = p->calls.items[e->call].caller;
      if (!edge_is_call(e) || f->distance[e->callee] != round || f->distance[caller] != UINT8_MAX) continue;
      if (check_is_outside(p, e->callee) || holds_loop(f, e->callee)) continue;
      f->distance[caller] = round + 1;
      f->chain_call[caller] = e->call;
    }
  }
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

static bool leads_to_wait(const finder *f, uint32_t call) {
  const program_call *c = &f->c->p->calls.items[call];
  if (wait_kind(f->c, call)) return eval_reachable(f->c, call, 0);
  for (uint32_t e = c->first_edge; e < c->first_edge + c->nedges; e++) {
    const program_edge *edge = &f->c->p->edges.items[e];
    if (!edge_is_call(edge) || f->distance[edge->callee] >= MAX_CHAIN - 1 || edge->callee == c->caller)
      continue;
    if (!holds_loop(f, edge->callee)) return true;
  }
  return false;
}

static void find_loops(finder *f) {
  const program *p = f->c->p;
  for (uint32_t call = 0; call < p->calls.count; call++) {
    const program_call *row = &p->calls.items[call];
    uint32_t cycle = outermost(p, row->cycle), known;
    if (!cycle || check_is_outside(p, row->caller) || !leads_to_wait(f, call)) continue;
    if (bs_map_find(&f->loop_of_function, row->caller, &known)) continue;
    uint32_t wait = wait_of(f, call);
    bool chained = !wait_kind(f->c, call);
    if (!chained && !does_work(p, row->caller, cycle, call)) continue;
    bs_map_set(&f->loop_of_function, row->caller, f->loops.count);
    const char *name = wait_kind(f->c, wait);
    *bs_vec_push(&f->loops) = (own_loop){row->caller, cycle, call, wait, name ? name : "own"};
  }
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

static void meet_callees(finder *f, uint32_t function) {
  const program *p = f->c->p;
  const program_function *fn = &p->functions.items[function];
  uint32_t loop = PROGRAM_NONE;
  bs_map_find(&f->loop_of_function, function, &loop);
  for (uint32_t call = fn->first_call; call < fn->first_call + fn->ncalls; call++) {
    if (loop != PROGRAM_NONE && check_in_cycle(p, call, f->loops.items[loop].cycle)) continue;
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

static void dispatch_call(finder *f, const own_loop *loop, uint32_t call, bool fields_only) {
  checker *c = f->c;
  program *p = c->p;
  const program_call *row = &p->calls.items[call];
  if (row->kind != FACTS_CALL_INDIRECT || call == loop->call || leads_to_wait(f, call)) return;
  for (uint32_t i = row->first_edge; i < row->first_edge + row->nedges; i++) {
    const program_edge *e = &p->edges.items[i];
    if (e->how == PROGRAM_CALLBACK || !e->through) continue;
    const program_node *n = &p->nodes.items[e->through];
    bool field = n->kind == FACTS_NODE_FIELD;
    if (!field && (fields_only || e->candidates == 1))
      continue; /* one function under another name: the body calls it */
    c->is_dispatch[call] = true;
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

/* The chain's functions hold dispatches too; the body of the cycle is an entry of its own. */
static void accept_loop(finder *f, const own_loop *loop) {
  checker *c = f->c;
  program *p = c->p;
  describe_loop(f, loop);
  c->is_loop_wait[loop->wait] = true;
  dispatch_function(f, loop, loop->function, loop->cycle, 0);
  uint32_t call = loop->call;
  for (int steps = 0; steps < MAX_CHAIN && call != loop->wait; steps++) {
    const program_call *row = &p->calls.items[call];
    uint32_t next = PROGRAM_NONE;
    for (uint32_t e = row->first_edge; e < row->first_edge + row->nedges; e++) {
      uint32_t callee = p->edges.items[e].callee;
      if (!edge_is_call(&p->edges.items[e]) || f->distance[callee] == UINT8_MAX) continue;
      dispatch_function(f, loop, callee, 0, 0); /* each of several backends */
      if (f->distance[callee] == 0) c->is_loop_wait[f->chain_call[callee]] = true;
      if (next == PROGRAM_NONE) next = callee;
    }
    if (next == PROGRAM_NONE) break;
    call = f->chain_call[next];
  }
  entry_point *entry = entries_add(c, loop->function, loop->name, RULE_ROLE_OTHER);
  if (!entry) return;
  entry->cycle = loop->cycle;
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
  uint32_t x = ((const uint32_t *)rank)[((const own_loop *)a)->function],
           y = ((const uint32_t *)rank)[((const own_loop *)b)->function];
  return x < y ? -1 : x > y;
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
  bs_map_fini(&f.loop_of_function);
}
