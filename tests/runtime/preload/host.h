/* A stand-in for the collector: makes the shared memory, starts a program with the library preloaded, and lets a test look. */
#ifndef BLOCKSCAN_TESTS_HOST_H
#define BLOCKSCAN_TESTS_HOST_H

#include "runtime-check/shared/hooks.h"
#include "runtime-check/shared/layout.h"

#include <sys/types.h>

typedef struct host {
  layout_head *head;
  layout_slot *slots;
  int memory;
} host;

/* The memory, with these thresholds. Ends the test when it cannot be had. */
void host_init(host *h, uint64_t threshold_ns, uint64_t threshold_call_ns);
/* Starts `command` with LD_PRELOAD=library; stdout goes to `output` unless it is -1. */
pid_t host_start(host *h, const char *library, char *const *command, int output);
/* Waits for it; its exit code, 128 + N for signal N. */
int host_wait(pid_t pid);
/* The first slot of the process in this state or, with LAYOUT_FREE, in any taken one; NULL without. */
layout_slot *host_slot(host *h, pid_t pid, enum layout_state state);

#endif
