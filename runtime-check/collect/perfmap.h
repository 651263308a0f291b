/* Names of code that a program made at run time, from /tmp/perf-PID.map (the format of perf(1), which node,
 * Java and others write): "START SIZE NAME" a line, in hexadecimal. */
#ifndef BLOCKSCAN_COLLECT_PERFMAP_H
#define BLOCKSCAN_COLLECT_PERFMAP_H

#include <stdint.h>
#include <sys/types.h>

typedef struct perfmaps perfmaps;
perfmaps *perfmaps_new(void);
void perfmaps_free(perfmaps *p);
/* The name at an address of a process, or NULL. The last line that covers it counts. Lives until the next
 * call. */
const char *perfmaps_find(perfmaps *p, pid_t pid, uint64_t address);

#endif
