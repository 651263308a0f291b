/* A stack is refused when the kernel will not let the recorder look, and not when an earlier look of the
 * recorder's own has the thread for a moment longer. */
#include "runtime-check/collect/collect.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A process on the CPU, which anyone may trace. */
static pid_t start_busy(void) {
  pid_t pid = fork();
  if (pid) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
  static volatile unsigned turns;
  for (;;) turns = turns + 1;
}

static void end(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
}

static enum stack_result look(pid_t pid) {
  static const _Atomic uint64_t still;
  stack out;
  tracee *t = tracee_new(pid);
  enum stack_result result = stack_running(t, pid, &still, 0, &out);
  tracee_free(t);
  return result;
}

static pthread_barrier_t held, looked;

static void *hold(void *pid) {
  long result = ptrace(PTRACE_SEIZE, *(const pid_t *)pid, NULL, NULL);
  pthread_barrier_wait(&held);
  pthread_barrier_wait(&looked);
  return result ? pid : NULL;
}

static void test_held_by_an_earlier_look(void **state) {
  (void)state;
  pid_t pid = start_busy();
  pthread_t tracer;
  void *failed;
  pthread_barrier_init(&held, NULL, 2);
  pthread_barrier_init(&looked, NULL, 2);
  assert_int_equal(pthread_create(&tracer, NULL, hold, &pid), 0);
  pthread_barrier_wait(&held);
  enum stack_result result = look(pid);
  pthread_barrier_wait(&looked);
  pthread_join(tracer, &failed);
  assert_null(failed);
  assert_int_equal(result, STACK_MOVED_ON);
  end(pid);
}

static void test_held_by_another(void **state) {
  (void)state;
  pid_t pid = start_busy();
  int ready[2];
  char byte;
  assert_int_equal(pipe(ready), 0);
  pid_t debugger = fork();
  if (!debugger) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    byte = ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0;
    if (write(ready[1], &byte, 1) == 1) pause();
    _exit(1);
  }
  assert_int_equal(read(ready[0], &byte, 1), 1);
  assert_int_equal(byte, 1);
  assert_int_equal(look(pid), STACK_REFUSED);
  end(debugger);
  end(pid);
  close(ready[0]);
  close(ready[1]);
}

static void test_ended(void **state) {
  (void)state;
  pid_t pid = start_busy();
  siginfo_t info;
  kill(pid, SIGKILL);
  waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
  assert_int_equal(look(pid), STACK_GONE);
  end(pid);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_held_by_an_earlier_look),
      cmocka_unit_test(test_held_by_another),
      cmocka_unit_test(test_ended),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
