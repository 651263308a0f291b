/* Recordings that go on for months: files that are finished while the next one is written. */
#ifndef BLOCKSCAN_COLLECT_ROTATE_H
#define BLOCKSCAN_COLLECT_ROTATE_H

#include "runtime-check/collect/recording.h"

/* Whether the file is larger or older than --rotate-size and --rotate-time say. */
bool rotation_is_due(const recording *r, uint64_t now);
/* Finishes the file and begins the next one. It takes as long as naming what is in it. Returns, for each
 * stall that there was, its index now, or NO_INDEX; the caller frees it. When no new file can be made,
 * r->store is NULL, with the error: what comes then is in memory only. */
uint32_t *recording_rotate(recording *r, bs_error *error);

#endif
