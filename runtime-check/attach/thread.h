/* A thread that is looked at in each period, and what is made of it. Private to the room. */
#ifndef BLOCKSCAN_ATTACH_THREAD_H
#define BLOCKSCAN_ATTACH_THREAD_H

#include "runtime-check/attach/passages.h"
#include "runtime-check/collect/recording.h"

enum { WAITS = 4 };

/* Follows a running thread from one system call to the next; a POSIX thread of its own. */
typedef struct pursuit pursuit;

typedef struct seen_wait {
  wait_key key;
  uint32_t visits; /* looks that found it there, and that it had run since the last one */
  uint32_t alone; /* the same since another was visited */
  uint64_t latest, sp;
} seen_wait;

/* The time since the thread was last seen in its loop's wait. */
typedef struct stretch {
  bool open;
  bool proven; /* one iteration, and not many in which it never had to sleep */
  bool crowded; /* it came to its wait without sleeping: there were others before */
  bool exact; /* the start is when it came out of its wait */
  uint64_t start;
  uint64_t earliest; /* when it may have begun, where `start` is the middle of what is possible */
  uint64_t one_from; /* since then it did not come to its wait; 0 unknown */
  look first; /* when it was first seen out of its wait; at 0: it was not */
  uint64_t call_since; /* when it was first seen in the call that it is in, without having run since */
  uint64_t held_from, held_until; /* the longest time in which it did not run */
  uint64_t next_sample, interval;
  stall_looks looks;
  const char *task; /* NULL unknown */
  BS_VEC(recorded_sample) samples;
  BS_VEC(recorded_call) calls;
} stretch;

/* Where a thread is, by its passages. */
enum side { SIDE_UNKNOWN, SIDE_WAITS, SIDE_WORKS };

typedef struct sampled {
  pid_t tid;
  uint32_t process, loop; /* loop NO_INDEX: not known to run one yet */
  looker files;
  look last, wait; /* the latest look, and the latest in the loop's wait; at 0: none */
  seen_wait waits[WAITS];
  uint32_t nwaits;
  stretch now;
  passages *passed; /* NULL: only looks tell; then it is followed where they do not */
  passage_list came; /* later than the latest look */
  enum side side;
  uint64_t latest_in; /* when it was last known to be in its wait, or on the way into it */
  wait_key passed_wait;
  uint64_t pc; /* where that returns to */
  unsigned tries; /* to have its passages told */
  bool was_away; /* since it was found in its wait, it was seen elsewhere */
  pursuit *pursued; /* NULL: not followed */
  uint64_t next_pursuit, patience; /* when to follow again */
  unsigned wait_tries;
} sampled;

/* One look. False: the thread is gone. */
bool sampled_look(recording *r, sampled *s);
/* Ends what is open, at the end of the recording or of the thread. */
void sampled_end(recording *r, sampled *s);

/* pursuit.c */
/* Begins to follow; NULL when it cannot. `until`: where the loop waits; `limit_ns`: for how long. */
pursuit *pursuit_begin(pid_t tid, const wait_key *until, uint64_t limit_ns);
enum pursuit_end {
  PURSUIT_ON,   /* not over yet */
  PURSUIT_WAITS, /* it came to the wait */
  PURSUIT_HELD, /* it did not, in all that time */
  PURSUIT_LOST  /* it could not be followed */
};
/* How it stands: PURSUIT_ON, or the pursuit is over and freed. `now`: it has to be. *from is when it began,
 * *at when the wait did. */
enum pursuit_end pursuit_end(pursuit *p, bool now, uint64_t *from, uint64_t *at);
/* Waits until then for tracers that have yet to let go of a thread. */
void pursuits_reap(uint64_t until);

#endif
