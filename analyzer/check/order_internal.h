/* What the files share that answer questions about the order of statements (order*.c, moments.c). */
#ifndef BLOCKSCAN_CHECK_ORDER_INTERNAL_H
#define BLOCKSCAN_CHECK_ORDER_INTERNAL_H

#include "analyzer/check/internal.h"

enum { ORDER_MAX_CALLS = 3 }; /* functions inside each other whose result or effect is read */

/* A call that is given an object's address as this argument. */
typedef struct given {
  uint32_t call, index, next;
  uint32_t param; /* of the function that is called directly, as a node; else 0 */
} given;

/* See order_mentions.c. */
typedef struct mention {
  uint32_t *fields, count; /* sorted */
  bool any; /* each one, as far as is known */
  bool has_global; /* one of the objects is a global variable */
} mention;

struct order_table {
  checker *c;
  uint32_t *first_store, *next_store; /* of a variable: stores to itself */
  uint32_t *first_field, *next_field; /* of an object: stores to its fields, and to all of it */
  bs_map first_here; /* (global object, function) -> the first of these stores that the function has */
  uint32_t *next_here; /* the next of the same function */
  bs_map starts; /* (global object, field) -> into start_values: what it may hold when a function begins */
  BS_VEC(values) start_values;
  uint32_t *first_escape, *next_escape; /* of a local object: stores that put its address elsewhere */
  uint32_t *first_by_field, *next_by_field; /* of a field: stores to it in any object */
  BS_VEC(given) gifts;
  uint32_t *first_gift; /* of an object: calls that are given its address, in their order */
  uint32_t *alias; /* of a pointer that is only ever one object's address: that; else 0 */
  bool *foreign; /* variables that others can change */
  bs_map filled; /* records that functions outside are given pointers to */
  bs_map last_at; /* (call, variable, field) -> into `last`, where the number of stores comes first */
  BS_VEC(uint32_t) last;
  bs_map truths; /* (guard, context) -> enum truth, or in progress */
  bs_map changing; /* (function, parameter, field) -> whether it stores to it */
  BS_VEC(mention) mentions;
  uint32_t *mention_of; /* of an object: into `mentions` + 1, 0 not asked yet */
  uint32_t *mention_stamp, mention_stamps; /* of a node: when it was met last */
  uint32_t budget;
  int depth, calls;
};

/* order_table.c */
/* The object that a pointer variable is only another name for, else the variable itself. */
uint32_t order_alias(const order_table *o, uint32_t node);

/* Stores of a function to an object and its fields, in their order. Of an object that is not global all
 * stores, those of another function's among them. */
uint32_t order_first_here(const order_table *o, uint32_t object, uint32_t function);
uint32_t order_next_here(const order_table *o, uint32_t object, uint32_t store);

/* moments.c */
moment moment_of_store(const program_store *s);
moment moment_of_end(const program *p, uint32_t function);
/* Whether the two stand under the opposite answers to one condition. */
bool moment_are_opposite(const program *p, uint32_t a, uint32_t b);
bool moment_is_in_cycle(const program *p, uint32_t inner, uint32_t outer);
uint32_t moment_outermost_cycle(const program *p, uint32_t cycle);
/* The guard around all that stand there for one condition. */
uint32_t moment_around_branch(const program *p, uint32_t guard);

/* order_live.c */
enum { MAX_LIVE = 24 }; /* stores that may have been the last one */

typedef struct live_value {
  values v;
  uint32_t guard;
  uint32_t store; /* that made it; PROGRAM_NONE: it was so at the start */
} live_value;

typedef struct live_set {
  live_value item[MAX_LIVE];
  uint32_t count;
  bool joined; /* there were more: what is left does not say which store made it */
} live_set;

void order_push_live(order_table *o, live_set *live, const values *v, uint32_t guard, uint32_t store);
/* Forgets what the store at `guard` hides: what was stored under it, or under something narrower. */
void order_hide_under(const program *p, live_set *live, uint32_t guard);
/* When both ways of a condition store, nothing from before is left. */
void order_hide_by_both(const program *p, live_set *live);

/* order_effects.c */
/* Fills `filled`. */
void order_find_filled(order_table *o);
/* Whether the parameter is a pointer to something constant. */
bool order_takes_constant(const program *p, uint32_t function, uint32_t index);
/* Whether a function stores to a field of the object that it is given as this argument; `depth` is 0. */
bool order_changes_field(order_table *o, uint32_t function, uint32_t index, uint32_t field, int depth);

/* order_escapes.c */
void order_chain_escapes(order_table *o);
/* Whether something that the function has called before the moment may have changed its object through an
 * address that the function put elsewhere. */
bool order_is_changed_elsewhere(const order_table *o, moment at, uint32_t object);

#endif
