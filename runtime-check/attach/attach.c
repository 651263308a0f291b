/* Which processes and threads are looked at, and when. */
#include "runtime-check/attach/attach.h"

#include "runtime-check/attach/thread.h"
#include "runtime-check/collect/metrics.h"
#include "runtime-check/collect/rotate.h"

#include "base/hash.h"
#include "base/strbuf.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define SETTLED_NS UINT64_C(2000000000) /* since the recording began */

enum {
  FIND_NS = 200000000, /* between two looks for threads that wait as loops do, and for processes */
  FIND_SOON_NS = 10000000, /* the same for threads in the beginning */
  FLUSH_NS = 1000000000,
  LEAVING_NS = 1000000000, /* for those that follow a thread, at the end */
  THREADS_MAX = 65536,
  STRANGERS_MAX = 65536,
};

typedef struct attached {
  recording *r;
  BS_VEC(sampled) threads;
  bs_map strangers; /* processes that are below none that is watched */
  uint64_t next_find, next_processes, next_flush;
  bool asked_to_end;
} attached;

static pid_t number_of(const char *name) {
  char *end;
  long number = strtol(name, &end, 10);
  return isdigit((unsigned char)*name) && !*end && number > 0 && number <= INT32_MAX ? (pid_t)number : 0;
}

/* ---- processes ---- */

static bool read_proc(pid_t pid, const char *name, bs_strbuf *out) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
  return bs_strbuf_read_file(out, path) == 0 && out->length;
}

static pid_t parent_of(pid_t pid) {
  bs_strbuf text = BS_STRBUF_INIT;
  int parent = 0;
  const char *after = read_proc(pid, "stat", &text) ? strrchr(text.text, ')') : NULL;
  if (!after || sscanf(after + 1, " %*c %d", &parent) != 1) parent = 0;
  bs_strbuf_fini(&text);
  return parent;
}

static bool has_comm(pid_t pid, const char *comm) {
  bs_strbuf text = BS_STRBUF_INIT;
  bool good = read_proc(pid, "comm", &text);
  size_t length = strcspn(good ? text.text : "", "\n");
  good = good && length == strlen(comm) && !strncmp(text.text, comm, length);
  bs_strbuf_fini(&text);
  return good;
}

static bool is_watched(const recording *r, pid_t pid) {
  for (uint32_t i = 0; i < r->processes.count; i++)
    if (r->processes.items[i].pid == pid && !r->processes.items[i].gone) return true;
  return false;
}

static bool is_below(const recording *r, pid_t pid) {
  for (int i = 0; i < 64 && pid > 1; i++) {
    pid = parent_of(pid);
    if (pid && is_watched(r, pid)) return true;
  }
  return false;
}

/* Each process that there is, and that `is_meant`; those that are watched already are not asked about, nor
 * the strangers, to which those that are not meant are added (NULL: all are asked about). */
static void add_processes(recording *r, bool is_meant(const recording *r, pid_t pid, const char *comm),
                          const char *comm, bs_map *strangers) {
  DIR *all = opendir("/proc");
  for (const struct dirent *e; all && (e = readdir(all));) {
    uint32_t unused;
    pid_t pid = number_of(e->d_name);
    if (!pid || pid == getpid() || is_watched(r, pid)) continue;
    if (strangers && bs_map_find(strangers, (uint64_t)pid, &unused)) continue;
    if (is_meant(r, pid, comm))
      recording_process(r, pid);
    else if (strangers)
      bs_map_add(strangers, (uint64_t)pid, 1, NULL);
  }
  if (all) closedir(all);
}

static bool is_descendant(const recording *r, pid_t pid, const char *comm) {
  (void)comm;
  return is_below(r, pid);
}

static bool is_named(const recording *r, pid_t pid, const char *comm) {
  (void)r;
  return has_comm(pid, comm);
}

/* Whether the kernel lets this process look at that one. */
static bool may_look(pid_t pid, bs_error *error) {
  looker files;
  look seen;
  bool open = looker_open(&files, pid, pid), good = open && looker_look(&files, &seen);
  int problem = errno;
  if (open) looker_close(&files);
  if (!good && (problem == EACCES || problem == EPERM))
    return bs_error_set(error,
                        "process %d may not be watched: that takes the rights of ptrace (the same user and "
                        "kernel.yama.ptrace_scope=0, or CAP_SYS_PTRACE)",
                        (int)pid);
  return good || bs_error_set(error, "process %d cannot be watched: %s", (int)pid, strerror(problem));
}

bool attach_find(recording *r, pid_t pid, const char *comm, bs_error *error) {
  if (pid) {
    if (kill(pid, 0) != 0 && errno == ESRCH) return bs_error_set(error, "there is no process %d", (int)pid);
    recording_process(r, pid);
  } else {
    add_processes(r, is_named, comm, NULL);
    if (!r->processes.count) return bs_error_set(error, "there is no process named '%s'", comm);
  }
  r->program = r->processes.items[0].pid;
  if (!may_look(r->program, error)) return false;
  if (r->options.follow) add_processes(r, is_descendant, NULL, NULL);
  return true;
}

/* ---- threads ---- */

