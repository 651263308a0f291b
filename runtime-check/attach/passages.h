/* When a thread goes into its loop's wait and when it comes out, to the microsecond, from outside and without
 * stopping it: two hardware breakpoints of its own, on the wait's system call and behind it (breakpoint.h). A
 * look that comes late misses none of them.
 *
 * A breakpoint costs the thread a microsecond, on a virtual machine ten. So they are armed for as many hits
 * as take a hundredth of its time (governor.h). Of a loop that comes to its wait more often only the end of
 * an iteration is told that a look finds it in. Private to the room. */
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
/* `pc`: where the system call of the wait returns to. NULL where there are no breakpoints, or none is left;
 * *why is set to a part of a sentence. */
passages *passages_new(pid_t pid, pid_t tid, const wait_key *wait, uint64_t pc, const char **why);
void passages_free(passages *p);
/* Appends what came since. `works`: the thread was just found out of its wait. False: there may have been
 * more, up to *since, from when on its next way into the wait is told: `PASSAGES_UNTOLD`, it is not, until it
 * is found at work again; `PASSAGES_LOST`, it will not be. */
bool passages_read(passages *p, bool works, passage_list *out, uint64_t *since);
#define PASSAGES_UNTOLD (UINT64_MAX - 1)
#define PASSAGES_LOST UINT64_MAX
/* Since when the next way into the wait is told: a time, or one of the above. */
uint64_t passages_since(const passages *p);
/* The thread was found in its wait, and had been elsewhere since it was found there before. True: so often
 * nothing told of that way that breakpoints are not to be trusted. */
bool passages_came_back(passages *p, uint64_t since);
/* Whether all that came since then are told. */
bool passages_tell_all(const passages *p);
/* Whether there was a time when not all were. */
bool passages_were_many(const passages *p);

#endif
