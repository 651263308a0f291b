/* A ptrace stop of microseconds. Each one is a thread of its own: ptrace belongs to a thread, and when that
 * ends the kernel lets go of what it traced, so that a watched thread that does not stop in time (it waits
 * for a disk) is never left stopped later. */
#include "runtime-check/collect/follow.h"
#include "runtime-check/collect/python_stack.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  SPIN_NS = 40000, /* how long to look for the stop without sleeping: it comes in microseconds */
  REST_NS = 20000, /* between two looks from then on: the thread may need this CPU to stop on */
  DEADLINE_NS = 20000000,
  COPY_MAX = 512 * 1024, /* of the stack in use */
  EXTRA_MAX = 64 * 1024,
  RED_ZONE = 128,
  ERROR_RESTART = 514, /* the kernel's ERESTARTNOHAND and ERESTART_RESTARTBLOCK: include/linux/errno.h */
  ERROR_RESTART_BLOCK = 516,
};

/* Two own it: who asks for the stack, until the stop has a result, and the tracer. */
typedef struct stop {
  sem_t answered;
  _Atomic int owners;
  capture *c;
  bool may_be_late; /* it is not a child of this process, which waits for its end and would be told of the
                       stop */
  pid_t tid;
  uint64_t extra;
  char *room[2]; /* for the copies: nothing is allocated while the thread stands still */
  enum stack_result result;
} stop;

/* Copies into one of the rooms, which the capture owns then. */
static bool copy_to_room(stop *s, int which, uint64_t address, size_t limit) {
  char *room = s->room[which];
  s->room[which] = NULL;
  return capture_copy_into(s->c, room, address, limit);
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Its end is left to be waited for: the thread may be the program, whose exit code is awaited elsewhere. (A
 * tracer hears of a stop here, too, although it did not ask.) */
static bool has_ended(pid_t tid) {
  siginfo_t info = {0};
  if (waitid(P_PID, (id_t)tid, &info, __WALL | __WNOTHREAD | WNOHANG | WNOWAIT | WEXITED) != 0)
    return errno != EINTR;
  return info.si_pid == tid && info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED;
}

/* Waits for a stop; *status as waitid tells it. */
static enum stack_result wait_for_stop_status(pid_t tid, int *status) {
  uint64_t begin = now_ns(), waited;
  do {
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)tid, &info, __WALL | __WNOTHREAD | WNOHANG | WSTOPPED) != 0 && errno != EINTR)
      return STACK_GONE;
    if (info.si_pid == tid) {
      *status = info.si_status;
      return STACK_OK;
    }
    waited = now_ns() - begin;
    if (waited < SPIN_NS) continue;
    if (has_ended(tid)) return STACK_GONE;
    nanosleep(&(struct timespec){.tv_nsec = REST_NS}, NULL);
  } while (waited < DEADLINE_NS);
  return STACK_MOVED_ON;
}

/* The same; *signal is one to be delivered when the thread goes on. */
static enum stack_result wait_for_stop(pid_t tid, int *signal) {
  int status = 0;
  enum stack_result result = wait_for_stop_status(tid, &status);
  *signal = status >> 8 == PTRACE_EVENT_STOP ? 0 : status & 0x7f;
  return result;
}

/* A thread that slipped into a call that answers EINTR to a stop is made to begin it again. Under seccomp so
 * is one that the kernel would continue by restart_syscall, which filters seldom allow. */
static void undo_interruption(pid_t tid, struct user_regs_struct *r) {
  long result = (long)r->rax;
  if ((long)r->orig_rax < 0 || (result != -EINTR && result != -ERROR_RESTART_BLOCK)) return;
  if (result == -ERROR_RESTART_BLOCK) {
    char path[64];
    bs_strbuf text = BS_STRBUF_INIT;
    snprintf(path, sizeof path, "/proc/%d/status", (int)tid);
    bool filtered = bs_strbuf_read_file(&text, path) == 0 && strstr(text.text, "\nSeccomp:\t2");
    bs_strbuf_fini(&text);
    if (!filtered) return;
  }
  struct user_regs_struct changed = *r;
  changed.rax = (unsigned long long)-ERROR_RESTART;
  ptrace(PTRACE_SETREGSET, tid, (void *)NT_PRSTATUS,
         &(struct iovec){&changed, sizeof changed}); // NOLINT(performance-no-int-to-ptr)
}

static void take_registers(capture *c, const struct user_regs_struct *r) {
  const unsigned long long in_order[UNWIND_REGISTERS] = {r->rax, r->rdx, r->rcx, r->rbx, r->rsi, r->rdi,
                                                         r->rbp, r->rsp, r->r8,  r->r9,  r->r10, r->r11,
                                                         r->r12, r->r13, r->r14, r->r15, r->rip};
  for (unsigned i = 0; i < UNWIND_REGISTERS; i++) capture_set(c, i, in_order[i]);
}

