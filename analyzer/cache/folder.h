/* Where a project's cache lies, and whether what lies there may be believed.
 *
 * A cache says what a source contains, so whoever can write it can hide findings. It is kept outside the
 * source tree (XDG Base Directory Specification: $XDG_CACHE_HOME), one that others can write is not used, and
 * each row is bound to this user by a secret that no file of a repository can know
 * ($XDG_STATE_HOME/blockscan/cache-key). */
#ifndef BLOCKSCAN_CACHE_FOLDER_H
#define BLOCKSCAN_CACHE_FOLDER_H

#include "base/mem.h"
#include "base/strbuf.h"

#include <stdbool.h>

typedef struct cache_folder {
  const char *path; /* absolute; NULL: there is no cache to be used */
  const char *secret; /* what every key of the cache is mixed with; "" without one */
} cache_folder;

/* The folder of the cache of `root` (absolute): `given` (--cache-dir) or, when that is NULL, a folder for
 * this root below the user's cache folder. Makes the folder. When it cannot be used, `path` is NULL and
 * `warning` says why. Texts are in the arena. */
cache_folder cache_folder_find(bs_arena *arena, const char *root, const char *given, bs_strbuf *warning);

#endif
