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
  const char *test; /* as in report_stall */
  uint32_t functions,
      nfunctions; /* hashes of the functions from the callback to the culprit, in `functions` */
  const char *last_api; /* the call that it was last a place of, for which `place` is known */
  uint32_t place;
  bool has_place;
} stack_facts;

/* Stalls of one API, callback and culprit. */
typedef struct stall_kind {
  uint64_t key, count, total_ns, worst, worst_ns; /* worst: id of the longest */
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
  BS_VEC(uint64_t) functions;
  BS_VEC(report_frame) told; /* of the stack that was asked for last */
  bs_map places; /* of a stack and a call, beside stack_facts.last_api */
  bs_map places_of_api; /* of a loop and an API → the place of all its calls, plus one; 0: they differ */
  BS_VEC(join_part) parts;
  bs_map kind_ids;
  BS_VEC(stall_kind) kinds;
  BS_VEC(long_stall) longest; /* more than are wanted, in no order */
  uint64_t longest_least; /* shorter ones are not among them */
  BS_VEC(uint64_t) wanted; /* the ids of the stalls that are listed one by one */
  bs_map call_ids; /* of a loop, a stack and an API → index of the document's recorded_calls */
  uint64_t stalls, scopes; /* of the recording */
} observing;

/* The stack of a number as it is told; its frames live until the next call. False: there is none. */
bool observed_stack_of(observing *w, uint64_t stack, observed_stack *out);
/* The facts of a stack; valid until the next one is asked for. */
stack_facts *observed_stack_facts(observing *w, uint64_t stack);

/* What a stall was, as a sum (observed_sum.c). The caller of observed_sum() frees it by observed_sum_fini().
 */
typedef struct stall_sum {
  report_parts parts; /* the largest first; without functions */
  uint64_t *ns; /* of each sample: what it stands for, so that those of a part add up to it */
  const char **kinds; /* of each sample: how it was spent, as in report_stall */
  bool *among; /* samples of the largest part */
  uint32_t main; /* the one that speaks for it; 0 without samples */
  /* How many functions from the callback inwards most of the largest part's time has in common; 0: as far as
   * the main sample's culprit. */
  uint32_t common;
} stall_sum;
void observed_sum(observing *w, const observed_stall *stall, stall_sum *out);
void observed_sum_fini(stall_sum *sum);
/* Whether a sample was taken within a call of this API. */
bool observed_has_sample_in(const observed_stall *stall, const char *api);
/* The frame of a stack that `common` functions from its callback lead to; OBSERVED_NONE: its culprit. */
uint32_t observed_common_frame(const observed_stack *s, uint32_t common);
/* The same of any part: its sample, UINT32_MAX when there is none, and `common`. Leaves `among` changed. */
uint32_t observed_part_sample(observing *w, const observed_stall *stall, stall_sum *sum,
                              const report_part *part, uint32_t *common);
/* The test that a test program was in, by the functions of its framework on the stack; NULL: in none that is
 * known. */
const char *observed_test_of(bs_arena *arena, const observed_stack *s);
/* What stalls that are alike have in common. */
uint64_t observed_kind_key(observing *w, const observed_stall *stall, const stall_sum *sum);
/* The name of the loop of an observed number, in the document; 0 stays. */
static inline unsigned observed_loop_number(const observing *w, unsigned loop) {
  return loop ? w->first_loop + loop : 0;
}

/* The document's parts. */
void observed_add_loop(void *observing, const report_loop *loop, uint64_t wait_stack);
void observed_add_call(observing *w, const observed_call *call);
void observed_add_stall(void *observing, const observed_stall *stall);
void observed_add_scope(void *observing, const observed_scope *scope);
void observed_add_note(void *observing, const char *sentence);
/* Adds up what several recordings have of one kind, and bounds the list (observed_fleet.c). */
void observed_add_up(report_document *document);
/* What can only be said when all is there: the order of the calls and scopes, and what was left out. */
void observed_finish(observing *w);

enum { OBSERVED_LONGEST = 200 /* stalls, and scopes, that are listed one by one */ };

#endif
