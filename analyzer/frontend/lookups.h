/* Where the preprocessor looked in vain: names that must stay absent for a unit's facts to hold. */
#ifndef BLOCKSCAN_FRONTEND_LOOKUPS_H
#define BLOCKSCAN_FRONTEND_LOOKUPS_H

#include "analyzer/frontend/frontend.h"
#include "base/map.h"

/* `name` was looked for in the first `depth` folders before it was found, or may have been. */
typedef struct lookup {
  const char *name;
  uint32_t depth;
} lookup;

typedef struct lookup_list {
  path_list folders; /* in the order of the search, the main file's first; absolute */
  BS_VEC(lookup) lookups; /* each name once */
  path_list present; /* what a __has_include found, read or not: it must stay */
} lookup_list;

/* What files ask for by __has_include, each read once for all units. Ready when zeroed. */
typedef struct lookup_memo {
  bs_arena arena;
  bs_map files; /* hash of a path -> its index */
  BS_VEC(path_list) names;
} lookup_memo;
void lookup_memo_fini(lookup_memo *memo);

/* From libclang's arguments and the files that a unit read (the main file first): each name under which a
 * file can have been included, with the folders that are searched before the one it was found in. libclang
 * does not tell the names, so there are some too many; a quoted include is looked for beside the main
 * file, not beside every header; of __has_include, those with a macro or in a system's header are not known.
 * Texts live in `arena` or are borrowed from `read` and `memo`. */
void lookups_find(bs_arena *arena, lookup_memo *memo, const char *const *arguments, uint32_t narguments,
                  const path_list *read, lookup_list *list);
void lookups_fini(lookup_list *list);

#endif
