/* `--hook`: a commit hook's run. The whole program is analysed, as it will be committed; what concerns the files of the commit is
 * reported: a blocking call in one of them, or a way to one that goes through a staged line. */
#ifndef BLOCKSCAN_CLI_HOOK_H
#define BLOCKSCAN_CLI_HOOK_H

#include "cli/changes.h"
#include "cli/overlay.h"

typedef struct hook {
  git_repository git;
  bs_arena arena;
  BS_VEC(const char *) files; /* absolute */
  overlay index; /* what will be committed, where the disk differs from it */
} hook;

/* Whether an argument of --hook names the compile database rather than a file of the commit: *.json, or a folder. */
bool hook_is_database(const char *argument);

/* Finds the files of the commit and the state that it will have. *needed is false when none of the files is a source: then there is
 * nothing to analyse. */
bool hook_prepare(hook *h, const cli_changes *options, const char *database, bool *needed, bs_error *error);
void hook_fini(hook *h);
/* Whether the state to be committed differs from the disk. */
const overlay *hook_overlay(const hook *h);
/* Leaves in the document what concerns the files. */
bool hook_keep(hook *h, const char *root, report_document *document, bs_error *error);
/* Says on stderr which files are sources that the database does not list. */
void hook_warn_unlisted(const hook *h, const compdb *db, const char *root);

#endif
