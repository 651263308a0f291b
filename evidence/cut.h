/* The cheapest cuts: functions that, moved off the loop or made asynchronous, take the most blocking paths
 * with them. */
#ifndef BLOCKSCAN_EVIDENCE_CUT_H
#define BLOCKSCAN_EVIDENCE_CUT_H

#include "reports/model/model.h"

/* Fills document->cuts, whatever it held, from the paths of its findings: warnings and errors, certain or
 * likely, not suppressed. `rules` tells how work leaves each loop; NULL: that stays empty. */
void report_find_cuts(report_document *document, const rule_set *rules);

#endif
