/* Sleeping until a watched thread does something: the other end of runtime-check/preload/bell.c. */
#ifndef BLOCKSCAN_COLLECT_BELL_H
#define BLOCKSCAN_COLLECT_BELL_H

#include "runtime-check/collect/recording.h"

typedef struct bell bell;
/* NULL: the kernel has no call for it (before Linux 5.16), or there is no memory or thread to be had. */
bell *bell_new(void);
void bell_free(bell *b);
/* Readable when one was rung; -1 of none. */
int bell_descriptor(const bell *b);
/* Asks all processes to ring. False when one cannot, or there are too many. *again: some were not asked
 * before. */
bool bell_hang(bell *b, const recording *r, bool *again);
/* Forgets that one was rung. */
void bell_heard(bell *b);

#endif
