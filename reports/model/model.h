/* The finding model: what every report is made from, and the shape of the JSON contract.
 *
 * `reports` reads this and knows no analysis. Strings live in the document's arena. Paths are relative to the
 * project root with forward slashes; files outside it are absolute.
 */
#ifndef BLOCKSCAN_REPORTS_MODEL_MODEL_H
#define BLOCKSCAN_REPORTS_MODEL_MODEL_H

#include "base/mem.h"
#include "base/vec.h"
#include "reports/model/recorded.h"
#include "rules/rules.h"

enum report_how {
  REPORT_DIRECT,
  REPORT_FIELD,
  REPORT_PARAMETER,
  REPORT_VARIABLE,
  REPORT_VIRTUAL,
  REPORT_TYPE,
  REPORT_CALLBACK,
  REPORT_HOWS
};
extern const char *const report_how_names[REPORT_HOWS]; /* "direct", "field", … */

/* A function on the path and the place in it that calls the next step (for the last: the sink). `how`,
 * `because`, `through` and `candidates` say why the *callee* of this place is the next step's function. */
typedef struct report_step {
  report_place place;
  enum report_how how;
  enum rule_confidence confidence;
  bool has_because;
  report_place because; /* the store or argument that makes an indirect callee this function */
  unsigned candidates; /* size of the target set; 0 for direct calls */
  /* what it is called through, for people: "conn->read_handler" or "field read_handler of struct
   * connection"; or "" */
  const char *through;
} report_step;

typedef struct report_entry {
  const char *function;
  const char *file;
  unsigned line;
  const char *loop; /* pack name, or "own" */
  enum rule_role role;
  bool has_registered;
  report_place registered;
  const char *via; /* the registering API or "field cb of ev_io"; or "" */
  enum rule_confidence confidence;
  unsigned seen; /* stacks of the recording that it stands on; 0 without a recording, too */
  /* Entry first, the caller of the sink last; may be empty past --max-paths. Steps lie in the document's
   * arena and are shared: thousands of paths go through one call. */
  BS_VEC(const report_step *) path;
} report_entry;

typedef struct report_suppression {
  const char *by; /* "comment", "baseline", "config"; NULL when not suppressed */
  const char *reason;
} report_suppression;

/* What a recording says of a finding. Its evidence is static without a verdict and when not exercised,
 * runtime when runtime-only, else both. */
enum report_verdict {
  REPORT_NO_VERDICT, /* no recording was looked at */
  REPORT_CONFIRMED, /* it held a loop for the threshold or longer */
  REPORT_OBSERVED_FAST, /* it was called on a loop, always under the threshold */
  REPORT_NOT_EXERCISED, /* it was not called while the program was watched */
  REPORT_RUNTIME_ONLY, /* only the recording knows it */
  REPORT_VERDICTS
};
extern const char *const report_verdict_names[REPORT_VERDICTS]; /* "", "confirmed", "observed-fast", … */

/* What a loop of the recording would be without a finding or a cut (evidence/predict.h), and what it was. */
typedef struct report_prediction {
  unsigned loop; /* id; 0: nothing is predicted */
  uint64_t p99_ns, max_ns; /* of its iterations */
  uint64_t held_ns; /* all stalls of the loop together */
  uint64_t busy_ns; /* all iterations */
  /* The same where what is waited for goes and what is computed for it stays: never less. */
  uint64_t most_p99_ns, most_max_ns, most_held_ns, most_busy_ns;
  uint64_t was_p99_ns, was_max_ns, was_held_ns, was_busy_ns;
  uint64_t time_ns; /* how long the loop ran, its waits included */
} report_prediction;

typedef struct report_runtime {
  enum report_verdict verdict;
  uint64_t calls, stalls; /* calls of it on loops; stalls that it had the greatest part in */
  uint64_t total_ns, max_ns, p50_ns, p99_ns; /* of the calls */
  uint64_t held_ns; /* what it had of the stalls that it is charged with, together */
  report_prediction without;
  const char *missed; /* runtime-only: why the scan did not find it, a sentence; else NULL */
  const char *remark; /* how it was matched, or what the recording contradicts: a sentence, or NULL */
} report_runtime;

/* Against an earlier report, revision or baseline. */
enum report_change { REPORT_NOT_COMPARED, REPORT_NEW, REPORT_UNCHANGED, REPORT_CHANGES };
extern const char *const report_change_names[REPORT_CHANGES]; /* "", "new", "unchanged" */

