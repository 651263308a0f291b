/* What the files of the join share; join.h says what it is for. */
#ifndef BLOCKSCAN_EVIDENCE_JOIN_INTERNAL_H
#define BLOCKSCAN_EVIDENCE_JOIN_INTERNAL_H

#include "evidence/join.h"

#include "base/intern.h"
#include "base/map.h"

/* A name in the two forms that are compared, interned; 0 for none. */
typedef struct join_name {
  uint32_t function, last; /* qualified, and its last part */
  uint32_t api;
} join_name;

/* How sure it is that an observation is of a finding. */
enum join_match { JOIN_EXACT, JOIN_MOVED, JOIN_AMBIGUOUS };

/* A finding, or a place that only the recording knows. */
typedef struct join_item {
  durations calls; /* of the watched API itself */
  durations within; /* of watched calls that were made further in */
  durations held; /* its part of each stall that it is charged with */
  uint64_t first_of; /* stalls that it had the greatest part in */
  bool exercised;
  bool has_match;
  enum join_match match; /* the best one */
  unsigned observed_line; /* where, when it is not exact */
} join_item;

/* A place on no finding: who called what. */
typedef struct join_site {
  join_item item;
  uint32_t number; /* of its item, before the sites are sorted */
  report_frame *frames;
  uint32_t count, callback, culprit;
  bool running;
  bool
      is_path; /* one way to a place that computes; what is charged are such places, by join_fold_computing */
  const char *api, *rule; /* of the watched call; NULL */
  const char *loop; /* the library of the loop that it held; NULL */
  /* Stalls by their kind; starved: it could have run, and had no CPU; stopped: by a signal. */
  uint64_t on_cpu, waiting, starved, stopped;
} join_site;

/* What an item had of a stall. */
enum { JOIN_SHARES = 64 };
typedef struct join_share {
  uint32_t item;
  uint32_t samples;
  uint64_t ns, computed_ns; /* computed_ns: what was not waited, of ns */
  const char *kind; /* of its longest part */
  uint64_t longest_ns;
} join_share;

typedef struct join_target {
  uint32_t item; /* a finding's number, or the number of findings and that of a site behind it */
  bool direct; /* the finding's API is the watched call itself */
} join_target;

typedef struct join_spot {
  uint32_t first, count; /* targets */
} join_spot;

/* Where a finding may be met: its sink, or the call that leads to the function of its sink. */
typedef struct join_node {
  uint32_t finding, next;
  uint32_t function; /* interned as join_name.function */
  const char *file;
  unsigned line;
} join_node;
typedef struct join_index {
  bs_map heads;
  BS_VEC(join_node) nodes;
} join_index;

/* A callback that a finding begins in. */
typedef struct join_entry {
  const char *function, *file;
  uint32_t next; /* of the same name */
  uint32_t seen; /* stacks */
} join_entry;

struct join {
  report_document *document;
  join_options options;
  bs_intern strings;
  bs_map names; /* address of a text → index in `known` */
  BS_VEC(join_name) known;
  join_index by_call, by_function, by_caller;
  uint32_t nfindings;
  join_item *items; /* of findings */
  BS_VEC(join_site) sites;
  bs_map site_ids;
  BS_VEC(join_target) targets;
  BS_VEC(join_spot) spots;
  bs_map entry_ids; /* name of a callback → first in `entries` */
  BS_VEC(join_entry) entries;
  bs_map reached; /* functions on the findings' paths */
  uint64_t stalls, stalls_without_stack, ns;
  uint64_t current_ns, threshold_ns; /* of the recording that is being read; the least of all */
  BS_VEC(join_proposal) proposals;
};

/* The name in its forms; `text` must live as long as the join. */
join_name join_name_of(join *j, const char *text);
/* Whether a file of the recording and one of the scan can be the same: 2 they are, 1 the last part is, 0 no.
 * A NULL is every file. */
int join_same_file(const char *recorded, const char *known);
/* Fills the indices from the document's findings. */
void join_index_findings(join *j);
/* Appends the findings that a stack stands on, the innermost first; returns their number. */
uint32_t join_match_stack(join *j, const join_stack *stack, const char *api, const char *rule_id);
/* Whether a frame is the program's own (frame_is_own) and of the project that was scanned: its file is named
 * relative to the root. */
bool join_is_of_project(const report_frame *frame);
/* What is told of a finding's item, the verdict as well. */
void join_fill_runtime(const join *j, const join_item *item, report_runtime *r);
/* The number of the place that a stack is of, which may be a new one. A path: stacks that came there by
 * another way are another place. */
uint32_t join_find_site(join *j, const join_stack *stack, const char *api, const char *rule_id, bool is_path);
/* Replaces the shares of paths by those of places, all that was computed `together` or each path by itself;
 * returns the new number. */
uint32_t join_fold_computing(join *j, join_share *shares, uint32_t count, bool together);
/* Whether a frame has called nothing that a reason could be: the language's libraries without a rule, or
 * nothing. */
bool join_calls_nothing(const join *j, const join_stack *stack, uint32_t frame);
/* Adds the finding of a place that only the recording knows. */
void join_add_missed(join *j, const join_site *site);
/* Gives each of the findings from `first` on, all added by the above, an id of its own. */
void join_tell_missed_apart(report_document *document, uint32_t first);
static inline join_item *join_item_at(join *j, uint32_t item) {
  return item < j->nfindings ? &j->items[item] : &j->sites.items[item - j->nfindings].item;
}

#endif
