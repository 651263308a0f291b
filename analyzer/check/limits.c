/* For how long calls on an object wait, where an earlier call said so: curl_easy_setopt(CURLOPT_TIMEOUT),
 * setsockopt(SO_RCVTIMEO), redisSetTimeout().
 *
 * What the calling function said last of the same variable counts. Else it is asked what was said anywhere of
 * the objects that the variable may hold, and the longest is taken; one of which nothing was said, or no
 * constant, leaves the wait without a bound.
 */
#include "analyzer/check/internal.h"

#include <string.h>

void limits_note(checker *c, uint32_t call, const descriptor_row *row) {
  for (uint32_t i = 0; i < row->nconditions; i++)
    if (eval_condition(c, call, &row->conditions[i], 0, false) != TRUTH_YES) return;
  *bs_vec_push(&c->limit_sets) = (limit_set){call, row};
}

/* The variable that is, or whose address is, this argument; 0 for anything else. */
static uint32_t variable(const program_argument *a) {
  bool is = a && (a->kind == FACTS_ARGUMENT_NODE || a->kind == FACTS_ARGUMENT_ADDRESS);
  return is ? a->ref : 0;
}

static uint32_t object_of(const checker *c, const limit_set *s) {
  return variable(eval_argument(c->p, s->call, s->row->descriptor_argument));
}

/* What a setter says; no limit at all, which is 0 or less, is none that is known. */
static int64_t said_by(const checker *c, const limit_set *s, uint32_t context, int depth) {
  int64_t length = bounds_nanoseconds(c, s->call, &s->row->timeout, context, depth + 1);
  return length > 0 ? length : BOUND_NOT_KNOWN;
}

static bool is_surely_before(const checker *c, const limit_set *s, uint32_t call) {
  const program_call *row = &c->p->calls.items[call], *setter = &c->p->calls.items[s->call];
  return s->call < call && setter->caller == row->caller && moment_implies(c->p, row->guard, setter->guard);
}

/* The last setter of the variable before the call in its function, or NULL. */
static const limit_set *last_before(const checker *c, uint32_t call, const char *family, uint32_t node) {
  const limit_set *last = NULL;
  for (uint32_t i = 0; i < c->limit_sets.count; i++) {
    const limit_set *s = &c->limit_sets.items[i];
    if (strcmp(s->row->handle, family) == 0 && object_of(c, s) == node && is_surely_before(c, s, call))
      last = s;
  }
  return last;
}

static bool may_hold(const checker *c, uint32_t node, program_atom atom) {
  const program_points *points = program_points_of(c->p, node);
  for (uint32_t i = 0; i < points->count; i++)
    if (points->items[i].atom == atom) return true;
  return false;
}

/* The longest that any setter says of one object (atom), or of one variable (atom 0). */
static int64_t longest(const checker *c, const char *family, program_atom atom, uint32_t node, int depth) {
  int64_t most = BOUND_NOT_KNOWN;
  for (uint32_t i = 0; i < c->limit_sets.count; i++) {
    const limit_set *s = &c->limit_sets.items[i];
    uint32_t object = object_of(c, s);
    if (strcmp(s->row->handle, family) != 0 || !object) continue;
    if (atom ? !may_hold(c, object, atom) : object != node) continue;
    int64_t length = said_by(c, s, 0, depth);
    if (length < 0) return BOUND_NOT_KNOWN;
    if (length > most) most = length;
  }
  return most;
}

/* Of all objects that a variable may hold. */
static int64_t of_objects(const checker *c, const char *family, uint32_t node, int depth) {
  const program_points *points = program_points_of(c->p, node);
  int64_t most = BOUND_NOT_KNOWN;
  bool any = false;
  for (uint32_t i = 0; i < points->count; i++) {
    if (program_atom_kind_of(points->items[i].atom) != PROGRAM_ATOM_DESCRIPTOR) continue;
    int64_t length = longest(c, family, points->items[i].atom, 0, depth);
    if (length < 0) return BOUND_NOT_KNOWN;
    if (length > most) most = length;
    any = true;
  }
  bool shared = c->p->nodes.items[node].kind != FACTS_NODE_LOCAL;
  return any || !shared ? most : longest(c, family, 0, node, depth);
}

int64_t limits_of(const checker *c, uint32_t call, const rule_timeout *t, uint32_t context, int depth) {
  uint32_t node = variable(eval_argument(c->p, call, t->argument));
  if (!node || !c->limit_sets.count || depth > MAX_LIMITS_DEEP) return BOUND_NOT_KNOWN;
  const limit_set *last = last_before(c, call, t->limit, node);
  if (last) return said_by(c, last, context, depth);
  uint32_t param = eval_parameter_of(c, node);
  bound_value bound = param ? eval_bound(c, param, context) : (bound_value){0};
  return of_objects(c, t->limit, bound.kind == BOUND_NODE ? bound.ref : node, depth);
}