typedef struct report_finding {
  char id[17]; /* 16 hexadecimal digits; stable across line shifts */
  const char *rule;
  enum rule_category category;
  enum rule_severity severity;
  enum rule_confidence confidence;
  enum rule_latency latency;
  uint64_t bound_ns; /* the longest that it can wait, by a timeout that it is given; 0: not known */
  const char *message; /* one line, without the rule id and the place */
  const char *advice; /* what to use instead, for the loop of the best entry; or "" */
  const char *manual; /* or "" */
  report_place sink;
  const char *api;
  const char *why; /* what makes it less than certain here, for people: "it is not known whether flags has
                      MSG_DONTWAIT", or "" */
  const char *program; /* of a database that holds several: the first that it is in; else "" */
  BS_VEC(report_entry) entries; /* best first */
  unsigned paths_left_out; /* entries that are named without their path: those past --max-paths */
  BS_VEC(report_place) callers; /* calls of the sink's function in what callbacks reach; one a caller */
  report_suppression suppressed;
  report_runtime runtime;
  enum report_change change;
  /* Of a new one: the changed place that made it, where it isn't the sink itself: a new caller of an old
   * blocking function. */
  bool has_anchor;
  report_place anchor;
  /* Of one that isn't new: where it was before, when its function or file has got another name. */
  bool has_moved;
  report_place moved_from;
} report_finding;

/* A function that many paths go through: to offload it, or make it asynchronous, removes them all. */
typedef struct report_cut {
  report_place place; /* the function, and the first call in it that leads to one of the findings */
  const char *loop; /* of most of its callbacks */
  BS_VEC(unsigned) findings; /* their numbers in the document, from 0, all of whose paths go through it */
  unsigned paths; /* from a callback to a sink, through it */
  const char *advice; /* what to do, a sentence */
  const char *code; /* the shape of the fix for that loop, some lines; or "" */
  report_prediction without;
} report_cut;

typedef struct report_broken_unit {
  const char *file;
  unsigned errors;
  const char *first_error; /* or NULL */
} report_broken_unit;

/* A function outside the project that functions of the project are handed to, and that no pack knows: whether
 * a loop calls them is not known. */
typedef struct report_handed_over {
  const char *api;
  unsigned argument; /* from 0 */
  unsigned functions; /* how many different ones it gets */
  report_place place; /* where it gets the first one */
} report_handed_over;

/* A call through a pointer that no known function reaches. */
typedef struct report_unresolved {
  report_place place;
  const char *through; /* "field on_read of conn" */
  const char *type; /* of the function that is called: "void (int)" */
  unsigned entries; /* callbacks that reach the call */
} report_unresolved;

/* A bound that cut the analysis. */
typedef struct report_limit {
  const char *name; /* "depth", "states", "targets", "ways", … */
  unsigned count; /* of what it cut: callbacks for a search, calls for targets */
  bool hides; /* a blocking call may lie behind the cut */
  const char *text; /* a sentence */
} report_limit;

/* Why a report is not all that there is to say. The exit code is 3 for a report that has one. */
typedef struct report_gap {
  const char *reason; /* "broken-units", "lost-input", "nothing-checked", "limit", … */
  const char *text; /* what is missing: the rest of a sentence that begins with "incomplete: " */
  const char *unit; /* the file of the first unit concerned, or NULL */
  const char *hint; /* what to do, a sentence; or NULL */
} report_gap;

/* A bound that the user set for a recording. */
typedef struct report_bound {
  const char *name, *measured; /* "fsync=0", "3 calls, 12 ms on loops" */
  bool kept;
} report_bound;

/* The run that has just been recorded; a report that is made later from its file has none. */
typedef struct report_run {
  const char *program; /* as it was called; NULL: there was no run */
  const char *file; /* of the recording */
  const char *failure; /* "exit code 3"; NULL: it ended well */
  BS_VEC(report_bound) bounds;
  uint64_t fail_over_ns; /* of those: how long no stall may take; 0: no such bound */
} report_run;

/* A stall of a recording, and what a finding had of it. They are what predictions are made of; no format has
 * them. */
typedef struct report_held {
  unsigned loop; /* id */
  uint64_t duration_ns;
  uint64_t unseen_ns; /* of that, what no sample and no call explains */
} report_held;
typedef struct report_share {
  uint32_t stall, finding; /* numbers, from 0, in the document's `held` and `findings` */
  uint64_t ns, computed_ns; /* computed_ns: of ns, what was not waited */
} report_share;

