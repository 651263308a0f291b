/* `--hook`: a commit hook's run. The whole program is analysed, as it will be committed; what concerns the
 * files of the commit is reported: a blocking call in one of them, or a way to one that goes through a staged
 * line. */
#ifndef BLOCKSCAN_EVIDENCE_COMMIT_HOOK_H
#define BLOCKSCAN_EVIDENCE_COMMIT_HOOK_H

#include "analyzer/driver/analysis.h"
#include "analyzer/driver/overlay.h"
#include "evidence/changes.h"

typedef struct commit_hook {
  git_repository git;
  bs_arena arena;
  BS_VEC(const char *) files; /* absolute */
  overlay index; /* what will be committed, where the disk differs from it */
} commit_hook;

/* Whether an argument of --hook names the compile database rather than a file of the commit: *.json, or a
 * folder. */
bool commit_hook_is_database(const char *argument);

/* Finds the files of the commit and the state that it will have. *needed is false when none of the files is a
 * source: then there is nothing to analyse. */
bool commit_hook_prepare(commit_hook *h, const changes_options *options, bool *needed, bs_error *error);
void commit_hook_fini(commit_hook *h);
/* Whether the state to be committed differs from the disk. */
const overlay *commit_hook_overlay(const commit_hook *h);
/* The revision that new findings are told from: the given one, or where pre-commit's range of commits begins.
 */
const char *commit_hook_revision(const char *given);
/* Leaves in the document what concerns the files. */
bool commit_hook_keep(commit_hook *h, const char *root, report_document *document, bs_error *error);
/* Where the state to be committed is not the disk's: makes a folder of links to the files that the document
 * names, as they will be, and lets the document read its source lines there. */
void commit_hook_show_sources(commit_hook *h, const char *root, report_document *document);
/* Warns of files that are sources and that the analysis' database does not list. */
void commit_hook_warn_unlisted(const commit_hook *h, const analysis *a);

#endif
