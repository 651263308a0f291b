/* What the files of the text report share: text.c the findings, text_path.c one call path, text_summary.c
 * the rest. */
#ifndef BLOCKSCAN_REPORTS_TEXT_H
#define BLOCKSCAN_REPORTS_TEXT_H

#include "reports/paint.h"
#include "reports/phrase.h"

/* Appends the best call path of a finding, and who else reaches it. */
void text_write_path(painter *p, const report_finding *finding, bool full);
/* Appends what stands under the findings; `left_out` were cut by --max-findings. */
void text_write_summary(painter *p, const report_document *document, const report_options *options,
                        unsigned left_out);

#endif
