/* /proc/PID/task/TID/syscall and schedstat: proc(5), and the kernel's
 * Documentation/scheduler/sched-stats.rst. They ask for the rights of ptrace, and stop nothing. */
#include "runtime-check/attach/look.h"

#include "runtime-check/collect/recording.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_file(pid_t pid, pid_t tid, const char *name) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task/%d/%s", (int)pid, (int)tid, name);
  return open(path, O_RDONLY | O_CLOEXEC);
}

bool looker_open(looker *l, pid_t pid, pid_t tid) {
  l->call = open_file(pid, tid, "syscall");
  l->times = open_file(pid, tid, "schedstat");
  if (l->call >= 0 && l->times >= 0) return true;
  looker_close(l);
  return false;
}

void looker_close(looker *l) {
  if (l->call >= 0) close(l->call);
  if (l->times >= 0) close(l->times);
  l->call = l->times = -1;
}

static bool read_text(int file, char *text, size_t size) {
  ssize_t got = pread(file, text, size - 1, 0);
  text[got > 0 ? got : 0] = '\0';
  return got > 0;
}

static bool parse_call(const char *text, look *out) {
  uint64_t *a = out->arguments, unused;
  out->call = LOOK_RUNNING;
  if (!strncmp(text, "running", 7)) return true;
  if (sscanf(text, "-1 %" SCNx64, &out->sp) == 1) {
    out->call = LOOK_NO_CALL;
    return true;
  }
  return sscanf(text,
                "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64
                " %" SCNx64,
                &out->call, &a[0], &a[1], &a[2], &a[3], &unused, &unused, &out->sp, &out->pc) == 9;
}

bool looker_look(const looker *l, look *out) {
  char call[256], times[128];
  *out = (look){0};
  if (!read_text(l->times, times, sizeof times) || !read_text(l->call, call, sizeof call)) return false;
  out->at = clock_now();
  return sscanf(times, "%" SCNu64 " %" SCNu64 " %" SCNu64, &out->cpu_ns, &out->wait_ns, &out->slices) == 3 &&
         parse_call(call, out);
}

bool wait_key_of(long call, const uint64_t *arguments, uint64_t sp, wait_key *out) {
  switch (call) {
  case SYS_epoll_wait:
  case SYS_epoll_pwait:
  case SYS_epoll_pwait2: *out = (wait_key){SYS_epoll_wait, arguments[0]}; return true;
  case SYS_poll:
  case SYS_ppoll: *out = (wait_key){SYS_poll, sp}; return arguments[1] != 0;
  case SYS_select:
  case SYS_pselect6: *out = (wait_key){SYS_select, sp}; return arguments[0] != 0;
  case SYS_rt_sigtimedwait:
  case SYS_msgrcv: *out = (wait_key){call, sp}; return true;
  case SYS_io_uring_enter:
    *out = (wait_key){call, arguments[0]};
    return arguments[2] && arguments[3] & IORING_ENTER_GETEVENTS;
  default: return false;
  }
}

typedef struct call_name {
  long call;
  const char *api;
} call_name;

/* The C library's function of the most common name; only those that wait for something. */
static const call_name names[] = {
    {SYS_read, "read"},
    {SYS_write, "write"},
    {SYS_pread64, "pread"},
    {SYS_pwrite64, "pwrite"},
    {SYS_readv, "readv"},
    {SYS_writev, "writev"},
    {SYS_open, "open"},
    {SYS_openat, "open"},
    {SYS_close, "close"},
    {SYS_fsync, "fsync"},
    {SYS_fdatasync, "fdatasync"},
    {SYS_sync, "sync"},
    {SYS_syncfs, "syncfs"},
    {SYS_msync, "msync"},
    {SYS_nanosleep, "nanosleep"},
    {SYS_clock_nanosleep, "clock_nanosleep"},
    {SYS_flock, "flock"},
    {SYS_fcntl, "fcntl"},
    {SYS_connect, "connect"},
    {SYS_accept, "accept"},
    {SYS_accept4, "accept4"},
    {SYS_sendto, "send"},
    {SYS_recvfrom, "recv"},
    {SYS_sendmsg, "sendmsg"},
    {SYS_recvmsg, "recvmsg"},
    {SYS_sendfile, "sendfile"},
    {SYS_wait4, "waitpid"},
    {SYS_waitid, "waitid"},
    {SYS_poll, "poll"},
    {SYS_ppoll, "ppoll"},
    {SYS_select, "select"},
    {SYS_pselect6, "pselect"},
    {SYS_epoll_wait, "epoll_wait"},
    {SYS_epoll_pwait, "epoll_pwait"},
    {SYS_msgrcv, "msgrcv"},
    {SYS_msgsnd, "msgsnd"},
    {SYS_semop, "semop"},
    {SYS_semtimedop, "semtimedop"},
    {SYS_unlink, "unlink"},
    {SYS_rename, "rename"},
    {SYS_stat, "stat"},
    {SYS_newfstatat, "stat"},
    {SYS_getrandom, "getrandom"},
    {SYS_fallocate, "fallocate"},
    {SYS_ftruncate, "ftruncate"},
    {SYS_copy_file_range, "copy_file_range"},
};

uint32_t hook_of_call(long call) {
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (names[i].call != call) continue;
    for (uint32_t hook = 0; hook < HOOK_COUNT; hook++)
      if (!strcmp(hook_name(hook), names[i].api)) return hook;
  }
  return NO_INDEX;
}
