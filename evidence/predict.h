/* What a program's loop would be without a call: from the iterations that were recorded and what findings had
 * of each stall.
 *
 * An iteration is the sum of what was done in it. Take a finding's time out of it, and it is shorter by that;
 * take it out of all, and the loop's longest iteration, its quantiles and the time that it was held follow.
 *
 * Of a stall with few samples some time has none. A finding has the part of it that it has of all that
 * samples and exact calls explain.
 *
 * How the call leaves is not known, so there are two answers. At best all of it goes. A call that waits for
 * the most may become one that doesn't wait: then what it computes stays on the loop, in pieces that are no
 * longer than it was together. What the work costs elsewhere, on a thread that competes for the CPU, is not
 * in it; nor is what the call had of iterations shorter than a stall. */
#ifndef BLOCKSCAN_EVIDENCE_PREDICT_H
#define BLOCKSCAN_EVIDENCE_PREDICT_H

#include "reports/model/model.h"

/* Fills in `without` of all findings that had a part in a stall, of all cuts and of the document, and sorts
 * the cuts by the time that they would give back. Does nothing in a document without document->shares. */
void report_predict(report_document *document);

#endif
