/* Where the preprocessor looked in vain: names that must stay absent for a unit's facts to hold. */
#ifndef BLOCKSCAN_FRONTEND_LOOKUPS_H
#define BLOCKSCAN_FRONTEND_LOOKUPS_H

#include "analyzer/frontend/frontend.h"

/* `name` was looked for in the first `depth` folders before it was found, or may have been. */
typedef struct lookup {
  const char *name;
  uint32_t depth;
} lookup;

typedef struct lookup_list {
  path_list folders; /* in the order of the search, the main file's first; absolute */
  BS_VEC(lookup) lookups; /* each name once */
} lookup_list;

/* From libclang's arguments and the files that a unit read (the main file first): each name under which a
 * file can have been included, with the folders that are searched before the one it was found in. libclang
 * does not tell the names, so there are some too many; a quoted include is looked for beside the main
 * file, not beside every header; a __has_include that said no is not known. Texts live in `arena` or are
 * borrowed from `read`. */
void lookups_find(bs_arena *arena, const char *const *arguments, uint32_t narguments, const path_list *read,
                  lookup_list *list);
void lookups_fini(lookup_list *list);

#endif
