/* Two reports laid beside each other: which finding of the later one is which of the earlier one, and what
 * that makes new, moved and fixed.
 *
 * Findings have the same id in both as long as their function keeps its name. Where it doesn't, a finding of
 * the same rule and API that has lost its partner is taken for the moved one when the function has the same
 * name, or the same callbacks reach it.
 */
#ifndef BLOCKSCAN_EVIDENCE_COMPARE_H
#define BLOCKSCAN_EVIDENCE_COMPARE_H

#include "reports/model/model.h"

#define REPORT_ALONE UINT32_MAX
typedef struct report_pairs {
  uint32_t *earlier; /* of a finding of the later report: the number of its partner, or REPORT_ALONE */
  uint32_t *later; /* the other way round */
} report_pairs;

/* Pairs the findings of two reports, whatever was suppressed in them. */
void report_pair(const report_document *earlier, const report_document *later, report_pairs *pairs);
/* Pairs further ones whose function has the same name, whatever reaches them; for what has no callbacks to
 * compare. */
void report_pair_moved(const report_document *earlier, const report_document *later, report_pairs *pairs);
/* Pairs those of the same rule and API in a function of the same name and file, or the same id: what is the
 * same without doubt. */
void report_pair_exactly(const report_document *earlier, const report_document *later, report_pairs *pairs);
void report_pairs_fini(report_pairs *pairs);

/* Says of each finding of `later` whether it is new: it has no partner; its partner was suppressed, or less
 * sure than `min_confidence`; or a callback, or a caller of the sink's function, reaches it that did not
 * (then it has an anchor). A partner in another function or file is noted as what it moved from. Findings of
 * `earlier` without a partner that were not suppressed are taken to `later->fixed`. `earlier` must live as
 * long as `later`, which becomes a comparison. */
void report_compare(report_document *earlier, report_document *later, enum rule_confidence min_confidence);
/* Takes those of `earlier` without a partner to `later->fixed`; a part of the above. */
void report_take_fixed(report_document *earlier, report_document *later, const report_pairs *pairs);

#endif
