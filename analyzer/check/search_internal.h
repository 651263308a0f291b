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
  bool has_sinks; /* the function itself calls what blocks */
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

/* ---- search_crowds.c: who comes to a spot when all entries set out at once ---- */

/* A state goes its way in one of these modes. The few functions between a loop's cycle and its wait are gone
 * through apart: their wait is the loop's own. So are those that are called right before the process ends,
 * and what is come to once. */
enum search_mode { MODE_PLAIN, MODE_BLOCKING, MODE_CHAIN, MODE_ENDING, MODE_ONCE, MODES };

enum { CROWD = SEARCH_CROWD }; /* sources that a spot is gone through for */

/* The sources that come to a spot in one mode. Those of a large program are looked at in no order: what is
 * asked each time stands in front, in two lines of a cache. The sets are filled in where the database has
 * several programs. */
typedef struct crowd {
  uint32_t from[CROWD]; /* 0: nobody */
  uint8_t bucket[CROWD]; /* in which it was queued */
  uint16_t taken; /* a bit for each */
  uint8_t count, worst; /* the last bucket that one is queued in */
  uint8_t ways; /* further ways into a sink's function */
  program_set asked[CROWD], done[CROWD]; /* in which it was queued, and taken */
} crowd;

/* Whether the crowd of a spot's plain mode is full, without a look at it: most arcs lead to one that is. */
typedef struct door {
  uint8_t shut; /* who comes in this bucket or later finds it full; 0 while it is open */
  bool crowded; /* somebody did */
} door;

/* Ready when zeroed but for `p`. */
typedef struct crowds {
  program *p;
  BS_VEC(door) doors; /* by spot */
  BS_VEC(crowd) plain; /* by spot */
  BS_VEC(crowd) others; /* of the other modes */
  bs_map other_of; /* spot and mode -> into `others` */
} crowds;

void crowds_fini(crowds *all);
/* Forgets who came; not where somebody was turned away. */
void crowds_restart(crowds *all);
/* Valid until another one is asked for. */
crowd *crowds_at(crowds *all, uint32_t id, enum search_mode mode);
/* Where a source stands in a crowd; CROWD: nowhere. */
uint32_t crowd_find(const crowd *x, uint32_t source);
/* Whether there is no place for any state of this bucket, since those that stand there came before. */
bool crowds_is_full(const crowds *all, const crowd *x, uint32_t bucket);
/* Takes a source in, behind the last or for the last one that is no better, or one that stands at `i` again;
 * false when there is no place. */
bool crowds_join(crowds *all, crowd *x, uint32_t i, uint32_t source, uint32_t bucket, program_set programs);
/* After a change of the crowd. */
void crowds_set_door(crowds *all, uint32_t id, enum search_mode mode);
/* Whether the one at `i` was queued, or taken, in all of these programs. */
bool crowds_has_asked(const crowds *all, const crowd *x, uint32_t i, program_set programs);
bool crowds_was_taken(const crowds *all, const crowd *x, uint32_t i, program_set programs);
/* Takes the one at `i`; false when it was taken in these programs before. */
bool crowds_take(crowds *all, crowd *x, uint32_t i, program_set programs);

static inline bool crowds_is_open(const crowds *all, uint32_t id) {
  return id < all->doors.count && !all->doors.items[id].shut;
}
/* Whether who comes to a spot in this bucket finds its crowd full; then that is noted. */
static inline bool crowds_turn_away(crowds *all, uint32_t id, uint32_t bucket) {
  door *d = id < all->doors.count ? &all->doors.items[id] : NULL;
  if (!d || !d->shut || bucket < d->shut) return false;
  return d->crowded = true;
}
/* Has the processor fetch what will be asked for. */
static inline void crowds_fetch_door(const crowds *all, uint32_t id) {
  if (id < all->doors.count) __builtin_prefetch(&all->doors.items[id]);
}
static inline void crowds_fetch(const crowds *all, uint32_t id) {
  if (id >= all->plain.count) return;
  __builtin_prefetch(&all->plain.items[id]);
  __builtin_prefetch(all->plain.items[id].bucket);
}

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
  int64_t bound;
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

/* ---- search.c: a search under way ---- */

enum {
  MAX_DEPTH = 63,
  BUCKETS = 3 * (MAX_DEPTH + 1),
};

