/* One stack of one thread, from outside, by the gentlest way there is: a thread parked in a watched call is
 * only read; one on the CPU stands still for microseconds; one in a call that a stop would disturb is read
 * and unwound from two registers. */
#include "runtime-check/collect/python_stack.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STACK_COPY = 64 * 1024 };

static uint64_t load(const _Atomic uint64_t *value) {
  return atomic_load_explicit(value, memory_order_relaxed);
}

/* Whether the thread is still in the call of `sequence`; what was read before this is from that call then. */
static bool still_parked(const layout_slot *slot, uint64_t sequence) {
  atomic_thread_fence(memory_order_acquire);
  return load(&slot->call_sequence) == sequence;
}

static void take_published(capture *c, const layout_registers *r) {
  c->returned_to = true;
  capture_set(c, UNWIND_RSP, load(&r->sp));
  capture_set(c, UNWIND_RIP, load(&r->pc));
  capture_set(c, UNWIND_RBP, load(&r->fp));
  capture_set(c, UNWIND_RBX, load(&r->saved[0]));
  for (unsigned i = 0; i < 3; i++) capture_set(c, UNWIND_R12 + i, load(&r->saved[i + 1]));
  capture_set(c, UNWIND_R12 + 3, load(&r->r15));
}

/* The maps may be older than the library that the thread is in. */
static void update_for(tracee *t, uint64_t pc) {
  const tracee_mapping *m = tracee_mapping_of(t, pc);
  if (!m || !m->executable) tracee_update(t, true);
}

static enum stack_result unwind_parked(capture *c, const layout_slot *slot, uint64_t sequence, stack *out) {
  update_for(c->t, c->registers[UNWIND_RIP]);
  if (!capture_copy(c, c->registers[UNWIND_RSP], STACK_COPY)) {
    int error = errno;
    return still_parked(slot, sequence) ? tracee_result(error) : STACK_MOVED_ON;
  }
  python_stack_read(c, (pid_t)atomic_load(&slot->tid), true);
  if (!still_parked(slot, sequence)) return STACK_MOVED_ON;
  unwind(c, out);
  python_stack_merge(c, out);
  return still_parked(slot, sequence) ? STACK_OK : STACK_MOVED_ON;
}

enum stack_result stack_parked(tracee *t, const layout_slot *slot, stack *out) {
  *out = (stack){0};
  uint64_t sequence = atomic_load_explicit(&slot->call_sequence, memory_order_acquire);
  if (!(sequence & 1)) return STACK_MOVED_ON;
  capture c = {.t = t, .still = true};
  take_published(&c, &slot->registers);
  if (!still_parked(slot, sequence)) return STACK_MOVED_ON;
  enum stack_result result = tracee_update(t, false);
  if (result == STACK_OK) python_stack_prepare(t);
  if (result == STACK_OK) result = unwind_parked(&c, slot, sequence, out);
  capture_fini(&c);
  return result;
}

enum stack_result stack_copied(tracee *t, const layout_registers *registers, char *bytes, size_t length,
                               stack *out) {
  *out = (stack){0};
  capture c = {.t = t};
  take_published(&c, registers);
  uint64_t sp = c.registers[UNWIND_RSP];
  *bs_vec_push(&c.chunks) = (unwind_chunk){.start = sp, .end = sp + length, .bytes = bytes};
  enum stack_result result = tracee_update(t, false);
  if (result == STACK_OK || t->mappings.count) {
    if (result == STACK_OK) update_for(t, c.registers[UNWIND_RIP]);
    unwind(&c, out);
    result = STACK_OK;
  }
  capture_fini(&c);
  return result;
}

bool stack_bounds(tracee *t, uint64_t sp, uint64_t *start, uint64_t *end) {
  if (!sp || tracee_update(t, false) != STACK_OK) return false;
  const tracee_mapping *m = tracee_mapping_of(t, sp);
  if (!m || !m->writable) return false;
  *start = m->start;
  *end = m->end;
  return true;
}

/* /proc/PID/task/TID/syscall */
typedef struct in_call {
  bool blocked; /* else on the CPU, or waiting for one */
  long number; /* -1: blocked, but not in a system call (a page fault) */
  uint64_t arguments[6], sp, pc;
} in_call;

static enum stack_result read_task_file(pid_t pid, pid_t tid, const char *name, char *text, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task/%d/%s", (int)pid, (int)tid, name);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return tracee_result(errno);
  ssize_t got = read(file, text, size - 1);
  int error = errno;
  close(file);
  if (got <= 0) return got < 0 ? tracee_result(error) : STACK_GONE;
  text[got] = '\0';
  return STACK_OK;
}

static enum stack_result read_call(pid_t pid, pid_t tid, in_call *out) {
  char text[256];
  *out = (in_call){0};
  enum stack_result result = read_task_file(pid, tid, "syscall", text, sizeof text);
  if (result != STACK_OK || strncmp(text, "running", 7) == 0) return result;
  uint64_t *a = out->arguments;
  out->blocked = true;
  if (sscanf(text, "-1 %" SCNx64 " %" SCNx64, &out->sp, &out->pc) == 2) {
    out->number = -1;
    return STACK_OK;
  }
  int fields = sscanf(text,
                      "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64
                      " %" SCNx64,
                      &out->number, &a[0], &a[1], &a[2], &a[3], &a[4], &a[5], &out->sp, &out->pc);
  return fields == 9 ? STACK_OK : STACK_GONE;
}

