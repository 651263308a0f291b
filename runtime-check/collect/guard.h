/* Memory whose pages may not be there when they are read (SIGBUS): then they read as zeros. */
#ifndef BLOCKSCAN_COLLECT_GUARD_H
#define BLOCKSCAN_COLLECT_GUARD_H

#include <stdbool.h>
#include <stddef.h>

/* A guarded mapping; owned by whoever mapped it, who keeps it at its place while it is guarded. */
typedef struct guard {
  char *start;
  size_t length;
  volatile bool broken; /* a page was not there, and is one of zeros that nobody else sees now */
  struct guard *next;
} guard;

/* From here on; the first time, this process handles SIGBUS. */
void guard_add(guard *g, void *start, size_t length);
void guard_remove(guard *g);

#endif
