/* A recorder of the program's own: bs_runtime_start() and what goes with it.
 *
 * The program makes the shared memory and hands it to `blockscan record --attach`, with a socket over which
 * the recorder says that it watches, is asked to end, and sees the program go (shared/attach.h). The recorder
 * is nobody's child: the process between, which ends at once, has no exit signal, so that neither SIGCHLD nor
 * wait(-1) tells of either. All of this is system calls, for between fork and exec a program with threads may
 * do nothing else.
 */
#include "runtime-check/preload/marks.h"
#include "runtime-check/shared/attach.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  FREE_FD = 64, /* where descriptors are in nobody's way for a moment */
  START_MS = 10000,
  STOP_MS = 30000,
  DEFAULT_NS = 10000000,
  PROGRAMS = 4,
};

extern char **environ;
EXPORTED void *bs_runtime_recorder;

static struct {
  layout_head *memory; /* also after the recorder has ended: threads may be at work in it */
  int memory_fd, control, offers; /* -1 none */
  pid_t owner;
  char error[512];
} started = {.memory_fd = -1, .control = -1, .offers = -1};

/* Sets the error; -1. */
static int fail(const char *what, const char *why) {
  size_t n = 0;
  const char *const parts[] = {what, why ? ": " : "", why ? why : ""};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    for (const char *c = parts[i]; *c && n + 1 < sizeof started.error; c++) started.error[n++] = *c;
  started.error[n] = 0;
  return -1;
}

static int fail_errno(const char *what) { return fail(what, strerror(errno)); }

static void close_fd(int *fd) {
  if (*fd >= 0) own_call(SYS_close, *fd);
  *fd = -1;
}

/* Not used again: a recorder that was killed has left its slots taken. */
static void leave_memory(void) {
  started.memory = NULL;
  close_fd(&started.memory_fd);
}

/* New shared memory, unless a recorder that ended well left some. */
static int make_memory(uint64_t threshold) {
  if (started.memory && started.owner != getpid())
    leave_memory(); /* a fork's child has none of its parent's */
  if (!started.memory) {
    started.memory = region_make(threshold, NULL, &started.memory_fd);
    return started.memory ? 0 : fail_errno("cannot make shared memory");
  }
  layout_begin(started.memory, threshold);
  return 0;
}

/* The folder of this library followed by `rest`. */
static const char *beside_library(char *path, size_t size, const char *rest) {
  Dl_info info;
  if (!dladdr((void *)beside_library, &info) || !info.dli_fname) return NULL;
  const char *slash = strrchr(info.dli_fname, '/');
  size_t folder = slash ? (size_t)(slash - info.dli_fname) + 1 : 0, length = strlen(rest);
  if (folder + length >= size) return NULL;
  memcpy(path, info.dli_fname, folder);
  memcpy(path + folder, rest, length + 1);
  return path;
}

typedef struct spawn {
  const char *programs[PROGRAMS + 1]; /* the first that can be run is */
  const char *arguments[8];
  int memory, control, offers;
} spawn;

/* In the new process. */
_Noreturn static void become_recorder(const spawn *s) {
  sigset_t none;
  sigemptyset(&none);
  setsid();
  long memory = own_call(SYS_fcntl, s->memory, F_DUPFD, FREE_FD),
       control = own_call(SYS_fcntl, s->control, F_DUPFD, FREE_FD),
       offers = own_call(SYS_fcntl, s->offers, F_DUPFD, FREE_FD);
  long null = own_call(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR);
  for (int fd = 0; fd < ATTACH_MEMORY_FD; fd++)
    if (null != fd) own_call(SYS_dup3, null, fd, 0);
  own_call(SYS_dup3, memory, ATTACH_MEMORY_FD, 0);
  own_call(SYS_dup3, control, ATTACH_CONTROL_FD, 0);
  own_call(SYS_dup3, offers, ATTACH_OFFERS_FD, 0);
  if (own_call(SYS_close_range, ATTACH_OFFERS_FD + 1, ~0U, 0) != 0)
    for (int fd = ATTACH_OFFERS_FD + 1; fd < 4096; fd++) own_call(SYS_close, fd);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (int i = 0; s->programs[i]; i++) own_call(SYS_execve, s->programs[i], s->arguments, environ);
  static char message[] = " cannot run blockscan";
  message[0] = ATTACH_FAILED;
  own_call(SYS_sendto, ATTACH_CONTROL_FD, message, sizeof message, MSG_NOSIGNAL, NULL, 0);
  own_call(SYS_exit_group, 127);
  __builtin_unreachable();
}

