/* An observation becomes a document: the one way for what a recorder has in memory and for what is in its
 * file.
 *
 * Each stall and each call is given to the join (join.h), and what a reader looks at one by one goes into the
 * document: the loops, the calls by path, the longest stalls and the longest of each kind, the scopes, and
 * what could not be observed. */
#ifndef BLOCKSCAN_EVIDENCE_OBSERVED_H
#define BLOCKSCAN_EVIDENCE_OBSERVED_H

#include "evidence/join.h"
#include "reports/model/observation.h"

/* Adds one recording to the join's document; loops are numbered behind those that it has. The texts are the
 * producer's, which must outlive the document. */
bool observed_join(join *j, const observation *o, report_document *document, bs_error *error);
/* Fills an empty document, whose root_path is set, from one recording without a scan, by these rules.
 * `all_rules` may be NULL, as in join_options. Texts of the rules are borrowed as well. */
bool observed_alone(const observation *o, const rule_set *rules, const rule_set *all_rules,
                    report_document *document, bs_error *error);
/* The same without findings: what was seen, and not what it means. */
bool observed_only(const observation *o, report_document *document, bs_error *error);

#endif
