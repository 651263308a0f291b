/* From a compile database to the facts of all its units: cached ones from the cache, the others by worker
 * processes. */
#ifndef BLOCKSCAN_CLI_UNITS_H
#define BLOCKSCAN_CLI_UNITS_H

#include "cli/cli.h"

typedef struct unit_facts {
  const void *bytes; /* as facts_encode writes them */
  size_t length;
} unit_facts;

typedef struct unit_set {
  bs_arena arena;
  BS_VEC(unit_facts) units; /* one for each entry of the database, in its order, whatever -j was */
  unsigned parsed, cached;
  const char *libclang_version;
  BS_VEC(const char *) notes; /* for the ledger */
  BS_VEC(const char *) warnings; /* for stderr: a cache that was set aside, a read-only cache folder … */
  bool interrupted; /* SIGINT: what was done is in the cache; `units` holds what there is */
} unit_set;

/* A unit that crashed libclang, ran out of time or memory, or whose file is gone still has facts: no
 * functions, one error that says so. False only when nothing can be done at all (no libclang, no resource
 * directory). */
bool units_load(const compdb *db, const char *root, const cli_analysis *options, unit_set *units,
                bs_error *error);
void units_fini(unit_set *units);

#endif