static bool is_reaper(void) {
  int reaper = 0;
  return prctl(PR_GET_CHILD_SUBREAPER, (unsigned long)&reaper) == 0 && reaper;
}

/* A program that takes in orphans would get this one, too: for the moment, it does not. */
static int spawn_recorder(const spawn *s) {
  sigset_t all, before;
  bool reaper = is_reaper();
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);
  if (reaper) prctl(PR_SET_CHILD_SUBREAPER, 0UL);
  long child = own_call(SYS_clone, 0UL, NULL, NULL, NULL, NULL);
  if (child == 0) {
    long recorder = own_call(SYS_clone, (unsigned long)SIGCHLD, NULL, NULL, NULL, NULL);
    if (recorder == 0) become_recorder(s);
    own_call(SYS_exit_group, recorder < 0);
  }
  int status = 0, problem = errno;
  while (child > 0 && own_call(SYS_wait4, child, &status, __WCLONE, NULL) < 0 && errno == EINTR) {
  }
  if (reaper) prctl(PR_SET_CHILD_SUBREAPER, 1UL);
  sigprocmask(SIG_SETMASK, &before, NULL);
  errno = child < 0 ? problem : EAGAIN;
  return child > 0 && !status ? 0 : fail_errno("cannot start a process");
}

/* Waits for a message of the recorder; its length, 0 when it is gone, -1 when the time is over. */
static long receive(char *message, size_t size, int timeout_ms) {
  uint64_t deadline = now_ns() + (uint64_t)timeout_ms * 1000000;
  for (;;) {
    uint64_t now = now_ns(), left = deadline > now ? deadline - now : 0;
    const struct timespec timeout = {(time_t)(left / 1000000000), (long)(left % 1000000000)};
    struct pollfd polled = {.fd = started.control, .events = POLLIN};
    long ready = own_call(SYS_ppoll, &polled, 1, &timeout, NULL, 8);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return -1;
    long n = own_call(SYS_recvfrom, started.control, message, size - 1, 0, NULL, NULL);
    if (n < 0) return 0; /* reset: it is gone */
    message[n] = 0;
    return n;
  }
}

/* "R" and its process number, or "E" and why it cannot. */
static int wait_until_ready(void) {
  char message[256];
  long n = receive(message, sizeof message, START_MS);
  if (n < 0) return fail("the recorder does not answer", NULL);
  if (n == 0) return fail("the recorder ended at once", NULL);
  if (*message != ATTACH_READY) return fail("the recorder", message + 1);
  prctl(PR_SET_PTRACER,
        strtoul(message + 1, NULL, 10)); /* where Yama asks for it; else an error of no account */
  return 0;
}

static const char *number(char *text, size_t size, unsigned long value) {
  text[--size] = 0;
  do text[--size] = (char)('0' + value % 10);
  while (value /= 10);
  return text + size;
}

bool recorder_is_gone(void) {
  static const struct timespec now;
  struct pollfd polled = {.fd = started.control};
  return started.control >= 0 && own_call(SYS_ppoll, &polled, 1, &now, NULL, 8) == 1;
}

