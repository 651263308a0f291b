/* The base of a stranger's change: the revision whose configuration, rules, baseline and suppressions are
 * believed. */
#ifndef BLOCKSCAN_EVIDENCE_BASE_H
#define BLOCKSCAN_EVIDENCE_BASE_H

#include "analyzer/driver/options.h"
#include "analyzer/driver/scratch.h"
#include "evidence/git.h"
#include "evidence/patch.h"

typedef struct base_revision {
  bs_arena arena;
  git_repository git;
  const char *commit;
  scratch folder; /* copies of files */
  unsigned copies;
  bool has_lines; /* `changed` was filled */
  patch changed;
  trusted_base trusted; /* for analysis_options.base; borrows this */
} base_revision;

/* Finds the commit that `name` names, in the repository of the working directory. To be called before there
 * are threads. */
bool base_open(base_revision *b, const char *name, bs_error *error);
/* One that was never opened, zeroed, is allowed. */
void base_close(base_revision *b);

#endif
