/* What is known of the files that facts depend on: each is looked at once a run, and read only when its
 * stat changed. */
#ifndef BLOCKSCAN_CACHE_FILES_H
#define BLOCKSCAN_CACHE_FILES_H

#include "base/intern.h"
#include "base/map.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* What stat(2) said when the content was hashed. */
typedef struct file_stamp {
  int64_t size, modified, changed, inode; /* times in nanoseconds */
  int64_t hashed; /* when */
  uint64_t hash;
} file_stamp;

/* A path, or a name that is looked for in folders. */
typedef struct file_state {
  int64_t id;       /* in the database; 0: not there */
  uint32_t first;   /* its first component, in `components`; 0: not asked for yet */
  uint32_t listing; /* of a folder: index + 1 in `listings`; 0: not read yet */
  file_stamp stamp; /* hashed 0: never */
  /* Of this run: stat was done, something is there, the content is hashed, the stamp is newer than the
   * database's. */
  bool looked, exists, readable, dirty;
  bool replaced; /* this run reads something else under that path: the stamp is none of the disk's */
} file_state;

typedef struct file_table {
  bs_intern paths; /* path 0 is "": no file */
  BS_VEC(file_state) states;
  bs_map by_id; /* database id (they are small) -> index */
  bs_intern components;
  BS_VEC(bs_map) listings; /* of a folder: the components that are in it */
} file_table;

void files_init(file_table *files);
void files_fini(file_table *files);
/* The index of a path; a new one is unknown. */
uint32_t files_add(file_table *files, const char *path);
/* Tells what the database has. */
void files_load(file_table *files, int64_t id, const char *path, const file_stamp *stamp);
/* False when no such id was loaded. */
bool files_find_id(const file_table *files, int64_t id, uint32_t *index);
/* Notes the id that the database has given to a path. */
void files_set_id(file_table *files, uint32_t index, int64_t id);
/* Whether there is something of the name `name` in the folder `folder` (both are indices). A folder is
 * listed once. */
bool files_exist(file_table *files, uint32_t folder, uint32_t name);
/* From now on the path has a content of this hash, whatever is on the disk. */
void files_replace(file_table *files, uint32_t index, uint64_t hash);
/* XXH3 of the content; false when it is no readable file. */
bool files_hash(file_table *files, uint32_t index, uint64_t *hash);
/* Whether the file may have changed at or after `since` (nanoseconds of the real-time clock), clock ticks
 * considered. */
bool files_changed_since(const file_table *files, uint32_t index, int64_t since);
/* Nanoseconds of the real-time clock, on the scale of a file's dates. */
int64_t files_now(void);

#endif
