/* What the watched program of this test and its driver share. */
#ifndef BLOCKSCAN_TEST_STACKS_SHARED_H
#define BLOCKSCAN_TEST_STACKS_SHARED_H

#include "runtime-check/shared/layout.h"

enum { EXPECTED_MAX = 16384 };

typedef struct stacks_shared {
  layout_slot slot;
  _Atomic int ready;       /* the thread is where it is to be caught */
  _Atomic int go;          /* leave */
  _Atomic int interrupted; /* calls that ended with EINTR, or sleeps that were too short */
  _Atomic int tid;
  int expected_count;
  void *expected[EXPECTED_MAX]; /* backtrace(3) in the process; [1] is in the function that is caught */
} stacks_shared;

#endif
