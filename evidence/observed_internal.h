/* What the two files of observed.h share: observed.c walks the observation, observed_document.c fills the
 * document. */
#ifndef BLOCKSCAN_EVIDENCE_OBSERVED_INTERNAL_H
#define BLOCKSCAN_EVIDENCE_OBSERVED_INTERNAL_H

#include "evidence/observed.h"

#include "base/map.h"

/* What is worked out of a stack once. */
typedef struct stack_facts {
  uint64_t way; /* hash of the frames from the callback to the culprit, with their lines */
  uint64_t kind; /* of the callback and of the culprit's line */
  const char *last_api; /* the call that it was last a place of, for which `place` is known */
  uint32_t place;
  bool has_place;
} stack_facts;

/* Stalls of one API, callback and culprit. */
typedef struct stall_kind {
  uint64_t count, total_ns, worst, worst_ns; /* worst: id of the longest */
} stall_kind;

typedef struct long_stall {
  uint64_t id, start_ns, duration_ns;
} long_stall;

typedef struct observing {
  join *join; /* NULL: what was seen is not to be joined */
  const observation *o;
  report_document *document;
  unsigned first_loop; /* how many loops the document had before */
  uint32_t first_stall, first_scope; /* the same of those */
  bs_map stack_ids; /* number of a stack → index in `stacks` */
  BS_VEC(stack_facts) stacks;
  bs_map places; /* of a stack and a call, beside stack_facts.last_api */
  BS_VEC(join_part) parts;
  bs_map kind_ids;
  BS_VEC(stall_kind) kinds;
  BS_VEC(long_stall) longest; /* more than are wanted, in no order */
  uint64_t longest_least; /* shorter ones are not among them */
  BS_VEC(uint64_t) wanted; /* the ids of the stalls that are listed one by one */
  bs_map call_ids; /* of a loop, a stack and an API → index of the document's recorded_calls */
  uint64_t stalls, scopes; /* of the recording */
} observing;

/* The sample that speaks for a stall: of the way that most of its time was spent on, the first. */
uint32_t observed_main_sample(observing *w, const observed_stall *stall);
/* The name of the loop of an observed number, in the document; 0 stays. */
static inline unsigned observed_loop_number(const observing *w, unsigned loop) {
  return loop ? w->first_loop + loop : 0;
}

/* The document's parts. */
void observed_add_loop(void *observing, const report_loop *loop);
void observed_add_call(observing *w, const observed_call *call);
void observed_add_stall(void *observing, const observed_stall *stall);
void observed_add_scope(void *observing, const observed_scope *scope);
void observed_add_note(void *observing, const char *sentence);
/* What can only be said when all is there: the order of the calls and scopes, and what was left out. */
void observed_finish(observing *w);

enum { OBSERVED_LONGEST = 200 /* stalls, and scopes, that are listed one by one */ };

#endif