static enum stack_result copy_stopped(stop *s, bool interrupted_by_us) {
  struct user_regs_struct r;
  struct iovec vector = {&r, sizeof r};
  if (ptrace(PTRACE_GETREGSET, s->tid, (void *)NT_PRSTATUS, &vector) != 0)
    return STACK_GONE; // NOLINT(performance-no-int-to-ptr)
  if (vector.iov_len != sizeof r) return STACK_REFUSED; /* a 32-bit program */
  bool holds = capture_holds(s->c);
  take_registers(s->c, &r);
  bool copied = holds && copy_to_room(s, 0, r.rsp - RED_ZONE, COPY_MAX);
  int error = errno;
  if (copied && s->extra) copy_to_room(s, 1, s->extra, EXTRA_MAX);
  if (copied) python_stack_read(s->c, s->tid, false);
  if (interrupted_by_us) undo_interruption(s->tid, &r);
  if (!holds) return STACK_MOVED_ON;
  return copied ? STACK_OK : tracee_result(error);
}

/* Threads that are to stop still: they had no CPU to do so in time. */
enum { LATE_MAX = 16 };
static _Atomic pid_t late[LATE_MAX];

static _Atomic pid_t *late_entry(pid_t tid) {
  for (int i = 0; i < LATE_MAX; i++)
    if (atomic_load(&late[i]) == tid) return &late[i];
  return NULL;
}

static void release(stop *s) {
  if (atomic_fetch_sub(&s->owners, 1) != 1) return;
  sem_destroy(&s->answered);
  free(s->room[0]);
  free(s->room[1]);
  free(s);
}

static void answer(stop *s, enum stack_result result) {
  s->result = result;
  sem_post(&s->answered);
}

/* The stop comes when the thread gets a CPU. To go away now would leave it as if a signal had come: a call
 * that it is about to sleep in would return EINTR. So the tracer waits for it, and nobody for the tracer. */
static void let_go_late(pid_t tid, _Atomic pid_t *entry) {
  siginfo_t info = {0};
  struct user_regs_struct r;
  struct iovec vector = {&r, sizeof r};
  while (waitid(P_PID, (id_t)tid, &info, __WALL | __WNOTHREAD | WSTOPPED | WEXITED | WNOWAIT) != 0 &&
         errno == EINTR) {
  }
  if (info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED) {
    bool ours = info.si_status >> 8 == PTRACE_EVENT_STOP;
    if (ours &&
        ptrace(PTRACE_GETREGSET, tid, (void *)NT_PRSTATUS, &vector) == 0) // NOLINT(performance-no-int-to-ptr)
      undo_interruption(tid, &r);
    intptr_t signal = ours ? 0 : info.si_status & 0x7f;
    ptrace(PTRACE_DETACH, tid, NULL, (void *)signal); // NOLINT(performance-no-int-to-ptr)
  }
  atomic_store(entry, 0);
}

/* Why the kernel says no: the thread may be ending, or an earlier tracer, which gave up, is still on its way
 * out and holds it so long. Neither is a refusal. */
static enum stack_result why_not(pid_t tid) {
  char path[64], state = 'Z';
  int tracer = 0;
  bs_strbuf text = BS_STRBUF_INIT;
  snprintf(path, sizeof path, "/proc/%d/status", (int)tid);
  if (bs_strbuf_read_file(&text, path) == 0) {
    const char *line = strstr(text.text, "\nState:\t");
    if (line) state = line[8];
    line = strstr(text.text, "\nTracerPid:\t");
    if (line) tracer = atoi(line + 12);
  }
  bs_strbuf_fini(&text);
  if (state == 'Z' || state == 'X') return STACK_GONE;
  snprintf(path, sizeof path, "/proc/self/task/%d", tracer);
  return tracer && access(path, F_OK) == 0 ? STACK_MOVED_ON : STACK_REFUSED;
}

/* Asks twice: the earlier tracer may have gone while it was looked for. */
static enum stack_result seize(pid_t tid) {
  enum stack_result result = STACK_REFUSED;
  for (int i = 0; i < 2 && result == STACK_REFUSED; i++) {
    if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) == 0) return STACK_OK;
    result = errno == EPERM ? why_not(tid) : STACK_GONE;
  }
  return result;
}

