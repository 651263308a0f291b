/* How long a lock can be waited for: as long as those who hold it elsewhere take. A mutex that all of them
 * hold for a few statements is a note; one that somebody holds while he waits for a disk or a peer is a
 * stall. Where no other holder is seen the rule says how severe it is.
 */
#include "analyzer/check/internal.h"

#include <stdlib.h>
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

static bool locks(const checker *c, uint32_t call) {
  const program_call *row = &c->p->calls.items[call];
  const rule *const *rules = row->kind == FACTS_CALL_DIRECT ? c->function_rules[row->callee] : NULL;
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

/* Two functions, so that whoever asks finds one that is not himself; PROGRAM_NONE: there are not so many. */
typedef struct pair {
  uint32_t function[2];
} pair;

static void add_to(pair *two, uint32_t function) {
  if (two->function[0] == PROGRAM_NONE || two->function[0] == function)
    two->function[0] = function;
  else
    two->function[1] = function;
}

static bool has_other(const pair *two, uint32_t than) {
  return two->function[1] != PROGRAM_NONE || (two->function[0] != PROGRAM_NONE && two->function[0] != than);
}

/* Who holds a mutex, for all who ask. */
typedef struct mutex {
  uint32_t first; /* of the calls that lock it, into `calls` */
  pair holders, waiting; /* those that lock it; those that wait for something while they hold it */
  bool is_judged;
} mutex;

typedef struct locking {
  uint32_t call, next;
} locking;

struct lock_table {
  bs_map ids; /* node of the mutex -> into `mutexes` */
  BS_VEC(mutex) mutexes;
  BS_VEC(locking) calls;
};

static void add_locking(lock_table *t, uint32_t node, uint32_t call) {
  bool is_new;
  const pair nobody = {{PROGRAM_NONE, PROGRAM_NONE}};
  uint32_t id = bs_map_add(&t->ids, node, t->mutexes.count, &is_new);
  if (is_new) *bs_vec_push(&t->mutexes) = (mutex){PROGRAM_NONE, nobody, nobody, false};
  *bs_vec_push(&t->calls) = (locking){call, t->mutexes.items[id].first};
  t->mutexes.items[id].first = t->calls.count - 1;
}

static lock_table *find_locks(const checker *c) {
  lock_table *t = bs_calloc(1, sizeof *t);
  for (uint32_t call = c->p->calls.count; call-- > 0;) {
    uint32_t node = locks(c, call) ? mutex_of(c, call) : 0;
    if (node) add_locking(t, node, call);
  }
  return t;
}

static void judge(const checker *c, const lock_table *t, uint32_t node, mutex *m) {
  m->is_judged = true;
  for (uint32_t i = m->first; i != PROGRAM_NONE; i = t->calls.items[i].next) {
    uint32_t call = t->calls.items[i].call, holder = c->p->calls.items[call].caller;
    add_to(&m->holders, holder);
    if (m->waiting.function[1] == PROGRAM_NONE && m->waiting.function[0] != holder &&
        waits_while_held(c, call, node))
      add_to(&m->waiting, holder);
  }
}

enum { NOBODY, SHORTLY, LONG };

/* How those hold the mutex that are not the caller. */
static int held_elsewhere(checker *c, uint32_t call, uint32_t node) {
  uint32_t id, caller = c->p->calls.items[call].caller;
  if (!c->locks) c->locks = find_locks(c);
  if (!bs_map_find(&c->locks->ids, node, &id)) return NOBODY;
  mutex *m = &c->locks->mutexes.items[id];
  if (!m->is_judged) judge(c, c->locks, node, m);
  if (has_other(&m->waiting, caller)) return LONG;
  return has_other(&m->holders, caller) ? SHORTLY : NOBODY;
}

bool locks_level(checker *c, uint32_t call, const rule *r, enum rule_severity *severity,
                 enum rule_latency *latency) {
  uint32_t node = is_short_lock(r) && !r->severity_is_set ? mutex_of(c, call) : 0;
  int held = node ? held_elsewhere(c, call, node) : NOBODY;
  if (held == NOBODY) return false;
  *severity = held == LONG ? RULE_WARNING : RULE_NOTE;
  *latency = held == LONG ? RULE_MILLISECONDS : RULE_MICROSECONDS;
  return true;
}

void locks_free(lock_table *t) {
  if (!t) return;
  bs_map_fini(&t->ids);
  bs_vec_fini(&t->mutexes);
  bs_vec_fini(&t->calls);
  free(t);
}