typedef struct report_document {
  bs_arena arena;
  const char *tool_version, *libclang_version;
  const char *root; /* as reported: "." unless given */
  const char *root_path; /* absolute, to read source lines from; never printed */
  const char *project, *revision; /* the name of its folder, and what git has checked out there; or NULL. Only
                                     the page for people has them: they are no part of what was found */
  unsigned units, functions, entry_points, rules;
  BS_VEC(report_finding) findings; /* ranked: most worth reading first */
  BS_VEC(report_broken_unit) broken_units;
  unsigned unresolved_indirect_calls, capped_indirect_calls;
  BS_VEC(const char *) notes; /* the ledger's other sentences, in a fixed order */
  BS_VEC(report_handed_over) handed_over; /* most functions first */
  BS_VEC(const char *) unreached_units; /* files with functions of which a callback reaches none */
  BS_VEC(report_unresolved) unresolved; /* what most callbacks reach first */
  BS_VEC(report_limit) limits;
  BS_VEC(report_gap) incomplete; /* empty: everything was checked; see report_judge */
  /* one line for each loop found: "own loop: aeMain (src/ae.c:500) waits in epoll_wait, dispatches through
   * …" */
  BS_VEC(const char *) loops;
  bool is_recording; /* stalls and recorded_loops tell of a run, be there any or not */
  BS_VEC(report_stall) stalls;
  BS_VEC(report_scope) scopes;
  BS_VEC(report_loop) recorded_loops;
  BS_VEC(report_call) recorded_calls;
  BS_VEC(const char *)
  unobserved; /* what the recorder could not see: sentences, which are in `notes` as well */
  BS_VEC(report_held) held; /* all stalls of a joined recording, with their shares below */
  BS_VEC(report_share) shares;
  uint64_t threshold_ns; /* what the recording called a stall; 0 without one */
  uint64_t recorded_ns; /* how long was recorded */
  uint64_t started_ns; /* when, since 1970; 0 unknown. The page for people has it */
  report_prediction without; /* all findings, that are not suppressed, together */
  uint64_t all_stalls, stalls_ns, longest_ns; /* of all stalls: number, time together, the longest */
  report_run run;
  BS_VEC(report_cut) cuts; /* the one that removes the most first */
  bool is_comparison; /* findings have a `change` */
  const char *compared_with; /* for people: "baseline", "revision 1a2b3c4", or "" */
  BS_VEC(report_finding) fixed; /* of a comparison: those that are gone */
} report_document;

/* An empty document: every text is "", never NULL. */
void report_document_init(report_document *document);
void report_document_fini(report_document *document);
/* A new, zeroed finding at the end, its texts empty; valid until the next one is added. */
report_finding *report_add_finding(report_document *document);
/* The same among those that are gone. */
report_finding *report_add_fixed(report_document *document);
/* Frees what a finding holds beside the arena's strings; for one that is taken out of its document. */
void report_finding_fini(report_finding *finding);
/* The same of a stall. */
void report_stall_fini(report_stall *stall);
/* The same of a scope. */
void report_scope_fini(report_scope *scope);
/* A new entry of a finding. */
report_entry *report_add_entry(report_finding *finding);
/* Whether it is no callback but the function that runs a loop of the program's own, with what its body does.
 */
bool report_is_loop_body(const report_entry *entry);
/* A new step in the arena, certain, at the end of a path. A step that is there already is pushed to `path`.
 */
report_step *report_add_step(bs_arena *arena, report_entry *entry);
/* One that belongs to no path yet. */
report_step *report_new_step(bs_arena *arena);
/* Empties the list of cuts, which is of findings by their numbers. */
void report_clear_cuts(report_document *document);
/* How many findings that are not suppressed have this severity or more and this confidence or more; in a
 * comparison, how many new ones. */
unsigned report_count(const report_document *document, enum rule_severity severity,
                      enum rule_confidence confidence);

/* What text says of the cheapest cuts: the list, nothing, or the list and how work leaves each loop. */
enum report_cuts { REPORT_CUTS_SHORT, REPORT_CUTS_NONE, REPORT_CUTS_FULL };
enum report_color { REPORT_COLOR_AUTO, REPORT_COLOR_ALWAYS, REPORT_COLOR_NEVER };
typedef struct report_options {
  bool color; /* decided already */
  enum rule_confidence min_confidence; /* findings below are left out of text; default likely */
  bool show_ledger; /* every unresolved call, not only their number */
  bool show_notes; /* text: findings of severity note in full */
  bool full_paths; /* text: long paths are not shortened in the middle */
  unsigned max_findings; /* text: 0 all */
  unsigned width; /* columns to wrap at; 0: don't wrap */
  enum report_cuts cuts; /* text */
  bool statistics; /* text: counts by rule, file and callback in place of the findings */
  bool tells_exit; /* text: the summary says with which code the program ends, and why */
  enum rule_severity fail_on; /* what decides that; RULE_SEVERITIES: never */
  /* json: takes what is written so far and empties the buffer, whenever there is enough; NULL: it grows */
  void (*drain)(void *context, bs_strbuf *out);
  void *drain_context;
  /* json: paths past the first of a finding are numbers of steps, as they are in any large report */
  bool shares_paths;
} report_options;

/* Whether a report for people shows a finding: not suppressed, not an old one of a comparison, and by the
 * options neither too unsure nor a note. */
bool report_shows(const report_finding *finding, const report_options *options);

/* Appends the report, but for what `drain` has taken. Every output format is one file with one function of
 * this form. */
typedef void report_writer(const report_document *document, const report_options *options, bs_strbuf *out);

#endif
