/* Worker processes with a task that does what its number says: each misfortune loses its own task only. */
#include "analyzer/frontend/workers.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { GOOD, ABORT, KILLED, HANG, NO_MEMORY, LEAVE, LARGE, KINDS, TASKS = 3 * KINDS };

typedef struct tally {
  enum worker_outcome outcomes[TASKS];
  int details[TASKS];
  size_t lengths[TASKS];
  unsigned started, done, idle;
  uint32_t interrupt_at;
} tally;

static void work(void *context, uint32_t task, bs_strbuf *reply) {
  (void)context;
  switch (task % KINDS) {
  case ABORT: signal(SIGABRT, SIG_DFL); abort();
  case KILLED: raise(SIGKILL); break;
  case HANG:
    for (;;) pause();
  case NO_MEMORY: _exit(2);
  case LEAVE: _exit(9);
  case LARGE:
    for (int i = 0; i < 100000; i++) bs_strbuf_adds(reply, "0123456789");
    break;
  default: bs_strbuf_addf(reply, "task %u", task); break;
  }
}

static void started(void *context, uint32_t task) {
  (void)task;
  ((tally *)context)->started++;
}

static void done(void *context, const worker_result *result) {
  tally *t = context;
  t->done++;
  t->outcomes[result->task] = result->outcome;
  t->details[result->task] = result->detail;
  t->lengths[result->task] = result->length;
  if (result->task == t->interrupt_at) raise(SIGINT);
}

static bool idle(void *context) { return ++((tally *)context)->idle < 5; }

static bool run(tally *t, unsigned jobs, bool *interrupted) {
  uint32_t tasks[TASKS];
  for (uint32_t i = 0; i < TASKS; i++) tasks[i] = i;
  worker_pool pool = {.jobs = jobs,
                      .seconds = 1,
                      .recycle_megabytes = 1,
                      .work = work,
                      .started = started,
                      .done = done,
                      .idle = idle,
                      .context = t};
  bs_error error = BS_ERROR_INIT;
  bool ok = workers_run(&pool, tasks, TASKS, interrupted, &error);
  bs_error_fini(&error);
  return ok;
}

static void loses_one_task_at_a_time(void **state) {
  (void)state;
  static const enum worker_outcome expected[KINDS] = {WORKER_DONE,      WORKER_CRASHED,       WORKER_CRASHED,
                                                      WORKER_TIMED_OUT, WORKER_OUT_OF_MEMORY, WORKER_EXITED,
                                                      WORKER_DONE};
  tally t = {.interrupt_at = UINT32_MAX};
  bool interrupted;
  assert_true(run(&t, 3, &interrupted));
  assert_false(interrupted);
  assert_int_equal(t.started, TASKS);
  assert_int_equal(t.idle, 5); /* until it said that nothing was left */
  assert_int_equal(t.done, TASKS);
  for (uint32_t i = 0; i < TASKS; i++) assert_int_equal(t.outcomes[i], expected[i % KINDS]);
  assert_int_equal(t.details[ABORT], SIGABRT);
  assert_int_equal(t.details[KILLED], SIGKILL);
  assert_int_equal(t.details[LEAVE], 9);
  assert_int_equal(t.lengths[GOOD], 6);
  assert_int_equal(t.lengths[LARGE], 1000000);
}

static void stops_when_interrupted(void **state) {
  (void)state;
  tally t = {.interrupt_at = 0};
  bool interrupted;
  assert_true(run(&t, 2, &interrupted));
  assert_true(interrupted);
  assert_true(t.done < TASKS);
  assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(loses_one_task_at_a_time),
      cmocka_unit_test(stops_when_interrupted),
  };
  return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
