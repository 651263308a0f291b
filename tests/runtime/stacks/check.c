/* Stacks taken from outside equal what backtrace(3) said inside: parked threads, threads on the CPU, threads in calls that
 * nobody watches; through qsort, realigned frames, signal handlers on their own stack, deep recursion; in a stripped and in
 * a deleted binary. `check TARGET STRIPPED-TARGET` */
#include "shared.h"

#include "runtime-check/collect/collect.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROUNDS = 20, PATIENCE = 2000 /* times 5 ms */ };

static const char *program, *stripped;

typedef struct watched {
  pid_t pid;
  stacks_shared *shared;
  tracee *t;
} watched;

static void nap(void) { nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL); }

static watched start(const char *path, const char *scenario) {
  int fd = memfd_create("stacks", 0);
  char number[16];
  assert_int_equal(ftruncate(fd, sizeof(stacks_shared)), 0);
  snprintf(number, sizeof number, "%d", fd);
  watched w = {.shared = mmap(NULL, sizeof *w.shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)};
  assert_ptr_not_equal(w.shared, MAP_FAILED);
  w.pid = fork();
  if (w.pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execl(path, path, scenario, number, (char *)NULL);
    _exit(127);
  }
  close(fd);
  for (int i = 0; i < PATIENCE && !atomic_load(&w.shared->ready); i++) nap();
  assert_int_equal(atomic_load(&w.shared->ready), 1);
  w.t = tracee_new(w.pid);
  return w;
}

static void stop(watched *w, bool check) {
  int status;
  atomic_store(&w->shared->go, 1);
  assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
  if (check) assert_int_equal(status, 0);
  assert_int_equal(atomic_load(&w->shared->interrupted), 0);
  munmap(w->shared, sizeof *w->shared);
  tracee_free(w->t);
}

static void assert_frame(const stack *s, uint32_t index, const stacks_shared *shared, uint32_t expected) {
  uint64_t pc = s->pc[index], want = (uint64_t)(uintptr_t)shared->expected[expected];
  if (pc == want || pc == want + 1) return; /* plus one: interrupted by a signal */
  for (uint32_t i = 0; i < s->count && i < 20; i++)
    print_error("%u: %" PRIx64 " expected %p\n", i, s->pc[i],
                shared->expected[(expected - index + i) % EXPECTED_MAX]);
  fail_msg("frame %u is %" PRIx64 ", not %" PRIx64 " (cut %d)", index, pc, want, s->cut);
}

/* The frames from `index` on are those that the program expects from `expected` on. */
static void assert_stack(const stack *s, uint32_t index, const stacks_shared *shared, uint32_t expected) {
  uint32_t whole = s->count + s->omitted, all = (uint32_t)shared->expected_count;
  for (uint32_t i = index; i < s->count; i++)
    assert_frame(s, i, shared, expected - index + i + (i >= STACK_INNER ? s->omitted : 0));
  assert_int_equal(whole - index, all - expected);
  assert_int_equal(s->cut, s->omitted > 0);
}

/* expected[0] is in `remember`, [1] in the function that calls it, [2] is that one's return address. */
static void check_parked(const char *path, const char *scenario) {
  watched w = start(path, scenario);
  for (int i = 0; i < ROUNDS; i++) {
    stack s;
    assert_int_equal(stack_parked(w.t, &w.shared->slot, &s), STACK_OK);
    assert_stack(&s, 0, w.shared, 2);
    assert_false(s.running);
  }
  stop(&w, true);
}

/* On a busy machine the second stop, for another stack's memory, may not come in time: then the stack ends early and says so. */
static bool missed_stop(const stack *s, const stacks_shared *shared) {
  if (!s->cut || s->omitted) return false;
  for (uint32_t i = 1; i < s->count; i++) assert_frame(s, i, shared, 1 + i);
  return true;
}

/* One that is not in its call all the time may be caught on the way into it, in a function below: then frames are more. */
static void check_running(const char *path, const char *scenario) {
  watched w = start(path, scenario);
  bool always = strncmp(scenario, "sleep", 5) != 0;
  int good = 0;
  for (int i = 0; i < ROUNDS; i++) {
    stack s;
    enum stack_result result = stack_running(w.t, atomic_load(&w.shared->tid), NULL, 0, &s);
    nap();
    if (result == STACK_MOVED_ON) continue;
    assert_int_equal(result, STACK_OK);
    assert_true(s.running);
    if (!always && s.count + s.omitted - 1 != (uint32_t)w.shared->expected_count - 2) continue;
    if (missed_stop(&s, w.shared)) continue;
    assert_stack(&s, 1, w.shared, 2);
    good++;
  }
  stop(&w, true);
  assert_true(good >= ROUNDS / 2);
}

static void test_parked(void **state) {
  (void)state;
  check_parked(program, "parked-sorted");
  check_parked(program, "parked-signal");
  check_parked(program, "parked-thread");
}

static void test_parked_stripped(void **state) {
  (void)state;
  check_parked(stripped, "parked-sorted");
  check_parked(stripped, "parked-signal");
}

static void test_deep_recursion_is_cut_and_said(void **state) {
  (void)state;
  check_parked(program, "parked-deep");
  check_parked(program, "parked-deeper");
  check_running(program, "spin-deep");
}

static void test_on_the_cpu(void **state) {
  (void)state;
  check_running(program, "spin-sorted");
  check_running(program, "spin-thread");
  check_running(stripped, "spin-sorted");
}

static void test_on_the_cpu_in_a_handler(void **state) {
  (void)state;
  check_running(program, "spin-signal");
}

