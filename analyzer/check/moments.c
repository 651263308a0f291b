/* Moments in a function: which conditions hold there, and which loop statements stand around it. */
#include "analyzer/check/order_internal.h"

#include <string.h>

moment moment_of_call(const checker *c, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  return (moment){row->caller, call, row->guard, row->cycle};
}

moment moment_of_store(const program_store *s) {
  return (moment){s->function, s->position, s->guard, s->cycle};
}

moment moment_of_end(const program *p, uint32_t function) {
  const program_function *f = &p->functions.items[function];
  return (moment){function, f->first_call + f->ncalls, 0, 0};
}

/* Whether what holds under `outer` holds under `inner`. */
bool moment_is_under(const program *p, uint32_t inner, uint32_t outer) {
  while (inner && inner != outer) inner = p->guards.items[inner].outer;
  return inner == outer;
}

/* Whether a guard is one way of a condition, or stands in one. */
static bool is_in_either_way(const program *p, uint32_t guard, uint32_t branch) {
  while (guard && (p->guards.items[guard].branch ^ branch) > 1) guard = p->guards.items[guard].outer;
  return guard != 0;
}

/* Whether the variable that both ask for may have got another value between the two. The position of a guard
 * is where its way begins: what the first way stores may have the position of the second. */
static bool is_stored_between(const program *p, const program_guard *first, const program_guard *second) {
  const program_node *n = &p->nodes.items[first->node];
  if (n->kind != FACTS_NODE_LOCAL && n->kind != FACTS_NODE_PARAM) return false;
  const program_function *f = &p->functions.items[n->a];
  for (uint32_t i = f->first_store; i < f->first_store + f->nstores; i++) {
    const program_store *s = &p->stores.items[i];
    if (s->base != first->node || s->field || s->position > second->position) continue;
    if (s->position > first->position) return true;
    if (s->position == first->position && is_in_either_way(p, s->guard, first->branch)) return true;
  }
  return false;
}

static bool has_guard(const program *p, uint32_t chain, const program_guard *wanted) {
  for (; chain; chain = p->guards.items[chain].outer) {
    const program_guard *g = &p->guards.items[chain];
    if (g->node == wanted->node && g->base == wanted->base && g->op == wanted->op &&
        g->value == wanted->value && !is_stored_between(p, wanted, g))
      return true;
  }
  return false;
}

/* `if (fl < 0 || fcntl(…) < 0) return;`: what follows knows that fl was not below 0, and so fcntl() was
 * called. */
bool moment_implies(const program *p, uint32_t inner, uint32_t outer) {
  for (; outer && !moment_is_under(p, inner, outer); outer = p->guards.items[outer].outer)
    if (!p->guards.items[outer].node || !has_guard(p, inner, &p->guards.items[outer])) return false;
  return true;
}

/* Whether the two stand under the opposite answers to one condition. */
bool moment_are_opposite(const program *p, uint32_t a, uint32_t b) {
  for (uint32_t g = a; g; g = p->guards.items[g].outer)
    for (uint32_t h = b; h && h != g; h = p->guards.items[h].outer)
      if (p->guards.items[g].branch && p->guards.items[g].branch == (p->guards.items[h].branch ^ 1))
        return true;
  return false;
}

bool moment_is_in_cycle(const program *p, uint32_t inner, uint32_t outer) {
  while (inner && inner != outer) inner = p->cycles.items[inner].outer;
  return inner == outer;
}

uint32_t moment_outermost_cycle(const program *p, uint32_t cycle) {
  while (cycle && p->cycles.items[cycle].outer) cycle = p->cycles.items[cycle].outer;
  return cycle;
}

/* The guard around all that stand there for one condition. */
uint32_t moment_around_branch(const program *p, uint32_t guard) {
  uint32_t branch = p->guards.items[guard].branch;
  while (guard && p->guards.items[guard].branch == branch) guard = p->guards.items[guard].outer;
  return guard;
}
