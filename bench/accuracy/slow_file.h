/* A file whose fsync(2) takes as long as it is told to: a FUSE file system that is one file, served by a child process. */
#ifndef ACCURACY_SLOW_FILE_H
#define ACCURACY_SLOW_FILE_H

#include <stdint.h>

/* Mounts it where only this process sees it, and opens it. -1 where the system does not allow that. Call it before there are threads. */
int slow_file_open(void);
/* When the fsync that follows shall return, on CLOCK_MONOTONIC. */
void slow_file_until(uint64_t ns);

#endif
