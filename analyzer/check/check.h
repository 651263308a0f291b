/* The check: entry points × rules → call paths → findings.
 *
 *   entries.c   which functions a loop calls: loop packs' registrations, tables and fields
 *   ownloop.c   loops without a pack, found by their shape
 *   eval.c      what is known of an argument or a guard in the context of a path
 *   descriptors.c   where descriptors were made, and whether reading them waits
 *   search*.c   from each entry point to each sink, the surest path first, then the shortest
 *   findings.c  from what was found to the report's model
 *   report.c    the report document: a search, its findings, the ledger
 *   handed.c    functions that go to code which no pack knows
 *   unchecked.c callbacks without code, units that no callback reaches
 *   why.c       the paths to one function
 *   changes.c   what of it an older program did not have
 *
 * Only code that a loop reaches is looked at: what runs before the loop, on a worker or in a child process is
 * silent. Nothing here knows libclang, SQLite or an output format.
 */
#ifndef BLOCKSCAN_CHECK_CHECK_H
#define BLOCKSCAN_CHECK_CHECK_H

#include "analyzer/graph/program.h"
#include "reports/model/model.h"
#include "rules/rules.h"

/* A function of the project to be treated like a known API; from its configuration. */
typedef struct check_wrapper {
  const char *function, *like;
} check_wrapper;

typedef struct check_options {
  const check_wrapper *wrappers; /* functions of the project to treat as a known API */
  uint32_t nwrappers;
  const char *const *startup; /* functions that are not followed */
  uint32_t nstartup;
  /* globs of functions that code outside the project calls on a loop: a script language, a plugin's host */
  const char *const *entries;
  uint32_t nentries;
  const char *program; /* only this one of the database's programs; NULL: all */
  uint32_t max_paths; /* entries of one finding that carry their path; the others are named only */
  uint64_t max_apart; /* steps of a search from one entry after the other; 0: what takes no second */
} check_options;

typedef struct checker checker;

/* Finds loops and entry points. `p` is solved and has its edges; all are borrowed until check_free. */
checker *check_new(program *p, const rule_set *rules, const check_options *options);
/* Frees the checker, not the program. NULL is allowed. */
void check_free(checker *c);
/* Searches from every entry point and adds the findings, ranked, with the ledger and the loops; the document
 * owns its texts. May be called again for another document. Marks the suppressions that were used. */
void check_report(checker *c, report_document *document);
/* The best path of each entry point to a function of this name ("name", "file:name" or its symbol), best
 * first, as entries whose path ends in the function. */
typedef struct check_route {
  BS_VEC(report_entry) entries;
  /* at most `max` calls through pointers of its type that could not be resolved, or only by type */
  BS_VEC(report_place) unresolved;
  bool exists, address_taken;
  bool more; /* further entries reach it; these are the surest and nearest */
} check_route;
void check_why(checker *c, const char *function, uint32_t max, report_document *document, check_route *route);
/* Sets reached[f] for each function that a loop's callbacks reach, the callbacks included: one for each
 * function of the program. */
void check_reached(checker *c, bool *reached);
/* Calls `found` for each function that callbacks call, that no unit defines and no rule or pack knows, and
 * that a file which is not of the system declares: with its name and that file. */
typedef void check_undefined_found(void *context, const char *function, const char *declared);
void check_undefined(checker *c, check_undefined_found *found, void *context);
/* The facts that the solver needs of functions outside the project, from the rule database. */
program_oracle check_oracle(const rule_set *rules);

#endif
