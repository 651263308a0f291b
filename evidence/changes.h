/* What leaves out of a report what is old: a baseline, a revision, a patch, the files of a commit. */
#ifndef BLOCKSCAN_EVIDENCE_CHANGES_H
#define BLOCKSCAN_EVIDENCE_CHANGES_H

#include "evidence/baseline.h"
#include "evidence/revision.h"

typedef struct changes_options {
  baseline_options baseline;
  const char *new_from_rev; /* --new-from-rev, or NULL */
  const char *patch; /* --diff, or NULL; "-": stdin */
  bool hook; /* --hook */
  bool has_missing, skip_missing; /* --missing-db; =skip */
  BS_VEC(const char *) files; /* of --hook */
} changes_options;

void changes_options_fini(changes_options *options);

/* Whether a place is one that a change has touched. */
typedef bool changes_test(void *context, const report_place *place);
/* The first such place on the ways to a finding: a call on a path, a store that decided it, a registration.
 * NULL without. */
const report_place *changes_on_the_way(const report_finding *finding, changes_test *touched, void *context);
/* Notes the place that makes a finding a change's, unless there is one already or it is the call itself
 * (NULL). */
void changes_set_anchor(report_finding *finding, const report_place *place);
/* Leaves in the document the findings whose sink or way goes through a line of the patch in a file, or on
 * stdin ("-"). The patch's paths are relative to the repository's top, the root or this folder: to the first
 * in which there is such a file. */
bool changes_keep_patch(report_document *document, const char *root, const char *file, bs_error *error);

#endif
