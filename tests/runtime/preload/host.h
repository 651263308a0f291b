/* A stand-in for the collector: takes what processes offer, starts a program with the library preloaded, and
 * lets a test look. */
#ifndef BLOCKSCAN_TESTS_HOST_H
#define BLOCKSCAN_TESTS_HOST_H

#include "runtime-check/shared/hooks.h"
#include "runtime-check/shared/layout.h"

#include <sys/types.h>

enum { HOST_REGIONS = 64 };

typedef struct host {
  layout_head *regions[HOST_REGIONS]; /* in the order of the offers */
  unsigned count, refused; /* refused: whose processes have sealed it badly, or left it open */
  int offers, handed_down;
  uint64_t threshold_ns;
} host;

/* The socket for offers. Ends the test when it cannot be had. */
void host_init(host *h, uint64_t threshold_ns);
/* Maps what was offered meanwhile. */
void host_receive(host *h);
/* Starts `command` with LD_PRELOAD=library; stdout goes to `output` unless it is -1. */
pid_t host_start(host *h, const char *library, char *const *command, int output);
/* Waits for it; its exit code, 128 + N for signal N. */
int host_wait(pid_t pid);
/* The first slot of the process in this state or, with LAYOUT_FREE, in any taken one; NULL without. */
layout_slot *host_slot(host *h, pid_t pid, enum layout_state state);

#endif
