/* A temporary folder that is gone when the process is, however it ends: a child waits for that and removes
 * it. */
#ifndef BLOCKSCAN_DRIVER_SCRATCH_H
#define BLOCKSCAN_DRIVER_SCRATCH_H

#include "base/error.h"
#include "base/mem.h"

#include <sys/types.h>

typedef struct scratch {
  const char *path; /* absolute; NULL: none was made */
  pid_t cleaner;
  int alive; /* the cleaner waits until nobody holds the socket's other end open */
} scratch;

/* Makes the folder, in $TMPDIR or /tmp. To be called before there are threads. */
bool scratch_make(scratch *s, bs_arena *arena, bs_error *error);
/* Removes it and waits for that; a scratch that was never made is allowed. */
void scratch_remove(scratch *s);

#endif
