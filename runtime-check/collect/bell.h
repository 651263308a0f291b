/* Sleeping until a watched thread does something: the other end of runtime-check/preload/bell.c. */
#ifndef BLOCKSCAN_COLLECT_BELL_H
#define BLOCKSCAN_COLLECT_BELL_H

#include "runtime-check/collect/recording.h"

typedef struct bell bell;
/* NULL: the kernel has no call for it (before Linux 5.16), or there is no memory or thread to be had. */
bell *bell_new(void);
void bell_free(bell *b);
/* What becomes readable ends the sleep, too; until it is closed. False: it cannot be waited for. */
bool bell_watch(bell *b, int descriptor);
/* A count of such events; to be taken before the descriptors are asked. */
uint32_t bell_changes(const bell *b);
/* Sleeps until a bell is rung, more than `changes` have come, or that time. Whether one was rung. */
bool bell_sleep(bell *b, uint32_t changes, uint64_t until);
/* Asks all processes to ring. False when one cannot, or there are too many. *again: some were not asked
 * before. */
bool bell_hang(bell *b, const recording *r, bool *again);
/* Whether just one process rang, and so lately that its threads still look at the bell in each iteration. */
bool bell_rung_lately(const recording *r, uint64_t now);

#endif
