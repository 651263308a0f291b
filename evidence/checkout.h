/* The sources as git has them in another state than the disk's, as an overlay. */
#ifndef BLOCKSCAN_EVIDENCE_CHECKOUT_H
#define BLOCKSCAN_EVIDENCE_CHECKOUT_H

#include "analyzer/driver/overlay.h"
#include "evidence/git.h"

/* The tree as `commit` has it, when the disk is the later state. `changes` are those between them; `added`
 * are paths of further files that the commit does not have, relative to the top. overlay_fini frees it, also
 * after a failure. */
bool checkout_commit(overlay *o, const git_repository *git, const char *commit, const git_changes *changes,
                     const bs_strbuf *added, bs_error *error);
/* The tree as the index has it: nothing when the disk is the same. */
bool checkout_index(overlay *o, const git_repository *git, bs_error *error);

#endif
