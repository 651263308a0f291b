/* What the files of the text report share: text.c the findings, text_path.c one call path, text_runtime.c
 * what a recording says of it, text_comparison.c what is new about them, text_cuts.c where one change removes
 * several, text_statistics.c their numbers, text_recording.c a run that has just been recorded,
 * text_summary.c the rest. */
#ifndef BLOCKSCAN_REPORTS_TEXT_H
#define BLOCKSCAN_REPORTS_TEXT_H

#include "reports/paint.h"
#include "reports/phrase.h"

/* Appends the best call path of a finding, and who else reaches it. */
void text_write_path(painter *p, const report_finding *finding, bool full);
/* Appends what a recording says of a finding, and in the summary of all of them; nothing without a recording.
 */
void text_write_runtime(painter *p, const report_finding *finding);
void text_write_verdicts(painter *p, const report_document *document);
/* Appends what a loop would be without something, under that label; nothing where nothing is predicted. */
void text_write_prediction(painter *p, bs_arena *arena, unsigned indent, const char *label,
                           const report_prediction *prediction);
/* Appends what made a finding new, when that is another place than the call itself. */
void text_write_anchor(painter *p, const report_finding *finding);
/* Of a comparison: appends how many findings are new, fixed and moved, and the lists of the latter two. */
void text_write_comparison(painter *p, const report_document *document, const report_options *options);
void text_write_changes(painter *p, const report_document *document, const report_options *options);
/* Appends the functions whose offloading removes the most findings; nothing when there is none. */
void text_write_cuts(painter *p, const report_document *document, enum report_cuts how);
/* Appends how many findings there are by rule, by file and by callback. */
void text_write_statistics(painter *p, const report_document *document, const report_options *options);
/* Appends what stands under the findings; `left_out` were cut by --max-findings. The last lines are the
 * counts, the exit code and what to do next. */
void text_write_summary(painter *p, const report_document *document, const report_options *options,
                        unsigned left_out);
/* Appends what a run was that has just been recorded: its stalls, calls, loops and bounds. */
void text_write_recording(painter *p, const report_document *document);
/* Appends one of its stalls: how long and in what, its stack, its calls. */
void text_write_stall(painter *p, const report_document *document, const report_stall *stall);
/* Appends the document's stalls and scopes alone, for the program that they are of. */
void text_write_moments(painter *p, const report_document *document);

#endif