static void test_stopped_sleep_is_not_shortened(void **state) {
  (void)state;
  check_running(program, "sleep-sorted");
  check_running(program, "sleep-thread");
}

static void test_epoll_is_not_interrupted(void **state) {
  (void)state;
  check_running(program, "epoll-sorted");
  check_running(program, "epoll-thread");
  check_running(stripped, "epoll-sorted");
}

static void copy_file(const char *from, const char *to) {
  bs_strbuf bytes = BS_STRBUF_INIT;
  assert_int_equal(bs_strbuf_read_file(&bytes, from), 0);
  int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, bytes.text, bytes.length), bytes.length);
  close(fd);
  bs_strbuf_fini(&bytes);
}

static void test_deleted_binary(void **state) {
  (void)state;
  char folder[] = "/tmp/blockscan-stacks-XXXXXX", path[64];
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/target", folder);
  copy_file(program, path);
  watched w = start(path, "parked-sorted");
  unlink(path);
  rmdir(folder);
  stack s;
  assert_int_equal(stack_parked(w.t, &w.shared->slot, &s), STACK_OK);
  assert_stack(&s, 0, w.shared, 2);
  const module_row *module = tracee_module(w.t, s.pc[0]);
  assert_non_null(module);
  assert_string_equal(module->path, path);
  assert_true(module->file >= 0);
  symbols *names = symbols_new(NULL);
  frame_list frames = {0};
  symbols_find(names, module, s.pc[0], true, &frames);
  assert_true(frames.count > 0);
  assert_string_equal(frames.items[frames.count - 1].function, "plain");
  bs_vec_fini(&frames);
  symbols_free(names);
  stop(&w, true);
}

static void test_libraries_come_and_go(void **state) {
  (void)state;
  check_parked(program, "parked-storm");
  check_running(program, "spin-storm");
}

static void test_a_filtered_sleeper_survives(void **state) {
  (void)state;
  check_running(program, "sleep-filtered");
}

/* As a user who may not look into it: what a container without ptrace, or Yama, makes of the recorder. */
static void test_refused(void **state) {
  (void)state;
  watched w = start(program, "parked-private");
  pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) _exit(2);
    stack s;
    tracee *t = tracee_new(w.pid);
    bool refused = stack_parked(t, &w.shared->slot, &s) == STACK_REFUSED &&
                   stack_running(t, w.pid, NULL, 0, &s) == STACK_REFUSED && tracee_module(t, 0x1000) == NULL;
    tracee_free(t);
    _exit(refused ? 0 : 1);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  stop(&w, true);
}

static void test_it_left_the_call(void **state) {
  (void)state;
  watched w = start(program, "parked-sorted");
  stack s;
  atomic_fetch_add(&w.shared->slot.call_sequence, 1);
  assert_int_equal(stack_parked(w.t, &w.shared->slot, &s), STACK_MOVED_ON);
  stop(&w, true);
}

static void test_it_is_gone(void **state) {
  (void)state;
  watched w = start(program, "parked-sorted");
  stack s;
  uint64_t cpu, waiting;
  assert_true(stack_schedstat(w.pid, w.pid, &cpu, &waiting));
  assert_int_equal(stack_parked(w.t, &w.shared->slot, &s), STACK_OK);
  uint64_t pc = s.pc[0];
  kill(w.pid, SIGKILL);
  assert_int_equal(waitid(P_PID, (id_t)w.pid, &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
  assert_int_equal(stack_parked(w.t, &w.shared->slot, &s), STACK_GONE);
  assert_int_equal(stack_running(w.t, w.pid, NULL, 0, &s), STACK_GONE);
  assert_non_null(tracee_module(w.t, pc));
  stop(&w, false);
}

/* A thread that is stopped, and one with a debugger, are not to be waited for. */
static void test_a_stopped_process_stays_stopped(void **state) {
  (void)state;
  watched w = start(program, "spin-sorted");
  int status;
  stack s;
  kill(w.pid, SIGSTOP);
  assert_int_equal(waitpid(w.pid, &status, WUNTRACED), w.pid);
  assert_int_equal(stack_running(w.t, w.pid, NULL, 0, &s), STACK_OK);
  char path[64];
  bool still = false;
  for (int i = 0; i < 100 && !still; i++) {
    bs_strbuf text = BS_STRBUF_INIT;
    snprintf(path, sizeof path, "/proc/%d/status", (int)w.pid);
    assert_int_equal(bs_strbuf_read_file(&text, path), 0);
    still = strstr(text.text, "State:\tT (stopped)") != NULL;
    bs_strbuf_fini(&text);
    if (!still) nap();
  }
  assert_true(still);
  kill(w.pid, SIGCONT);
  stop(&w, true);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  program = argv[1];
  stripped = argv[2];
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_parked),
      cmocka_unit_test(test_parked_stripped),
      cmocka_unit_test(test_deep_recursion_is_cut_and_said),
      cmocka_unit_test(test_on_the_cpu),
      cmocka_unit_test(test_on_the_cpu_in_a_handler),
      cmocka_unit_test(test_stopped_sleep_is_not_shortened),
      cmocka_unit_test(test_epoll_is_not_interrupted),
      cmocka_unit_test(test_deleted_binary),
      cmocka_unit_test(test_libraries_come_and_go),
      cmocka_unit_test(test_a_filtered_sleeper_survives),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_it_left_the_call),
      cmocka_unit_test(test_it_is_gone),
      cmocka_unit_test(test_a_stopped_process_stays_stopped),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
