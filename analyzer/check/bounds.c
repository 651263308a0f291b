/* How long a call can take where constants say so: usleep(1) is none of a user's business, five times 100 ms
 * are half a second. */
#include "analyzer/check/internal.h"

#include <stdlib.h>
#include <string.h>

#define MICROSECOND INT64_C(1000)
#define MILLISECOND (1000 * MICROSECOND)
#define SECOND (1000 * MILLISECOND)
enum { NOT_KNOWN = BOUND_NOT_KNOWN };

/* The largest of values that are all known and no larger than a day makes sense of; else NOT_KNOWN. */
static int64_t largest(const values *v, int64_t unit) {
  int64_t most = NOT_KNOWN;
  for (uint32_t i = 0; i < v->count; i++) {
    int64_t value = (int64_t)v->item[i].ones;
    if ((v->item[i].ones | v->item[i].zeros) != UINT64_MAX || value < 0 || value > INT64_MAX / 4 / unit)
      return NOT_KNOWN;
    if (value * unit > most) most = value * unit;
  }
  return most;
}

static int64_t field(const checker *c, uint32_t call, const program_argument *a, const char *name, uint32_t x,
                     int64_t unit) {
  values v = {0};
  return eval_field(c, call, a, name, x, &v) ? largest(&v, unit) : NOT_KNOWN;
}

static int64_t fields(const checker *c, uint32_t call, const program_argument *a, uint32_t x,
                      const char *part, int64_t unit) {
  int64_t whole = field(c, call, a, "tv_sec", x, SECOND), rest = field(c, call, a, part, x, unit);
  return whole < 0 || rest < 0 ? NOT_KNOWN : whole + rest;
}

/* The largest of the numbers that a variable is given anywhere, whose address the call gets. */
static int64_t stored(const checker *c, uint32_t node, int64_t unit) {
  const program *p = c->p;
  values v = {0};
  for (uint32_t f = program_first_flow(p, node); f != PROGRAM_NONE; f = p->flow_next[f]) {
    if (p->flows.items[f].kind != FACTS_FLOW_INTEGER) return NOT_KNOWN;
    values_add(&v, p->integers.items[p->flows.items[f].src].value);
  }
  return largest(&v, unit);
}

static int64_t number_of(const char *text, int64_t unit) {
  long number = text ? strtol(text, NULL, 10) : 0;
  return number > 0 && number <= INT32_MAX ? number * unit : NOT_KNOWN;
}

/* The number behind a word of a literal: "host=db connect_timeout=3". */
static int64_t found(const checker *c, uint32_t call, const program_argument *a, const char *word,
                     int64_t unit) {
  const char *text = texts_beginning(c, call, a), *at = text ? strstr(text, word) : NULL;
  return number_of(at ? at + strlen(word) : NULL, unit);
}

static uint32_t first_stored(const program *p, const program_argument *a) {
  bool variable = a && (a->kind == FACTS_ARGUMENT_NODE || a->kind == FACTS_ARGUMENT_ADDRESS) && a->ref;
  return variable ? program_first_flow(p, a->ref) : PROGRAM_NONE;
}

/* The value of a name: the arrays of both are filled in the same order, so the value is stored as many places
 * after the first one as the name. */
static int64_t named(const checker *c, uint32_t call, const program_argument *texts, const rule_timeout *t,
                     int64_t unit) {
  const program *p = c->p;
  uint32_t name = first_stored(p, eval_argument(p, call, t->names)), value = first_stored(p, texts);
  for (; name != PROGRAM_NONE && value != PROGRAM_NONE;
       name = p->flow_next[name], value = p->flow_next[value]) {
    const program_flow *n = &p->flows.items[name], *v = &p->flows.items[value];
    if (n->kind == FACTS_FLOW_STRING && strcmp(program_text(p, n->src), t->find) == 0)
      return v->kind == FACTS_FLOW_STRING ? number_of(program_text(p, v->src), unit) : NOT_KNOWN;
  }
  return NOT_KNOWN;
}

static int64_t given(const checker *c, uint32_t call, const rule_timeout *t, uint32_t x, int depth) {
  static const int64_t units[] = {[RULE_UNIT_NANOSECONDS] = 1,
                                  [RULE_UNIT_MICROSECONDS] = MICROSECOND,
                                  [RULE_UNIT_MILLISECONDS] = MILLISECOND,
                                  [RULE_UNIT_SECONDS] = SECOND};
  const program_argument *a = eval_argument(c->p, call, t->argument);
  values v = {0};
  if (!a || t->absolute || c->is_system_call[call]) return NOT_KNOWN;
  if (t->limit) return limits_of(c, call, t, x, depth);
  if (t->unit == RULE_UNIT_NONE) return NOT_KNOWN;
  if (t->unit == RULE_UNIT_TIMESPEC) return fields(c, call, a, x, "tv_nsec", 1);
  if (t->unit == RULE_UNIT_TIMEVAL) return fields(c, call, a, x, "tv_usec", MICROSECOND);
  if (t->names >= 0) return named(c, call, a, t, units[t->unit]);
  if (t->find) return found(c, call, a, t->find, units[t->unit]);
  if (a->kind == FACTS_ARGUMENT_ADDRESS) return stored(c, a->ref, units[t->unit]);
  eval_values(c, call, a, x, &v);
  return largest(&v, units[t->unit]);
}

int64_t bounds_nanoseconds(const checker *c, uint32_t call, const rule_timeout *t, uint32_t x, int depth) {
  int64_t length = given(c, call, t, x, depth);
  return length == 0 && t->zero_is_none ? NOT_KNOWN : length;
}

/* All turns of the cycles around a call together; `counted` is false where one of them has no known number.
 */
static int64_t times_turns(const program *p, uint32_t call, int64_t length, bool *counted) {
  *counted = true;
  for (uint32_t cycle = p->calls.items[call].cycle; cycle; cycle = p->cycles.items[cycle].outer) {
    uint32_t turns = p->cycles.items[cycle].turns;
    *counted &= turns > 0;
    if (turns && length < INT64_MAX / 4 / turns) length *= turns;
  }
  return length;
}

bool bounds_level(const checker *c, uint32_t call, const rule *r, uint32_t context,
                  enum rule_severity *severity, enum rule_latency *latency, int64_t *bound) {
  int64_t length = bounds_nanoseconds(c, call, &r->timeout, context, 0);
  bool counted;
  *bound = BOUND_NOT_KNOWN;
  if (length < 0) return false;
  length = times_turns(c->p, call, length, &counted);
  if (counted) *bound = length;
  if (r->severity_is_set) return false;
  enum rule_severity level = length < MILLISECOND  ? RULE_NOTE
                             : length < SECOND / 2 ? RULE_WARNING
                                                   : RULE_ERROR;
  if (!counted && level < r->severity) return false;
  *severity = level;
  *latency = level == RULE_NOTE      ? RULE_MICROSECONDS
             : level == RULE_WARNING ? RULE_MILLISECONDS
                                     : RULE_SECONDS;
  return true;
}
