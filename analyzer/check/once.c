/* What runs once in a program's life: `if (done) return; done = true; load();`.
 *
 * A variable of the whole program is a latch when it is given one number, and that is not what it begins
 * with. What stands behind a condition that this number makes false, in a function that sets the latch where
 * the condition holds, is come to for the first time only.
 */
#include "analyzer/check/internal.h"

#include <stdlib.h>
#include <string.h>

enum latch_state { LATCH_NOT_ASKED, LATCH_NO, LATCH_YES };

struct once_table {
  uint8_t *states; /* latch_state, by node */
  bool *is_changed; /* nodes: ++, |=, one of several; what no plain store says */
  uint8_t *answers; /* by call: 0 not asked, 1 no, 2 yes */
  int64_t *set; /* by node: what a latch is set to */
};

void once_prepare(checker *c) {
  const program *p = c->p;
  once_table *o = bs_calloc(1, sizeof *o);
  o->states = bs_calloc(p->nodes.count + 1, 1);
  o->is_changed = bs_calloc(p->nodes.count + 1, sizeof(bool));
  o->answers = bs_calloc(p->calls.count + 1, 1);
  o->set = bs_calloc(p->nodes.count + 1, sizeof *o->set);
  for (uint32_t i = 0; i < p->stores.count; i++) {
    const program_store *s = &p->stores.items[i];
    bool is_plain = s->op == FACTS_STORE_SET && s->kind == FACTS_ARGUMENT_INTEGER && !s->weak && !s->field;
    if (!is_plain) o->is_changed[s->base] = true;
  }
  c->once = o;
}

void once_free(once_table *o) {
  if (!o) return;
  free(o->states);
  free(o->is_changed);
  free(o->answers);
  free(o->set);
  free(o);
}

/* A static variable of the function: "function.variable". */
static bool is_static_of(const program *p, uint32_t node, uint32_t function) {
  const char *symbol = program_text(p, p->nodes.items[node].a);
  const char *name = program_text(p, p->functions.items[function].name);
  size_t length = strlen(name);
  return p->nodes.items[node].b && !strncmp(symbol, name, length) && symbol[length] == '.';
}

/* The store that a static variable of a function begins with: it stands in front of all that asks for it. */
static const program_store *beginning_of(const program *p, uint32_t node, uint32_t function) {
  const program_function *f = &p->functions.items[function];
  if (!is_static_of(p, node, function)) return NULL;
  for (uint32_t i = f->first_store; i < f->first_store + f->nstores; i++) {
    const program_store *s = &p->stores.items[i];
    if (s->base == node) return s->guard || s->cycle ? NULL : s;
  }
  return NULL;
}

static bool find_latch(const checker *c, uint32_t node, uint32_t function) {
  const program *p = c->p;
  if (p->nodes.items[node].kind != FACTS_NODE_GLOBAL || c->once->is_changed[node] ||
      c->node_address_taken[node])
    return false;
  const program_store *first = beginning_of(p, node, function);
  int64_t begins = 0, *set = &c->once->set[node];
  bool begins_known = false, is_set = false;
  uint32_t flow = program_first_flow(p, node);
  for (; flow != PROGRAM_NONE; flow = p->flow_next[flow]) {
    const program_flow *w = &p->flows.items[flow];
    if (w->kind != FACTS_FLOW_INTEGER || w->flags & (FACTS_FLOW_OR | FACTS_FLOW_CLEAR)) return false;
    int64_t value = p->integers.items[w->src].value;
    bool begins_here = w->function == PROGRAM_NONE || (first && !begins_known && value == first->value);
    if (begins_here) {
      if (begins_known && value != begins) return false;
      begins = value;
      begins_known = true;
      continue;
    }
    if (is_set && value != *set) return false;
    *set = value;
    is_set = true;
  }
  return is_set && *set != begins;
}

static bool is_latch(const checker *c, uint32_t node, uint32_t function) {
  uint8_t *state = &c->once->states[node];
  if (*state == LATCH_NOT_ASKED) *state = find_latch(c, node, function) ? LATCH_YES : LATCH_NO;
  return *state == LATCH_YES;
}

/* Whether the function sets the latch wherever what stands under the guard is come to. */
static bool sets_under(const program *p, uint32_t function, uint32_t node, uint32_t guard) {
  const program_function *f = &p->functions.items[function];
  for (uint32_t i = f->first_store; i < f->first_store + f->nstores; i++) {
    const program_store *s = &p->stores.items[i];
    if (s->base == node && s->guard && moment_is_under(p, guard, s->guard)) return true;
  }
  return false;
}

static bool asks_latch(const checker *c, uint32_t function, uint32_t guard, uint32_t around) {
  const program_guard *g = &c->p->guards.items[guard];
  if (!g->node || !sets_under(c->p, function, g->node, around) || !is_latch(c, g->node, function))
    return false;
  values set = {0};
  values_add(&set, c->once->set[g->node]);
  return values_hold(&set, (enum facts_guard_op)g->op, g->value) == TRUTH_NO;
}

bool once_runs(const checker *c, uint32_t call) {
  uint8_t *answer = &c->once->answers[call];
  if (*answer) return *answer == 2;
  const program_call *row = &c->p->calls.items[call];
  *answer = 1;
  for (uint32_t g = row->guard; g; g = c->p->guards.items[g].outer)
    if (asks_latch(c, row->caller, g, row->guard)) *answer = 2;
  return *answer == 2;
}
