/* The join: what was found in the source meets what was seen in the running program.
 *
 * Findings and observed calls are matched by API, function and place (join_match.c), through inlined frames,
 * other folders of a build (join_paths.c), other spellings of a name (join_names.c), and lines that have
 * moved. Each stall is charged to the findings that were on its stacks; what is left over becomes a finding
 * of its own that says why the scan did not have it (join_missed.c).
 *
 * Whoever reads a recording hands over its stacks, calls and stalls one at a time: nothing here knows the
 * file, the scanner or the command line.
 */
#ifndef BLOCKSCAN_EVIDENCE_JOIN_H
#define BLOCKSCAN_EVIDENCE_JOIN_H

#include "reports/model/durations.h"
#include "reports/model/model.h"

enum { JOIN_NONE = UINT32_MAX };

/* What the call graph knows of a function; without a graph, the findings' paths are asked. */
enum join_reach { JOIN_UNKNOWN, JOIN_NOT_REACHED, JOIN_REACHED };
typedef struct join_graph {
  void *context;
  /* Whether a callback of a loop reaches the function. `file` may be NULL. */
  enum join_reach (*reach)(void *context, const char *function, const char *file);
} join_graph;

typedef struct join_options {
  const rule_set *rules; /* in use */
  const rule_set *all_rules; /* with those that the configuration turned off; or NULL */
  const join_graph *graph; /* or NULL */
  bool is_scanned; /* the document is of a scan; else nothing can be said of call paths */
} join_options;

/* A stack of the recording, innermost frame first, inlined ones too; files as join_name_files gave them. */
typedef struct join_stack {
  const report_frame *frames;
  uint32_t count;
  uint32_t callback, culprit; /* indices; JOIN_NONE unknown */
  bool running; /* the innermost frame executes; else it is in a call */
} join_stack;

/* From its time in the stall on, the thread was at this place. */
typedef struct join_part {
  uint64_t at_ns;
  uint32_t place; /* JOIN_NONE: nowhere known */
  const char *kind; /* how it spent the time there, as in report_stall; NULL: as the whole stall */
} join_part;

typedef struct join_stall {
  uint64_t duration_ns;
  const char *kind; /* as in report_stall */
  const char *loop; /* name of the loop's library, NULL for one of the program's own */
  const join_part *parts; /* in the order of their times; none: no stack was taken */
  uint32_t nparts;
  bool ended; /* so its calls have been counted */
  unsigned loop_id; /* in the document; 0 unknown */
} join_stall;

/* A library function that held a loop and that no rule knows. */
typedef struct join_proposal {
  const char *function, *module;
  report_place caller;
  const char *callback; /* "" unknown */
  uint64_t stalls, max_ns, p50_ns;
  bool computes;
} join_proposal;

typedef struct join join;

/* `document` holds the findings of a scan, or none; all is borrowed until join_free. What the join adds is in
 * the document's arena. */
join *join_new(report_document *document, const join_options *options);
void join_free(join *j);

/* A recording begins: what it calls a stall. */
void join_begin(join *j, uint64_t threshold_ns);
/* Replaces each file name of a recording by the one that the scan uses, where there is one: `files` are the
 * debug information's. */
void join_name_files(join *j, const char **files, uint32_t count);
/* The place that a stack stands for, in a call of `api` with that rule (NULL: unknown) made by its innermost
 * frame. Ask once for each different pair: each one counts as a stack that its callbacks were seen on. */
uint32_t join_place(join *j, const join_stack *stack, const char *api, const char *rule_id);
/* Whether two places are of the same findings. */
bool join_places_agree(const join *j, uint32_t a, uint32_t b);
/* Calls that were made at a place. */
void join_call(join *j, uint32_t place, const durations *calls);
void join_stall_at(join *j, const join_stall *stall);

/* Gives the findings their verdicts and their new order, adds those that only the recording knows, and what
 * there is to say to the notes. */
void join_finish(join *j);
/* After join_finish, in the order of the time lost. */
const join_proposal *join_proposals(const join *j, uint32_t *count);

#endif
