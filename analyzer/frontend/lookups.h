/* Where the preprocessor looked in vain: paths that must stay absent for a unit's facts to hold. */
#ifndef BLOCKSCAN_FRONTEND_LOOKUPS_H
#define BLOCKSCAN_FRONTEND_LOOKUPS_H

#include "frontend/frontend.h"

/* From libclang's arguments and the files that a unit read (the main file first): each name under which a
 * file can have been included, in each folder that is searched before the one it was found in. Absolute,
 * each once; some may exist. libclang does not tell the names, so there are some too many; a quoted
 * include is looked for beside the main file, not beside every header. */
void lookups_absent(bs_arena *arena, const char *const *arguments, uint32_t narguments, const path_list *read,
                    path_list *absent);

#endif
