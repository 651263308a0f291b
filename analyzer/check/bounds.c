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

/* The number behind a word of a literal: "host=db connect_timeout=3". */
static int64_t found(const checker *c, const program_argument *a, const char *word, int64_t unit) {
  const char *at = a->kind == FACTS_ARGUMENT_STRING ? strstr(program_text(c->p, a->text), word) : NULL;
  long number = at ? strtol(at + strlen(word), NULL, 10) : 0;
  return number > 0 && number <= INT32_MAX ? number * unit : NOT_KNOWN;
}

int64_t bounds_nanoseconds(const checker *c, uint32_t call, const rule_timeout *t, uint32_t x, int depth) {
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
  if (t->find) return found(c, a, t->find, units[t->unit]);
  if (a->kind == FACTS_ARGUMENT_ADDRESS) return stored(c, a->ref, units[t->unit]);
  eval_values(c, call, a, x, &v);
  return largest(&v, units[t->unit]);
}

bool bounds_level(const checker *c, uint32_t call, const rule *r, uint32_t context,
                  enum rule_severity *severity, enum rule_latency *latency) {
  int64_t length = bounds_nanoseconds(c, call, &r->timeout, context, 0);
  bool counted = true;
  if (length < 0 || r->severity_is_set) return false;
  for (uint32_t cycle = c->p->calls.items[call].cycle; cycle; cycle = c->p->cycles.items[cycle].outer) {
    uint32_t turns = c->p->cycles.items[cycle].turns;
    counted &= turns > 0;
    if (turns && length < INT64_MAX / 4 / turns) length *= turns;
  }
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
