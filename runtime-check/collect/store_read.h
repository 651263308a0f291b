/* Reads a recording back, for the reports: `store.c` writes it, docs/stalls-db.md documents it. It is one of
 * the two producers of an observation; the other one is the recorder's memory (observe.h).
 *
 * A recording may hold millions of stalls: they are walked through one at a time. Its stacks and the names in
 * them are kept in memory, each once; they are of the size of the program, not of the recording. */
#ifndef BLOCKSCAN_COLLECT_STORE_READ_H
#define BLOCKSCAN_COLLECT_STORE_READ_H

#include "reports/model/observation.h"

typedef struct store_reader store_reader;

/* From here on, what a recording has no names for is looked up again by build-id: in the files that were
 * mapped, and with debug information in `folder`, /usr/lib/debug and, where DEBUGINFOD_URLS is set, from a
 * debuginfod server. NULL: no longer. The text is borrowed. */
void store_readers_use_debuginfo(const char *folder);
/* Opens a recording and reads its stacks. NULL with an error when it is no recording, of another version, cut
 * off or damaged. Everything that the reader hands out lives as long as it does. */
store_reader *store_reader_open(const char *path, bs_error *error);
void store_reader_close(store_reader *r);
/* What it holds. Borrowed. */
const observation *store_reader_observation(const store_reader *r);

#endif