static bool is_known(const attached *a, uint32_t process, pid_t tid) {
  for (uint32_t i = 0; i < a->threads.count; i++)
    if (a->threads.items[i].process == process && a->threads.items[i].tid == tid) return true;
  return false;
}

/* A thread that is in a call that loops wait in is looked at from now on. */
static void consider(attached *a, uint32_t process, pid_t tid) {
  looker files;
  look seen;
  wait_key key;
  pid_t pid = a->r->processes.items[process].pid;
  if (a->threads.count >= THREADS_MAX || is_known(a, process, tid) || !looker_open(&files, pid, tid)) return;
  if (!looker_look(&files, &seen) || seen.call < 0 ||
      !wait_key_of(seen.call, seen.arguments, seen.sp, &key)) {
    looker_close(&files);
    return;
  }
  sampled *s = bs_vec_push(&a->threads);
  s->tid = tid;
  s->process = process;
  s->loop = NO_INDEX;
  s->files = files;
}

static void find_threads(attached *a, uint32_t process) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", (int)a->r->processes.items[process].pid);
  DIR *tasks = opendir(path);
  if (!tasks) {
    a->r->processes.items[process].gone = errno == ENOENT;
    return;
  }
  for (const struct dirent *e; (e = readdir(tasks));) {
    pid_t tid = number_of(e->d_name);
    if (tid) consider(a, process, tid);
  }
  closedir(tasks);
}

static void find_all(attached *a, uint64_t now) {
  if (now < a->next_find) return;
  a->next_find = now + (now < a->r->started + SETTLED_NS ? FIND_SOON_NS : FIND_NS);
  if (a->r->options.follow && now >= a->next_processes) {
    a->next_processes = now + FIND_NS;
    if (a->strangers.count > STRANGERS_MAX) bs_map_fini(&a->strangers);
    add_processes(a->r, is_descendant, NULL, &a->strangers);
  }
  for (uint32_t i = 0; i < a->r->processes.count; i++)
    if (!a->r->processes.items[i].gone) find_threads(a, i);
}

static void look_at_all(attached *a) {
  for (uint32_t i = 0; i < a->threads.count;) {
    if (sampled_look(a->r, &a->threads.items[i])) {
      i++;
      continue;
    }
    sampled_end(a->r, &a->threads.items[i]);
    a->threads.items[i] = a->threads.items[--a->threads.count];
  }
}

/* ---- time ---- */

static bool anyone_left(const recording *r) {
  for (uint32_t i = 0; i < r->processes.count; i++)
    if (!r->processes.items[i].gone) return true;
  return false;
}

static void wait_until(attached *a, int signals, uint64_t then) {
  struct pollfd polled = {.fd = signals, .events = POLLIN};
  struct signalfd_siginfo info;
  uint64_t now = clock_now(), ns = then > now ? then - now : 0;
  const struct timespec timeout = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
  if (ppoll(&polled, 1, &timeout, NULL) <= 0) return;
  while (read(signals, &info, sizeof info) == (ssize_t)sizeof info)
    if (info.ssi_signo == SIGUSR1 && a->r->options.summary)
      a->r->options.summary(a->r, a->r->options.summary_to);
    else
      a->asked_to_end |= info.ssi_signo == SIGINT || info.ssi_signo == SIGTERM || info.ssi_signo == SIGHUP ||
                         info.ssi_signo == SIGQUIT;
}

static void flush(attached *a, uint64_t now) {
  if (now < a->next_flush) return;
  a->next_flush = now + FLUSH_NS;
  recording_flush(a->r);
  if (a->r->metrics) metrics_update(a->r->metrics, a->r, now);
  if (rotation_is_due(a->r, now)) {
    bs_error error = BS_ERROR_INIT;
    free(recording_rotate(a->r, &error)); /* open stalls are not in the recording yet */
    bs_error_fini(&error);
  }
  recording_fold(a->r);
}

void attach_watch(recording *r, int signals) {
  attached a = {.r = r, .next_processes = r->started + FIND_NS}; /* attach_find() has looked */
  const uint64_t end = r->options.duration_ns ? r->started + r->options.duration_ns : UINT64_MAX;
  uint64_t next = clock_now();
  prctl(PR_SET_TIMERSLACK, 1L);
  unsetenv("DEBUGINFOD_URLS"); /* elfutils would ask the network for symbols, and a period pass */
  int nice_before = precedence_take();
  for (uint64_t now = next; !a.asked_to_end && now < end && anyone_left(r); now = clock_now()) {
    find_all(&a, now);
    look_at_all(&a);
    flush(&a, now);
    next += r->period_ns;
    if (next < now) next = now + r->period_ns; /* what was missed is not made up for */
    wait_until(&a, signals, next < end ? next : end);
  }
  for (uint32_t i = 0; i < a.threads.count; i++) sampled_end(r, &a.threads.items[i]);
  pursuits_reap(clock_now() + LEAVING_NS);
  for (uint32_t i = 0; i < r->processes.count; i++)
    r->processes.items[i].was_ended |= !r->processes.items[i].gone;
  r->ended = clock_now();
  if (r->metrics) metrics_update(r->metrics, r, UINT64_MAX);
  metrics_free(r->metrics);
  r->metrics = NULL;
  precedence_drop(nice_before);
  bs_vec_fini(&a.threads);
  bs_map_fini(&a.strangers);
}
