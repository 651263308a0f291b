/* When a thread goes into its loop's wait and when it comes out, to the microsecond, from outside and without
 * stopping it: two hardware breakpoints of its own, on the wait's system call and behind it, which the kernel
 * counts (perf_event_open(2), PERF_TYPE_BREAKPOINT). A look that comes late misses none of them.
 *
 * A breakpoint costs the thread a microsecond, on a virtual machine some more. So only some may be hit
 * between two looks, few of a loop that is always busy. Private to the room. */
#ifndef BLOCKSCAN_ATTACH_PASSAGES_H
#define BLOCKSCAN_ATTACH_PASSAGES_H

#include "runtime-check/attach/look.h"

#include "base/vec.h"

typedef struct passage {
  uint64_t at; /* CLOCK_MONOTONIC, ns */
  bool out; /* of the wait; else into it */
} passage;
typedef BS_VEC(passage) passage_list;

typedef struct passages passages;
/* `pc`: where the system call of the wait returns to. NULL where the kernel says no, or has no breakpoint
 * left. */
passages *passages_new(pid_t pid, pid_t tid, const wait_key *wait, uint64_t pc);
void passages_free(passages *p);
/* Appends what came since. False: there may have been more, up to *since. */
bool passages_read(passages *p, passage_list *out, uint64_t *since);
/* Since when they are told. */
uint64_t passages_since(const passages *p);

#endif