static void stop_one(stop *s) {
  int signal = 0;
  enum stack_result result = seize(s->tid);
  if (result != STACK_OK) {
    answer(s, result);
    return;
  }
  result = ptrace(PTRACE_INTERRUPT, s->tid, NULL, NULL) == 0 ? wait_for_stop(s->tid, &signal) : STACK_GONE;
  if (result == STACK_MOVED_ON) {
    _Atomic pid_t *entry = late_entry(0);
    pid_t none = 0;
    bool kept = s->may_be_late && entry && atomic_compare_exchange_strong(entry, &none, s->tid);
    answer(s, result);
    if (kept) let_go_late(s->tid, entry);
    return;
  }
  if (result == STACK_OK) {
    result = copy_stopped(s, signal == 0);
    ptrace(PTRACE_DETACH, s->tid, NULL, (void *)(intptr_t)signal); // NOLINT(performance-no-int-to-ptr)
  }
  answer(s, result);
}

static void *stop_and_copy(void *argument) {
  stop *s = argument;
  stop_one(s);
  release(s);
  return NULL;
}

static bool start_tracer(stop *s) {
  sigset_t all, before;
  pthread_t thread;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = pthread_create(&thread, NULL, stop_and_copy, s) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (started) pthread_detach(thread);
  return started;
}

enum stack_result ptrace_capture(capture *c, pid_t tid, uint64_t extra) {
  if (late_entry(tid)) return STACK_MOVED_ON;
  stop *s = bs_calloc(1, sizeof *s);
  *s = (stop){
      .c = c, .tid = tid, .extra = extra, .result = STACK_GONE, .owners = 2, .may_be_late = c->t->lets_sleep};
  sem_init(&s->answered, 0, 0);
  s->room[0] = bs_malloc(COPY_MAX);
  s->room[1] = extra ? bs_malloc(EXTRA_MAX) : NULL;
  bs_vec_reserve(&c->chunks, 2);
  enum stack_result result = STACK_MOVED_ON;
  if (start_tracer(s)) {
    /* blockscan: ignore[lock.semaphore] -- the tracer answers after its deadline of milliseconds */
    while (sem_wait(&s->answered) != 0 && errno == EINTR) {
    }
    result = s->result;
  } else {
    release(s);
  }
  release(s);
  return result;
}

/* ---- from call to call ---- */

enum { CALLS_FOLLOWED = 256 };
#define STOP_AT_CALL (SIGTRAP | 0x80) /* by PTRACE_O_TRACESYSGOOD */

/* Goes on; by `how`, to the end or to the next call. A thread that stands before a call must not be detached
 * from: it would go into the call with a signal pending, and come back with EINTR. It is let go of by the
 * tracer's end. */
static bool resume(pid_t tid, int how, int signal) {
  return ptrace(how, tid, NULL, (void *)(intptr_t)signal) == 0; // NOLINT(performance-no-int-to-ptr)
}

/* In a call; one that stands still for its tracer is not asleep. */
static bool is_asleep(pid_t tid) {
  char path[64], state = stack_state(tid, tid);
  bs_strbuf text = BS_STRBUF_INIT;
  snprintf(path, sizeof path, "/proc/%d/syscall", (int)tid);
  bool in_call = bs_strbuf_read_file(&text, path) == 0 && isdigit((unsigned char)text.text[0]);
  bs_strbuf_fini(&text);
  return in_call && (state == 'S' || state == 'D');
}

enum { LAST_STOPS = 4 };

/* The next stop, however long that takes; false when the thread is gone. */
static bool await_stop(pid_t tid, siginfo_t *info) {
  int got;
  do {
    info->si_pid = 0;
    got = waitid(P_PID, (id_t)tid, info, __WALL | __WNOTHREAD | WSTOPPED | WEXITED | WNOWAIT);
  } while (got != 0 && errno == EINTR);
  if (got != 0 || (info->si_code != CLD_TRAPPED && info->si_code != CLD_STOPPED)) return false;
  return waitid(P_PID, (id_t)tid, info, __WALL | __WNOTHREAD | WSTOPPED | WNOHANG) == 0;
}

/* The tracer is told to end while it waits. A thread that stopped before a call just then would be woken by
 * the tracer's end, and come back from the call with EINTR: so one that runs is stopped once more, and let go
 * of where that does no harm, even when it gets no CPU to stop on for a while. One that sleeps does not come
 * to a call. */
