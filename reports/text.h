/* What the files of the text report share: text.c the findings, text_path.c one call path, text_summary.c
 * the rest. */
#ifndef BLOCKSCAN_REPORTS_TEXT_H
#define BLOCKSCAN_REPORTS_TEXT_H

#include "reports/paint.h"

/* Whether text shows a finding, by the options. */
bool text_shows(const report_finding *finding, const report_options *options);
/* Appends the best call path of a finding, and who else reaches it. */
void text_write_path(painter *p, const report_finding *finding, bool full);
/* Appends what stands under the findings; `left_out` were cut by --max-findings. */
void text_write_summary(painter *p, const report_document *document, const report_options *options,
                        unsigned left_out);
/* "1 note", "2 notes". In the arena. */
const char *text_count(bs_arena *arena, unsigned count, const char *one, const char *many);

#endif