static bool same_call(const in_call *a, const in_call *b) {
  return a->blocked == b->blocked && a->number == b->number && a->sp == b->sp && a->pc == b->pc &&
         memcmp(a->arguments, b->arguments, sizeof a->arguments) == 0;
}

/* read(2) goes on after a stop on pipes; sockets may have a timeout that turns into EINTR, and other files
 * have drivers of their own mind. */
static bool reads_pipe(pid_t pid, uint64_t descriptor) {
  char path[64];
  struct stat s;
  snprintf(path, sizeof path, "/proc/%d/fd/%" PRIu64, (int)pid, descriptor);
  return stat(path, &s) == 0 && S_ISFIFO(s.st_mode);
}

/* Calls that a stop does not disturb: they are restarted where they were. By signal(7), "Interruption of
 * system calls and library functions by stop signals", and measured. All others are left alone. */
static bool may_be_stopped(pid_t pid, const in_call *call) {
  switch (call->number) {
  case SYS_poll:
  case SYS_select:
  case SYS_pause:
  case SYS_nanosleep:
  case SYS_clock_nanosleep:
  case SYS_restart_syscall:
  case SYS_ppoll:
  case SYS_pselect6:
  case SYS_futex:
  case SYS_msgrcv:
  case SYS_wait4:
  case SYS_waitid:
  case SYS_flock: return true;
  case SYS_read: return reads_pipe(pid, call->arguments[0]);
  case SYS_fcntl: return call->arguments[1] == F_SETLKW || call->arguments[1] == F_OFD_SETLKW;
  default: return false;
  }
}

static bool is_filtered(pid_t pid, pid_t tid) {
  char text[8192];
  return read_task_file(pid, tid, "status", text, sizeof text) != STACK_OK || strstr(text, "\nSeccomp:\t2");
}

/* A thread that stays in its call: read where it is, and check that it is still there. */
static enum stack_result take_blocked(const capture *wanted, pid_t tid, const in_call *call, stack *out) {
  capture c = *wanted;
  tracee *t = c.t;
  c.still = true;
  capture_set(&c, UNWIND_RSP, call->sp);
  capture_set(&c, UNWIND_RIP, call->pc);
  update_for(t, call->pc);
  enum stack_result result = STACK_OK;
  if (!capture_copy(&c, call->sp, STACK_COPY)) result = tracee_result(errno);
  if (result == STACK_OK) {
    python_stack_read(&c, tid, false);
    unwind_searching(&c, out);
    in_call now;
    result = read_call(t->pid, tid, &now);
    if (result == STACK_OK && !(same_call(call, &now) && capture_holds(&c))) result = STACK_MOVED_ON;
    if (result == STACK_OK) python_stack_merge(&c, out);
  }
  capture_fini(&c);
  return result;
}

/* One stop. *missing: where the frames led out of the copy, 0 nowhere. */
static enum stack_result take_stopped(const capture *wanted, pid_t tid, uint64_t extra, stack *out,
                                      uint64_t *missing) {
  capture c = *wanted;
  *out = (stack){.running = true};
  *missing = 0;
  enum stack_result result = ptrace_capture(&c, tid, extra);
  if (result == STACK_OK) {
    update_for(c.t, c.registers[UNWIND_RIP]);
    if (!unwind(&c, out)) *missing = c.missing;
    python_stack_merge(&c, out);
  }
  capture_fini(&c);
  return result;
}

/* A thread on the CPU. When its frames lead out of the copy (a signal handler on a stack of its own), that
 * memory is copied too, in a second stop. */
static enum stack_result take_running(const capture *wanted, pid_t tid, stack *out) {
  uint64_t missing, again;
  stack second;
  enum stack_result result = take_stopped(wanted, tid, 0, out, &missing);
  if (result != STACK_OK || !missing) return result;
  if (take_stopped(wanted, tid, missing, &second, &again) == STACK_OK &&
      (!second.cut || second.count > out->count))
    *out = second;
  return STACK_OK;
}

enum stack_result stack_running(tracee *t, pid_t tid, const _Atomic uint64_t *still, uint64_t value,
                                stack *out) {
  const capture wanted = {.t = t, .guard = still, .guarded = value};
  *out = (stack){.running = true};
  in_call call;
  enum stack_result result = tracee_update(t, false);
  if (result == STACK_OK) python_stack_prepare(t);
  if (result == STACK_OK) result = read_call(t->pid, tid, &call);
  if (result != STACK_OK) return result;
  bool stoppable =
      !call.blocked || (!t->lets_sleep && may_be_stopped(t->pid, &call) && !is_filtered(t->pid, tid));
  return stoppable ? take_running(&wanted, tid, out) : take_blocked(&wanted, tid, &call, out);
}

char stack_state(pid_t pid, pid_t tid) {
  char text[512];
  if (read_task_file(pid, tid, "stat", text, sizeof text) != STACK_OK) return 0;
  const char *name_ends = strrchr(text, ')');
  return name_ends && name_ends[1] ? name_ends[2] : 0;
}

bool stack_schedstat(pid_t pid, pid_t tid, uint64_t *cpu_ns, uint64_t *wait_ns) {
  char text[128];
  return read_task_file(pid, tid, "schedstat", text, sizeof text) == STACK_OK &&
         sscanf(text, "%" SCNu64 " %" SCNu64, cpu_ns, wait_ns) == 2;
}
