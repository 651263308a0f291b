/* Facts of units that were parsed before, in an SQLite file that several runs may use at once.
 *
 * A row holds as long as every file that the unit read has the content it had, and no file has appeared
 * where one was looked for in vain. What makes two units the same beyond that is in the caller's key. The
 * cache is never needed: whatever is wrong with it is a warning, and it is then as if it were empty. */
#ifndef BLOCKSCAN_CACHE_CACHE_H
#define BLOCKSCAN_CACHE_CACHE_H

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cache cache;
typedef void cache_warn(void *context, const char *text);

/* Opens DIRECTORY/facts.db, made when missing; the folder is there (cache_folder_find). NULL, after a
 * warning, when it cannot be used. */
cache *cache_open(const char *directory, cache_warn *warn, void *context);
/* Writes what is pending, forgets rows that were not used for long, closes. NULL is allowed. */
void cache_close(cache *c);

/* In this run the file at `path` has a content of this hash (bs_hash), whatever is on the disk: it is read
 * elsewhere. */
void cache_replace_file(cache *c, const char *path, uint64_t hash);
/* The hash of a file's content, read at most once a run. False when it cannot be read. */
bool cache_hash_file(cache *c, const char *path, uint64_t *hash);
/* The facts of a row that still holds; *bytes lives in `arena`. */
bool cache_find(cache *c, uint64_t key, bs_arena *arena, const void **bytes, size_t *length);

/* A name that was looked for in vain in the first `depth` folders of the search. */
typedef struct cache_lookup {
  const char *name;
  uint32_t depth;
} cache_lookup;

typedef struct cache_row {
  uint64_t key;
  const void *bytes; /* the facts; to be kept until cache_flush */
  size_t length;
  const char *const *read; /* absolute paths of the files read */
  const char *const *folders; /* those of the search, absolute */
  const cache_lookup *lookups; /* where a name is there all the same, it is left out */
  uint32_t nread, nfolders, nlookups;
  int64_t started; /* cache_now() before the unit was parsed: a file changed since then makes the row void */
} cache_row;
void cache_put(cache *c, const cache_row *row);
/* Writes the rows that were put, in one transaction. */
void cache_flush(cache *c);
/* Nanoseconds of the real-time clock, for cache_row.started. */
int64_t cache_now(void);

#endif