static void end_waiting(void *argument) {
  pid_t tid = *(const pid_t *)argument;
  bool asked = false;
  for (int i = 0; i < LAST_STOPS; i++) {
    siginfo_t info = {0};
    struct user_regs_struct r;
    struct iovec vector = {&r, sizeof r};
    bool none =
        waitid(P_PID, (id_t)tid, &info, __WALL | __WNOTHREAD | WNOHANG | WSTOPPED) == 0 && !info.si_pid;
    if (none && !asked && is_asleep(tid)) return;
    if (none) {
      if (!asked && ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) != 0) return;
      asked = true;
      if (!await_stop(tid, &info)) return;
    }
    if (!info.si_pid && !none) return;
    if (info.si_status >> 8 == PTRACE_EVENT_STOP) {
      if (ptrace(PTRACE_GETREGSET, tid, (void *)NT_PRSTATUS, &vector) ==
          0) // NOLINT(performance-no-int-to-ptr)
        undo_interruption(tid, &r);
      resume(tid, PTRACE_DETACH, 0);
      return;
    }
    int signal = (info.si_status & 0x7f) == SIGTRAP ? 0 : info.si_status & 0x7f;
    if (!resume(tid, PTRACE_CONT, signal)) return;
    if (!asked) return; /* goes on without further stops */
  }
}

/* Waits for the next stop, as the one place where the tracer can be cancelled; false when the thread is gone.
 */
static bool wait_for_call(pid_t tid, int *status) {
  siginfo_t info = {0};
  int got, before;
  pthread_cleanup_push(end_waiting, &tid);
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
  do {
    info.si_pid = 0;
    got = waitid(P_PID, (id_t)tid, &info, __WALL | __WNOTHREAD | WSTOPPED | WEXITED | WNOWAIT);
  } while (got != 0 && errno == EINTR);
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  pthread_cleanup_pop(0);
  if (got != 0 || (info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED)) return false;
  *status = info.si_status;
  return waitid(P_PID, (id_t)tid, &info, __WALL | __WNOTHREAD | WSTOPPED | WNOHANG) == 0;
}

static bool read_registers(pid_t tid, struct user_regs_struct *r) {
  struct iovec vector = {r, sizeof *r};
  return ptrace(PTRACE_GETREGSET, tid, (void *)NT_PRSTATUS, &vector) ==
             0 && // NOLINT(performance-no-int-to-ptr)
         vector.iov_len == sizeof *r;
}

static bool is_wanted(const struct user_regs_struct *r, follow_test *is_it, const void *to) {
  const uint64_t arguments[] = {r->rdi, r->rsi, r->rdx, r->r10};
  return is_it(to, (long)r->orig_rax, arguments, r->rsp);
}

/* The stops of one pursuit, entries and exits in turn. */
static enum follow_end follow_stops(pid_t tid, follow_test *is_it, const void *to, uint64_t *at) {
  bool inside = false;
  for (int calls = 0, status; wait_for_call(tid, &status);) {
    struct user_regs_struct r;
    bool at_call = status == STOP_AT_CALL;
    if (status >> 8 == PTRACE_EVENT_STOP) { /* stopped by a signal: that is none of ours */
      resume(tid, PTRACE_DETACH, 0);
      return FOLLOW_REFUSED;
    }
    inside = at_call ? !inside : inside;
    if (at_call && inside && read_registers(tid, &r)) {
      *at = now_ns();
      bool found = is_wanted(&r, is_it, to);
      if (found || ++calls == CALLS_FOLLOWED) {
        resume(tid, PTRACE_CONT, 0);
        return found ? FOLLOW_FOUND : FOLLOW_LOST_PATIENCE;
      }
    }
    if (!resume(tid, PTRACE_SYSCALL, at_call ? 0 : status & 0x7f)) return FOLLOW_REFUSED;
  }
  return FOLLOW_REFUSED;
}

enum follow_end follow_calls(pid_t tid, follow_test *is_it, const void *to, _Atomic uint64_t *from,
                             uint64_t *at) {
  int status, before;
  struct user_regs_struct r;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  const uintptr_t options = PTRACE_O_TRACESYSGOOD;
  if (ptrace(PTRACE_SEIZE, tid, NULL, (void *)options) != 0) // NOLINT(performance-no-int-to-ptr)
    return FOLLOW_REFUSED;
  /* One that waits for a CPU stops when it gets it. */
  if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) != 0 || !wait_for_call(tid, &status)) return FOLLOW_REFUSED;
  int signal = status >> 8 == PTRACE_EVENT_STOP ? 0 : status & 0x7f;
  *at = now_ns();
  atomic_store(from, *at);
  if (!read_registers(tid, &r) || (long)r.orig_rax >= 0) { /* it has slipped into a call meanwhile */
    if (!signal) undo_interruption(tid, &r);
    resume(tid, PTRACE_DETACH, signal);
    return FOLLOW_REFUSED;
  }
  if (!resume(tid, PTRACE_SYSCALL, signal)) return FOLLOW_REFUSED;
  return follow_stops(tid, is_it, to, at);
}
