/* Whether a report may be relied on: what makes it incomplete, in one place for all verbs and formats.
 *
 * A document carries the facts (broken units, limits, how many callbacks there are) wherever it comes from;
 * how much of it a person accepts is the policy's. So a report that is read from a file is judged anew, and
 * the exit code, stderr and every format say the same. */
#ifndef BLOCKSCAN_REPORTS_MODEL_COMPLETENESS_H
#define BLOCKSCAN_REPORTS_MODEL_COMPLETENESS_H

#include "reports/model/model.h"

typedef struct report_policy {
  unsigned max_broken; /* broken units that are accepted */
  bool no_loops_ok; /* a program without callbacks of a loop is checked by that */
} report_policy;

/* A gap of one of several programs, which the policy of programs without a loop accepts. */
#define REPORT_PROGRAM_UNCHECKED "program-unchecked"

/* Fills document->incomplete by the policy. What else stands there already, such as input that was lost,
 * stays and comes first. A recording alone is never incomplete. */
void report_judge(report_document *document, const report_policy *policy);
/* Adds a gap; the texts are borrowed and live as long as the document. */
report_gap *report_add_gap(report_document *document, const char *reason, const char *text);
/* "src/app.c: inc/x.h:3:4: 'y.h' file not found": the unit, and its first error unless that names it. In the
 * arena. */
const char *report_name_broken(bs_arena *arena, const report_broken_unit *unit);
/* Appends the gaps, one a line: "blockscan: incomplete: TEXT. HINT". */
void report_tell_gaps(const report_document *document, bs_strbuf *out);

#endif
