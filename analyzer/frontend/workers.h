/* Worker processes: tasks that may crash, hang or eat the memory, each losing no more than itself.
 *
 * Workers are forked, not executed: they inherit what the tasks need, and a request is a number. Nothing
 * here knows what a task is. The parent must be single-threaded. */
#ifndef BLOCKSCAN_FRONTEND_WORKERS_H
#define BLOCKSCAN_FRONTEND_WORKERS_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

enum worker_outcome {
  WORKER_DONE,
  WORKER_CRASHED,   /* detail: the signal */
  WORKER_EXITED,    /* detail: the exit code */
  WORKER_TIMED_OUT, /* was killed for it */
  WORKER_OUT_OF_MEMORY,
};
typedef struct worker_result {
  uint32_t task;
  enum worker_outcome outcome;
  int detail;
  const void *bytes; /* DONE: the reply; valid during the call */
  size_t length;
} worker_result;

typedef struct worker_pool {
  unsigned jobs;              /* workers at a time, at least 1 */
  unsigned seconds; /* CPU time a task may take, or ten times as long by the wall clock; 0: no limit */
  unsigned megabytes; /* address space of a worker; 0: no limit */
  unsigned
      recycle_megabytes; /* a worker that has grown by more than this since its birth is replaced; 0: never */
  bool show_stderr; /* else what workers write to stderr is thrown away */
  void (*prepare)(void *context); /* in each new worker; may be NULL */
  void (*work)(void *context, uint32_t task, bs_strbuf *reply); /* in a worker */
  void (*started)(void *context, uint32_t task); /* in the parent; may be NULL */
  void (*done)(void *context, const worker_result *result); /* in the parent, in the order of completion */
  bool (*idle)(void *context); /* in the parent, while there is nothing but to wait: does a little of
                                  something else, says whether more is left; may be NULL */
  void (*tick)(void *context); /* in the parent, once a second or more often; may be NULL */
  void *context;
} worker_pool;

/* Runs the tasks in the order given. SIGINT and SIGTERM end it early: the workers are killed, *interrupted
 * is set, the tasks at work get no result. False only when no worker can be started at all. */
bool workers_run(const worker_pool *pool, const uint32_t *tasks, uint32_t count, bool *interrupted,
                 bs_error *error);

#endif
