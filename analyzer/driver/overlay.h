/* The sources in another state than the disk's: as a revision has them, or as the index will be committed.
 * Files that differ are checked out into a temporary folder and laid over the real ones, so that all paths
 * stay the same: build folders with what was generated in them are found as ever, and the cache knows every
 * unit that reads none of the files that differ. */
#ifndef BLOCKSCAN_DRIVER_OVERLAY_H
#define BLOCKSCAN_DRIVER_OVERLAY_H

#include "analyzer/driver/scratch.h"
#include "analyzer/frontend/frontend.h"

typedef struct overlay_file {
  const char *path; /* absolute, as the analysis names it */
  const char *contents; /* the file that holds what is there in this state */
  uint64_t hash; /* bs_hash of that */
} overlay_file;

typedef struct overlay_absence {
  const char *path; /* absolute; on the disk, but not in this state */
  const char *was; /* what it is called in this state, or NULL */
} overlay_absence;

typedef struct overlay {
  bs_arena arena;
  scratch folder;
  BS_VEC(overlay_file) files;
  BS_VEC(overlay_absence) absent;
  BS_VEC(const char *) gone; /* absolute; in this state, but not on the disk */
  const char *root; /* the project root to take, whatever the database says; or NULL */
  const char *description; /* of `files`, for clang; NULL when there are none */
} overlay;

/* Writes the description of `files` into the folder. */
bool overlay_describe(overlay *o, bs_error *error);
void overlay_fini(overlay *o);
/* Whether nothing differs from the disk. */
bool overlay_is_empty(const overlay *o);
/* Makes a link below `folder` that shows a file (relative to `root`) as this state has it. */
void overlay_link(overlay *o, const char *folder, const char *root, const char *file);
/* Makes a database of the disk's state one of this state: units that were not there go, renamed ones come
 * back under their old name, and deleted ones with the flags of a neighbour. */
void overlay_apply(const overlay *o, compdb *db);

#endif
