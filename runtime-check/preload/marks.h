/* What the library's side of blockscan/runtime.h shares: scopes.c measures, tell.c acts, start.c brings the
 * recorder. */
#ifndef BLOCKSCAN_PRELOAD_MARKS_H
#define BLOCKSCAN_PRELOAD_MARKS_H

#include "runtime-check/include/blockscan/runtime.h"
#include "runtime-check/preload/preload.h"

#define EXPORTED __attribute__((visibility("default")))

/* The process' action and counts. */
typedef struct marks_process {
  _Atomic uint32_t action; /* bs_action; never BS_DEFAULT */
  bs_callback *callback;
  void *data;
  _Atomic uint64_t iterations, scopes, expected, missed, longest_ns;
} marks_process;
extern marks_process marks_of_process;

/* What stalled, and what its action needs. */
typedef struct told_stall {
  uint32_t kind; /* layout_ask_kind */
  uint64_t start;
  enum bs_action action;
  bs_callback *callback;
  void *data;
  bs_stall stall; /* without its text */
} told_stall;

/* Takes the action. May not return: by abort, or when a callback leaves by longjmp or an exception. The time
 * it takes is excused. */
void tell(thread_self *self, told_stall *t);
/* A new recorder may answer again. */
void tell_forget(void);
/* Asks the collector; the length of its answer, which is cut to fit and ended by a zero. 0: it had nothing to
 * say, or is gone. */
size_t ask(thread_self *self, uint32_t kind, uint64_t start, char *text, size_t size);

/* start.c: the recorder that this program started has ended. */
bool recorder_is_gone(void);

/* The span does not count as holding the loop: neither for the iteration nor for the open scopes. */
void marks_excuse(thread_self *self, uint64_t from, uint64_t to);

/* attach.c: this process is recorded in that memory from here on, by later waits and marks of its threads;
 * NULL: by nobody. */
bool preload_record_into(layout_head *head);

#endif
