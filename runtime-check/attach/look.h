/* One look at a thread. Private to the room. */
#ifndef BLOCKSCAN_ATTACH_LOOK_H
#define BLOCKSCAN_ATTACH_LOOK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { LOOK_RUNNING = -2, LOOK_NO_CALL = -1 /* it waits, but in no system call: for a page */ };

typedef struct look {
  uint64_t at; /* CLOCK_MONOTONIC, ns */
  long call; /* number of the system call, or one of the above */
  uint64_t arguments[4], sp, pc; /* of a call: the last is where it returns to */
  uint64_t cpu_ns, wait_ns,
      slices; /* as schedstat counts them: on a CPU, waiting for one, how often it got one */
} look;

/* A thread's files in /proc, open. */
typedef struct looker {
  int call, times;
} looker;

bool looker_open(looker *l, pid_t pid, pid_t tid);
void looker_close(looker *l);
/* False: the thread is gone, or may not be looked at. */
bool looker_look(const looker *l, look *out);

/* What a thread waits for in a call that loops wait in. Two waits of one loop have the same key: the
 * descriptor of epoll or of a ring, of other calls the place on the stack. */
typedef struct wait_key {
  long call; /* the first of its kind: epoll_wait for all of epoll's */
  uint64_t key;
} wait_key;
/* False: no loop waits in that call. (A poll of nothing is a sleep.) */
bool wait_key_of(long call, const uint64_t *arguments, uint64_t sp, wait_key *out);
/* The watched function that makes this system call, by its index; UINT32_MAX: none is watched. */
uint32_t hook_of_call(long call);

#endif
