/* What is said of a sink where a search meets it: whether it blocks there, how sure that is, by which rule.
 * Few meetings differ, however many ways lead there: an answer is given once and kept.
 */
#include "analyzer/check/search_internal.h"

#include "base/hash.h"

#include <string.h>

enum { READY_STEPS = 2 }; /* so far below its callback a call is about the event */

/* A library's wait for the next event of its one connection, near the callback of a descriptor: the loop has
 * reported that something is there. */
static bool is_dispatch_of_ready(const checker *c, const meeting *m, const sink *k, const rule *r) {
  bool one_connection = r->wait && !r->unless.count && r->wait_count < 0 && !c->function_rows[k->function];
  return one_connection && m->is_io;
}

static int sink_strength(const checker *c, const meeting *m, const sink *k, const rule *r,
                         const rule_condition **undecided) {
  int strength = eval_rule(c, k->call, r, m->context, false, undecided);
  if (strength < PROGRAM_LIKELY && (m->made_blocking || descriptors_made_blocking(c, k->call))) {
    int made = eval_rule(c, k->call, r, m->context, true, undecided);
    strength = made > PROGRAM_LIKELY ? PROGRAM_LIKELY : made; /* by the order of lines, not of execution */
  }
  if (strength > PROGRAM_POSSIBLE && m->depth <= READY_STEPS &&
      eval_comes_when_ready(c, k->call, r, m->context))
    strength = PROGRAM_POSSIBLE;
  if (strength > PROGRAM_POSSIBLE && eval_is_asked_ready(c, k->call, r)) strength = PROGRAM_POSSIBLE;
  if (strength > PROGRAM_POSSIBLE && m->depth <= READY_STEPS && is_dispatch_of_ready(c, m, k, r))
    strength = PROGRAM_POSSIBLE;
  return strength > m->strength ? m->strength : strength;
}

static judgement judge_as_one(const judge *j, const meeting *m, const sink *k) {
  judgement best = {.strength = k->rules ? -1 : PROGRAM_CERTAIN};
  for (const rule *const *r = k->rules; r && *r; r++) {
    const rule_condition *unknown;
    int v = sink_strength(j->c, m, k, *r, &unknown);
    if (v < 0 || (j->only_rule && strcmp((*r)->id, j->only_rule) != 0) ||
        (best.rule && (v < best.strength || (v == best.strength && (*r)->severity <= best.rule->severity))))
      continue;
    best = (judgement){.strength = v, .rule = *r, .undecided = unknown};
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
static judgement judge_alternatives(const judge *j, const meeting *m, const sink *k) {
  enum { MAX_KINDS = 8 };
  unsigned bits[MAX_KINDS];
  const program_argument *asked;
  uint32_t count =
      descriptors_alternatives(j->c, k->call, k->rules, m->context, false, bits, MAX_KINDS, &asked);
  if (count < 2) return judge_as_one(j, m, k);
  judgement worst = {.strength = -1};
  int least = PROGRAM_CERTAIN, most = -1;
  for (uint32_t i = 0; i < count; i++) {
    descriptors_assume(j->c, asked, bits[i]);
    judgement v = judge_as_one(j, m, k);
    if (v.strength < least) least = v.strength;
    if (v.strength > most) most = v.strength;
    bool worse = v.rule && (!worst.rule || v.rule->severity > worst.rule->severity);
    if (v.strength >= 0 && (worse || v.strength > worst.strength)) worst = v;
  }
  descriptors_assume(j->c, NULL, 0);
  if (worst.strength < 0) return worst;
  worst.strength = least >= 0 ? least : most > PROGRAM_LIKELY ? PROGRAM_LIKELY : most;
  if (least < 0 && worst.rule) worst.undecided = condition_on_descriptor(worst.rule);
  return worst;
}

static judgement judge_anew(const judge *j, const meeting *m) {
  checker *c = j->c;
  const sink *k = &c->sinks.items[m->sink];
  if (!eval_reachable(c, k->call, m->context)) return (judgement){.strength = -1};
  judgement v = judge_alternatives(j, m, k);
  v.cut = v.strength > PROGRAM_LIKELY && spots_is_cut(c, k->call, m->context);
  if (v.cut) v.strength = PROGRAM_LIKELY;
  if (v.strength > m->strength) v.strength = m->strength;
  v.bound = BOUND_NOT_KNOWN;
  if (v.rule && v.strength >= 0)
    v.measured = bounds_level(c, k->call, v.rule, m->context, &v.severity, &v.latency, &v.bound) ||
                 locks_level(c, k->call, v.rule, &v.severity, &v.latency);
  return v;
}

judgement judge_sink(judge *j, const meeting *m) {
  uint64_t near = m->depth <= READY_STEPS ? 1 + m->is_io : 0;
  uint64_t key = bs_hash_mix(bs_map_key(m->sink, m->context), near * 8 + m->strength * 2 + m->made_blocking);
  uint32_t known;
  if (bs_map_find(&j->known, key, &known)) return j->judgements.items[known];
  bs_map_set(&j->known, key, j->judgements.count);
  judgement v = judge_anew(j, m);
  *bs_vec_push(&j->judgements) = v;
  return v;
}

void judge_restrict(judge *j, const char *only_rule) {
  judge_fini(j);
  j->only_rule = only_rule;
}

void judge_fini(judge *j) {
  bs_map_fini(&j->known);
  bs_vec_fini(&j->judgements);
}
