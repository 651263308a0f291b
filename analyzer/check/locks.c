/* How long a lock can be waited for: as long as those who hold it elsewhere take. A mutex that all of them
 * hold for a few statements is a note; one that somebody holds while he waits for a disk or a peer is a
 * stall. Where no other holder is seen the rule says how severe it is.
 */
#include "analyzer/check/internal.h"

#include <string.h>

/* A lock that is taken and not waited for long, by its rule. */
static bool is_short_lock(const rule *r) {
  return r->category == RULE_LOCK && r->latency == RULE_MICROSECONDS;
}

/* The mutex that a call is about; 0 when it is not known. */
static uint32_t mutex_of(const checker *c, uint32_t call) {
  const program_argument *a = eval_argument(c->p, call, 0);
  return a && (a->kind == FACTS_ARGUMENT_ADDRESS || a->kind == FACTS_ARGUMENT_NODE) ? a->ref : 0;
}

static bool locks(const checker *c, uint32_t call, uint32_t mutex) {
  const program_call *row = &c->p->calls.items[call];
  if (row->kind != FACTS_CALL_DIRECT || mutex_of(c, call) != mutex) return false;
  const rule *const *rules = c->function_rules[row->callee];
  for (; rules && *rules; rules++)
    if (is_short_lock(*rules)) return true;
  return false;
}

static bool unlocks(const checker *c, uint32_t call, uint32_t mutex) {
  const program_call *row = &c->p->calls.items[call];
  return row->kind == FACTS_CALL_DIRECT && mutex_of(c, call) == mutex &&
         strstr(program_text(c->p, c->p->functions.items[row->callee].symbol), "unlock");
}

/* Whether a call waits for something else than a lock or a condition. */
static bool waits(const checker *c, uint32_t call) {
  const rule_condition *undecided;
  const program_call *row = &c->p->calls.items[call];
  const rule *const *rules = row->kind == FACTS_CALL_DIRECT ? c->function_rules[row->callee] : NULL;
  for (; rules && *rules; rules++)
    if ((*rules)->category != RULE_LOCK && (*rules)->severity > RULE_NOTE &&
        eval_rule(c, call, *rules, 0, false, &undecided) >= PROGRAM_LIKELY)
      return true;
  return false;
}

static bool waits_while_held(const checker *c, uint32_t lock, uint32_t mutex) {
  const program *p = c->p;
  const program_function *f = &p->functions.items[p->calls.items[lock].caller];
  for (uint32_t call = lock + 1; call < f->first_call + f->ncalls && !unlocks(c, call, mutex); call++)
    if (waits(c, call)) return true;
  return false;
}

enum { NOBODY, SHORTLY, LONG };

/* How those hold the mutex that are not the caller. */
static uint32_t held_elsewhere(const checker *c, uint32_t call, uint32_t mutex) {
  const program *p = c->p;
  uint32_t others = 0;
  bool long_held = false;
  for (uint32_t i = 0; i < p->calls.count && !long_held; i++) {
    if (p->calls.items[i].caller == p->calls.items[call].caller || !locks(c, i, mutex)) continue;
    others++;
    long_held = waits_while_held(c, i, mutex);
  }
  return !others ? NOBODY : long_held ? LONG : SHORTLY;
}

bool locks_level(checker *c, uint32_t call, const rule *r, enum rule_severity *severity,
                 enum rule_latency *latency) {
  uint32_t mutex = is_short_lock(r) && !r->severity_is_set ? mutex_of(c, call) : 0, held;
  if (!mutex) return false;
  if (!bs_map_find(&c->lock_levels, call, &held)) {
    held = held_elsewhere(c, call, mutex);
    bs_map_set(&c->lock_levels, call, held);
  }
  if (held == NOBODY) return false;
  *severity = held == LONG ? RULE_WARNING : RULE_NOTE;
  *latency = held == LONG ? RULE_MILLISECONDS : RULE_MICROSECONDS;
  return true;
}
