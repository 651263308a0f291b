/* Following a thread from one system call to the next, by ptrace. */
#ifndef BLOCKSCAN_COLLECT_FOLLOW_H
#define BLOCKSCAN_COLLECT_FOLLOW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum follow_end {
  FOLLOW_FOUND,         /* it came to a call that `is_it` */
  FOLLOW_LOST_PATIENCE, /* it did not within so many calls */
  FOLLOW_REFUSED        /* it cannot be traced, or is gone */
};

/* To be called by a thread that ends right after it, or that is cancelled when it has taken too long: only
 * then the kernel lets go of the followed one, if that is still on its way. It must be on the CPU when this
 * begins. *from: when it stood still for the first time (0 before that); *at: when it came to its last call;
 * CLOCK_MONOTONIC, nanoseconds. */
typedef bool follow_test(const void *to, long call, const uint64_t *arguments, uint64_t sp);
enum follow_end follow_calls(pid_t tid, follow_test *is_it, const void *to, _Atomic uint64_t *from,
                             uint64_t *at);

#endif
