/* Cases that tools are compared on: callbacks of one libuv loop, each with a twin that does not hold it.
 * NONBLOCKING marks what clang's function effects and RealtimeSanitizer look at; blockscan reads the program
 * without it. */
#ifndef CASES_H
#define CASES_H

#include <uv.h>

#ifdef EFFECTS
#define NONBLOCKING __attribute__((nonblocking))
#else
#define NONBLOCKING
#endif

typedef struct plugin {
  void (*flush)(int fd);
} plugin;

int save(int fd); /* cases_other.c: waits for the disk */
int count(int n); /* cases_other.c: does not */

#endif
