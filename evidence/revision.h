/* `--new-from-rev`: the findings that the sources of a revision had not. Both states are analysed, through
 * one cache, and laid beside each other edge by edge (check/changes.h): also a new caller of an old blocking
 * function is found. */
#ifndef BLOCKSCAN_EVIDENCE_REVISION_H
#define BLOCKSCAN_EVIDENCE_REVISION_H

#include "analyzer/driver/analysis.h"
#include "evidence/compare.h"
#include "evidence/git.h"
#include "evidence/patch.h"

/* What the narrowed report borrows from; to be kept as long as that. */
typedef struct revision {
  analysis older; /* has texts of `earlier` */
  report_document earlier, ways;
} revision;

void revision_init(revision *r);
void revision_fini(revision *r);

/* Leaves in the document of the analysis (loaded and checked) what is new since the commit that `name` names;
 * what is gone stands in `fixed`. `cached`: the analysis is of the index, not of the disk. Findings less sure
 * than `min_confidence` count as not there. */
bool revision_narrow(revision *r, analysis *a, const analysis_options *options, const char *name, bool cached,
                     enum rule_confidence min_confidence, report_document *document, bs_error *error);

/* The lines that differ, of files as findings name them; `against` a revision or NULL: what the index and the
 * disk (`cached`: HEAD and the index) differ in. `git` is open. */
bool revision_lines(const git_repository *git, const char *root, const char *against, bool cached,
                    patch *lines, bs_error *error);

#endif
