/* What the files of the search share (search*.c). */
#ifndef BLOCKSCAN_CHECK_SEARCH_INTERNAL_H
#define BLOCKSCAN_CHECK_SEARCH_INTERNAL_H

#include "analyzer/check/internal.h"

/* ---- search_spots.c: the graph that is searched ---- */

/* A call that some search may follow, in the order of calls. */
typedef struct step {
  uint32_t call, edge;
  uint8_t strength; /* program_strength, at best */
} step;

enum arc_flag {
  ARC_SPLITS = 1, /* through a pointer with several targets */
  ARC_ENDS = 2, /* the process ends right after it */
  ARC_CHAIN = 4, /* on the way from a loop's cycle to its wait */
  ARC_TURN = 8, /* into a function between the two */
  ARC_BLOCKING = 16, /* its caller made a descriptor blocking before */
  ARC_COMMENT = 32, /* a comment on its line may cut it */
  ARC_SINKS = 64, /* into a function that holds a sink */
};
/* A step that a context allows, and where it leads. */
typedef struct arc {
  uint32_t edge, to; /* `to`: a spot */
  program_set programs;
  uint8_t strength, flags;
} arc;

/* A function in a calling context. What can be said of it without the way there is worked out once, whoever
 * comes by. */
typedef struct spot {
  uint32_t function, context;
  uint32_t cycle; /* not 0: only the calls in this loop statement of an entry point */
  uint32_t marks; /* the spot whose marks it shares: itself, or the one without a cycle */
  uint32_t first_arc, narcs;
  bool is_expanded;
} spot;

typedef struct spots {
  checker *c;
  const bool *leads; /* functions that lead to what is looked for; NULL: all */
  BS_VEC(step) steps;
  uint32_t *first_step; /* of a function; count + 1 items */
  BS_VEC(spot) all;
  BS_VEC(arc) arcs;
  uint32_t *plain; /* of a function: its spot without a context + 1, 0 not made yet */
  bs_map ids; /* (function, context, cycle) -> spot */
  uint32_t max; /* so many with a context are kept apart */
  bool is_full;
} spots;

void spots_init(spots *g, checker *c, const bool *leads);
void spots_fini(spots *g);
uint32_t spots_add(spots *g, uint32_t function, uint32_t context, uint32_t cycle);
/* Makes the arcs of a spot, once. Moves `all` and `arcs`. */
void spots_expand(spots *g, uint32_t id);
/* Whether a condition around a call, or what decides there, is not followed whole. */
bool spots_is_cut(checker *c, uint32_t call, uint32_t context);

/* ---- search_judge.c: what is said of a sink ---- */

/* Where a sink is met; equal ones get equal answers. */
typedef struct meeting {
  uint32_t sink, context, depth;
  uint8_t strength; /* of the way there */
  bool made_blocking, is_io;
} meeting;

/* How sure a sink is, and by which rule. */
typedef struct judgement {
  int strength; /* -1: it does not block */
  const rule *rule;
  const rule_condition *undecided;
  bool cut; /* a condition around it is not followed whole */
  bool measured; /* see hit */
  enum rule_severity severity;
  enum rule_latency latency;
} judgement;

typedef struct judge {
  checker *c;
  const char *only_rule; /* a second pass for a rule whose comments cut steps */
  BS_VEC(judgement) judgements;
  bs_map known; /* meeting -> judgement */
} judge;

void judge_fini(judge *j);
/* From now on only this rule is asked; NULL: all. */
void judge_restrict(judge *j, const char *only_rule);
judgement judge_sink(judge *j, const meeting *m);

#endif