typedef struct state {
  uint32_t spot, parent, edge; /* edge that led here; PROGRAM_NONE at a root */
  uint32_t source; /* where the search set out */
  uint32_t base; /* of a search for what is new; see changes_step */
  program_set programs;
  uint8_t strength, depth;
  uint8_t blocking_steps; /* for how many steps more `made_blocking` is believed to be meant for them */
  bool ending : 1; /* the process ends right after the call that led here */
  bool on_chain : 1; /* on the way from a loop's cycle to its wait */
  bool once : 1; /* a call on the way here is made once */
  bool made_blocking : 1; /* a function shortly before made descriptors blocking */
  bool is_new : 1; /* of a search for what is new: something about the way here is */
} state;

typedef struct branch {
  uint32_t state, arc;
} branch;

/* A root that a search set out from. */
typedef struct source {
  uint32_t entry, branches;
  uint32_t seen; /* the source whose sinks are not told again */
} source;

/* Where a bound kept a search from going on. */
typedef struct cut_short {
  uint32_t function, source;
} cut_short;

/* What happened to a state, by its spot and mode, for one source: where it was queued, and in which programs
 * it was queued and taken. */
typedef struct mark {
  uint32_t source, bucket;
  program_set asked, done;
} mark;

/* Most arcs lead where their source has been already, by a way that is no worse. A word for each spot tells
 * so. The marks of the plain mode say the same, but those of a large program do not fit into a processor's
 * cache, and each look at them would wait for memory. */
typedef uint32_t stamp; /* the source that is under way, and the bucket in which it came */
enum { STAMP_BUCKET_BITS = 8, STAMP_SOURCES = (1 << 24) - 1 };
_Static_assert(BUCKETS < 1 << STAMP_BUCKET_BITS, "a bucket fits into a stamp");

typedef struct search {
  checker *c;
  const check_changes *changes; /* of a search for what is new; else NULL */
  hit_list *found; /* NULL: functions are searched, not sinks */
  spots spots;
  judge judge;
  BS_VEC(mark) marks; /* MODES of each spot */
  BS_VEC(stamp) stamps; /* by spot */
  crowds crowds; /* instead, when all set out at once */
  bs_map change_marks; /* of a search for what is new, instead: into `marks`, and the number of a crowd */
  bool together; /* all entries set out at once */
  bool as_one; /* all are one source: it does not matter which of them came */
  uint64_t steps;
  uint32_t under_way; /* so many entries are, or were, when they go one by one */
  BS_VEC(source) sources;
  BS_VEC(state) states; /* of the entries that are under way */
  BS_VEC(uint32_t) bucket[BUCKETS]; /* by strength, descending, then by length */
  uint32_t current, head; /* the next state to take: bucket, place in it */
  uint32_t first_of_run; /* states before it belong to earlier runs */
  BS_VEC(cut_short) cut_at[SEARCH_LIMITS];
  bs_map sink_seen;
  BS_VEC(branch) branches;
  bool splits; /* ways through a pointer near the root become branches */
  bool *crowded; /* functions that more sources came to */
  bool *may_turn; /* of a search for what is new: functions from which a way goes on that may be; else NULL */
  const bool *wanted; /* functions that are asked for */
  /* By program_strength, by function: the steps of this strength to the nearest of them at least; NULL: not
   * known. */
  uint8_t *steps_left[PROGRAM_CERTAIN + 1];
  const uint8_t *bound; /* of those, while ways that have more than `most_steps` are left out; else NULL */
  uint32_t most_steps;
  bool *is_told; /* by entry: its way to one of them */
  search_reached *reached;
  void *context;
  bool *been; /* by function: the search has come there; NULL: nobody asks */
} search;

static inline uint32_t search_function_of(const search *s, const state *at) {
  return s->spots.all.items[at->spot].function;
}

static inline const entry_point *search_entry_of(const search *s, const state *at) {
  return &s->c->entries.items[s->sources.items[at->source].entry];
}

/* ---- search_found.c ---- */

/* Records the sinks of a state's function; `another`: it was gone through before. */
void search_try_sinks(search *s, uint32_t id, bool another);
/* The edges of the way to a state. */
uint32_t *search_copy_edges(const search *s, bs_arena *arena, uint32_t id, uint32_t *count);

/* ---- search_left_out.c ---- */

/* Counts the entries that a bound cut short, and those of them that may have missed a sink. */
void search_count_cuts(search *s);
/* Notes the functions that doors were shut of. */
void search_gather_crowded(search *s);
/* Counts the sinks behind places where callbacks were turned away. */
void search_note_crowds(search *s);

#endif
