/* Watching a program that already runs, without putting anything into it.
 *
 * Nothing tells from inside when an iteration begins. So every loop thread is looked at once in a period: in
 * which system call it is, and what the kernel counted of its time. A loop thread is one that waits again and
 * again in the same call (epoll_wait on one descriptor, poll from one depth of the stack); a stall is the
 * time between two looks that found it there. Its ends are known to a period, or better where the thread's
 * CPU time tells; what is shorter than some periods is not seen, and iterations cannot be counted.
 *
 * A loop that has so much to do that it never sleeps looks like one that is held. What tells them apart is
 * either one call that goes on, or a thread that is followed from one system call to the next until it comes
 * to its wait (ptrace, for as long as it takes, and seldom). What cannot be told apart is no stall.
 *
 * The recording is the same as of a program that was started by the recorder, and so are its reports. */
#ifndef BLOCKSCAN_ATTACH_ATTACH_H
#define BLOCKSCAN_ATTACH_ATTACH_H

#include "runtime-check/collect/recording.h"

/* Fills the recording's processes with `pid`, or all whose command name is `comm`; false with an error when
 * there is none, or it may not be looked at. */
bool attach_find(recording *r, pid_t pid, const char *comm, bs_error *error);
/* Looks every r->period_ns until all of them have ended, --duration is over, or a signal comes. */
void attach_watch(recording *r, int signals);

#endif
