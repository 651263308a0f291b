/* From a compile database to the facts of all its units: cached ones from the cache, the others by worker
 * processes. */
#ifndef BLOCKSCAN_DRIVER_UNITS_H
#define BLOCKSCAN_DRIVER_UNITS_H

#include "analyzer/cache/folder.h"
#include "analyzer/driver/options.h"
#include "analyzer/facts/facts.h"
#include "analyzer/frontend/frontend.h"

#include <pthread.h>

typedef struct unit_facts {
  const void *bytes; /* as facts_encode writes them */
  size_t length;
  facts_unit *decoded; /* or NULL: nobody had the time */
} unit_facts;

typedef struct unit_set {
  bs_arena arena;
  BS_VEC(unit_facts) units; /* one for each entry of the database, in its order, whatever -j was */
  unsigned parsed, cached;
  const char *libclang_version;
  cache_folder cache_folder; /* where the cache lies; no folder: there is none */
  BS_VEC(const char *) notes; /* for the ledger */
  BS_VEC(const char *) warnings; /* for stderr: a cache that was set aside, a read-only cache folder … */
  bool interrupted; /* SIGINT: what was done goes to the cache; `units` holds what there is */
  struct cache *cache; /* still to be written; NULL: it is */
  pthread_t writer;
  bool has_writer;
} unit_set;

/* A unit that crashed libclang, ran out of time or memory, or whose file is gone still has facts: no
 * functions, one error that says so. False only when nothing can be done at all (no libclang, no resource
 * directory). */
bool units_load(const compdb *db, const char *root, const analysis_options *options, unit_set *units,
                bs_error *error);
/* Begins to write to the cache what is new, in a thread of its own; until units_settle nobody else touches
 * `warnings`. */
void units_store(unit_set *units);
/* Everything is written after it; what went wrong is behind the other warnings. */
void units_settle(unit_set *units);
void units_fini(unit_set *units);

#endif
