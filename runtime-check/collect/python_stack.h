/* Python's frames in a stack: read while the thread stands still, and put in the evaluator's place. Private
 * to the collector's stack parts. */
#ifndef BLOCKSCAN_COLLECT_PYTHON_STACK_H
#define BLOCKSCAN_COLLECT_PYTHON_STACK_H

#include "runtime-check/collect/unwind.h"

/* Looks for an interpreter in the process, when modules came or went since the last time. Not while a thread
 * stands still: it may take a while. */
void python_stack_prepare(tracee *t);
/* Reads the frames of the thread, which must not move: few words each. `tid` is the recorder's number of it,
 * or, where `inner`, the thread's own in its PID namespace. */
void python_stack_read(capture *c, pid_t tid, bool inner);
/* After unwinding: a call of the evaluator becomes the Python frames that it runs. */
void python_stack_merge(capture *c, stack *out);
void python_tracee_free(struct tracee_python *p);

#endif