/* To speak with the recorder, and for the memory of children by fork. */
static int open_sockets(spawn *s, uint64_t threshold) {
  int control[2], offers[2];
  struct stat st;
  if (own_call(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) != 0)
    return fail_errno("cannot make a socket");
  if (own_call(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, offers) != 0) {
    close_fd(&control[0]);
    close_fd(&control[1]);
    return fail_errno("cannot make a socket");
  }
  s->memory = started.memory_fd;
  started.control = control[0];
  s->control = control[1];
  started.offers = offers[0];
  s->offers = offers[1];
  if (fstat(started.offers, &st) == 0) region_offers_through(started.offers, st.st_ino, threshold);
  return 0;
}

static int start(const bs_runtime_options *o) {
  char beside[4096], installed[4096], pid[24];
  spawn s = {
      .arguments = {"blockscan", "record", "--attach", number(pid, sizeof pid, (unsigned long)getpid())}};
  const char *named = o->program ? o->program : secure_getenv("BLOCKSCAN");
  s.programs[0] = named && *named ? named : beside_library(beside, sizeof beside, "blockscan");
  if (s.programs[0] == beside)
    s.programs[1] = beside_library(installed, sizeof installed, "../../../bin/blockscan");
  if (o->file) {
    s.arguments[4] = "-o";
    s.arguments[5] = o->file;
  }
  const uint64_t threshold = o->threshold_ns ? o->threshold_ns : DEFAULT_NS;
  if (make_memory(threshold) != 0 || open_sockets(&s, threshold) != 0) return -1;
  int result = spawn_recorder(&s);
  close_fd(&s.control);
  close_fd(&s.offers);
  if (result == 0) result = wait_until_ready();
  if (result == 0 && !preload_record_into(started.memory)) result = fail("this kernel is too old", NULL);
  if (result != 0) {
    close_fd(&started.control);
    close_fd(&started.offers);
    leave_memory();
  }
  return result;
}

EXPORTED int bs_runtime_start(const bs_runtime_options *options) {
  static const bs_runtime_options none;
  const bs_runtime_options *o = options ? options : &none;
  marks_process *p = &marks_of_process;
  *started.error = 0;
  p->callback = o->callback;
  p->data = o->data;
  atomic_store(&p->action, o->action == BS_DEFAULT ? BS_COUNT : o->action);
  _Atomic uint64_t *const counts[] = {&p->iterations, &p->scopes, &p->expected, &p->missed, &p->longest_ns};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) atomic_store(counts[i], 0);
  if (bs_runtime_recorder) return 0;
  int before = errno;
  tell_forget();
  int result = start(o);
  if (result == 0) {
    started.owner = getpid();
    preload_watch();
  }
  errno = before;
  return result;
}

EXPORTED int bs_runtime_stop(void) {
  char message[64];
  *started.error = 0;
  if (started.control < 0 || started.owner != getpid()) return 0;
  int before = errno;
  preload_record_into(NULL);
  own_call(SYS_sendto, started.control, "Q", 1, MSG_NOSIGNAL, NULL, 0);
  long n = receive(message, sizeof message, STOP_MS);
  bool good = n > 0 && *message == ATTACH_DONE;
  if (!good) {
    fail(n < 0 ? "the recorder did not end in time" : "the recorder was ended", NULL);
    leave_memory();
  }
  close_fd(&started.control);
  close_fd(&started.offers);
  errno = before;
  return good ? 0 : -1;
}

EXPORTED const char *bs_runtime_error(void) { return started.error; }

EXPORTED void bs_runtime_counts(bs_counts *counts) {
  marks_process *p = &marks_of_process;
  *counts = (bs_counts){.iterations = atomic_load(&p->iterations),
                        .scopes = atomic_load(&p->scopes),
                        .expected = atomic_load(&p->expected),
                        .missed = atomic_load(&p->missed),
                        .longest_ns = atomic_load(&p->longest_ns)};
}

EXPORTED size_t bs_runtime_text(char *text, size_t size) {
  thread_self *self = bs_recorded() ? preload_watch() : NULL;
  if (size) *text = 0;
  return self ? ask(self, LAYOUT_ASK_LATEST, 0, text, size) : 0;
}
