/* The parent polls its workers' pipes, forks a new one for each that is lost, and puts limits on all. */
#include "analyzer/frontend/workers.h"

#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STACK_BYTES = 64 << 20, NO_DEADLINE = -1, TICK = 1000 };

/* What a worker writes before a reply. */
typedef struct reply_head {
  uint64_t length;
  uint64_t grown; /* bytes that the worker uses more than when it was born: what it shares with the parent is
                     not its own */
} reply_head;

typedef struct worker {
  pid_t pid; /* 0: none */
  int socket;
  bool busy, timed_out;
  uint32_t task;
  int64_t deadline; /* milliseconds of the monotonic clock: when the worker's own time is looked at */
  int64_t began, spent; /* when the task began, by that clock and by the worker's CPU time */
  bs_strbuf input;
} worker;

typedef struct running {
  const worker_pool *pool;
  const uint32_t *tasks;
  uint32_t next, count;
  worker *workers;
  unsigned nworkers;
  int signals;
  sigset_t old_mask;
  bool interrupted;
  bool has_idle_work;
} running;

static int64_t now_milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* CPU time of a worker in milliseconds; -1 when it is gone. */
static int64_t spent_milliseconds(const worker *w) {
  clockid_t clock;
  struct timespec t;
  if (clock_getcpuclockid(w->pid, &clock) != 0 || clock_gettime(clock, &t) != 0) return -1;
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* In the worker. */

static bool write_all(int fd, const void *bytes, size_t length) {
  const char *at = bytes;
  while (length) {
    /* blockscan: ignore[network.send] -- a task is four bytes, to a worker that has read the one before */
    ssize_t n = send(fd, at, length, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    length -= (size_t)n;
  }
  return true;
}

static bool read_all(int fd, void *bytes, size_t length) {
  char *at = bytes;
  while (length) {
    ssize_t n = read(fd, at, length);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    length -= (size_t)n;
  }
  return true;
}

static uint64_t resident_bytes(void) {
  FILE *file = fopen("/proc/self/statm", "re");
  unsigned long pages = 0;
  if (file && fscanf(file, "%*u %lu", &pages) != 1) pages = 0;
  if (file) fclose(file);
  return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void lower_limit(int resource, rlim_t value) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max != RLIM_INFINITY && value > limit.rlim_max ? limit.rlim_max : value;
  setrlimit(resource, &limit);
}

static void limit_worker(const worker_pool *pool) {
  lower_limit(RLIMIT_CORE, 0);
  lower_limit(RLIMIT_STACK,
              STACK_BYTES); /* the kernel looks at it when the stack grows: no thread is needed */
  if (pool->megabytes) bs_mem_limit(pool->megabytes);
  if (pool->show_stderr) return;
  int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null >= 0) dup2(null, STDERR_FILENO);
}

static void serve(const worker_pool *pool, int fd) {
  bs_strbuf reply = BS_STRBUF_INIT;
  uint32_t task;
  uint64_t born = pool->recycle_megabytes ? resident_bytes() : 0, now = 0;
  while (read_all(fd, &task, sizeof task)) {
    bs_strbuf_clear(&reply);
    pool->work(pool->context, task, &reply);
    if (pool->recycle_megabytes) now = resident_bytes();
    reply_head head = {reply.length, now > born ? now - born : 0};
    if (!write_all(fd, &head, sizeof head) || !write_all(fd, reply.text, reply.length)) break;
  }
  bs_strbuf_fini(&reply);
}

static _Noreturn void worker_main(running *r, int fd, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1); /* it died in between */
  signal(SIGINT, SIG_IGN); /* the terminal sends it to all of us; the parent decides */
  sigprocmask(SIG_SETMASK, &r->old_mask, NULL);
  for (unsigned i = 0; i < r->nworkers; i++)
    if (r->workers[i].pid) close(r->workers[i].socket);
  close(r->signals);
  limit_worker(r->pool);
  if (r->pool->prepare) r->pool->prepare(r->pool->context);
  serve(r->pool, fd);
  _exit(0); /* the buffers and locks that were inherited are the parent's */
}

/* In the parent. */

static bool start_worker(running *r, worker *w) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return false;
  fflush(NULL);
  pid_t parent = getpid(), pid = fork();
  if (pid == 0) {
    close(pair[0]);
    worker_main(r, pair[1], parent);
  }
  int saved = errno;
  close(pair[1]);
  if (pid < 0) {
    close(pair[0]);
    errno = saved;
    return false;
  }
  *w = (worker){.pid = pid, .socket = pair[0], .input = BS_STRBUF_INIT};
  return true;
}

/* Ends a worker; returns its wait status and the most memory it used, in bytes. */
static int stop_worker(worker *w, bool kill_it, uint64_t *peak) {
  int status = 0;
  struct rusage usage = {0};
  close(w->socket);
  if (kill_it) kill(w->pid, SIGKILL);
  /* blockscan: ignore[process.wait4] -- it was killed, or ends because its socket is closed */
  while (wait4(w->pid, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  if (peak) *peak = (uint64_t)usage.ru_maxrss * 1024;
  bs_strbuf_fini(&w->input);
  *w = (worker){.input = BS_STRBUF_INIT};
  return status;
}

static void judge(const worker_pool *pool, int status, uint64_t peak, worker_result *result) {
  enum { EXIT_NO_MEMORY = 2 }; /* base/mem.c */
  bool large = pool->megabytes && peak >= ((uint64_t)pool->megabytes << 20) / 3;
  if (WIFSIGNALED(status)) {
    result->outcome = WTERMSIG(status) == SIGABRT && large ? WORKER_OUT_OF_MEMORY : WORKER_CRASHED;
    result->detail = WTERMSIG(status);
  } else {
    result->outcome = WEXITSTATUS(status) == EXIT_NO_MEMORY ? WORKER_OUT_OF_MEMORY : WORKER_EXITED;
    result->detail = WEXITSTATUS(status);
  }
}

/* The worker is gone, or has to go: its task is lost. */
static void lose(running *r, worker *w) {
  worker_result result = {.task = w->task};
  bool busy = w->busy, timed_out = w->timed_out;
  uint64_t peak;
  int status = stop_worker(w, timed_out, &peak);
  judge(r->pool, status, peak, &result);
  if (timed_out) result.outcome = WORKER_TIMED_OUT;
  if (busy) r->pool->done(r->pool->context, &result);
}

static void hand_out(running *r, worker *w) {
  w->task = r->tasks[r->next++];
  w->busy = true;
  w->began = now_milliseconds();
  w->spent = spent_milliseconds(w);
  w->deadline = r->pool->seconds ? w->began + (int64_t)r->pool->seconds * 1000 : NO_DEADLINE;
  bs_strbuf_clear(&w->input);
  if (r->pool->started) r->pool->started(r->pool->context, w->task);
  if (!write_all(w->socket, &w->task, sizeof w->task)) lose(r, w);
}

static void finish(running *r, worker *w, const reply_head *head) {
  worker_result result = {.task = w->task, .bytes = w->input.text + sizeof *head, .length = head->length};
  w->busy = false;
  r->pool->done(r->pool->context, &result);
  uint64_t limit = (uint64_t)r->pool->recycle_megabytes << 20;
  if (limit && head->grown > limit) stop_worker(w, false, NULL);
}

static void take_input(running *r, worker *w) {
  enum { CHUNK = 256 * 1024 };
  bs_strbuf_reserve(&w->input, CHUNK);
  ssize_t n =
      recv(w->socket, w->input.text + w->input.length, w->input.capacity - w->input.length - 1, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    lose(r, w);
    return;
  }
  w->input.length += (size_t)n;
  reply_head head;
  if (w->input.length < sizeof head) return;
  memcpy(&head, w->input.text, sizeof head);
  if (w->busy && w->input.length >= sizeof head + head.length) finish(r, w, &head);
}

/* Gives each idle worker a task, and starts workers while there are tasks for them. False when there is no
 * worker. */
static bool employ(running *r, bs_error *error) {
  bool some = false, failed = false;
  for (unsigned i = 0; i < r->nworkers; i++) {
    worker *w = &r->workers[i];
    while (r->next < r->count && !w->busy) {
      failed = !w->pid && !start_worker(r, w);
      if (failed) break;
      hand_out(r, w);
    }
    some |= w->pid != 0;
  }
  return some || !failed || bs_error_set(error, "cannot start a worker process: %s", strerror(errno));
}

static int poll_timeout(const running *r) {
  int64_t first = INT64_MAX;
  for (unsigned i = 0; i < r->nworkers; i++)
    if (r->workers[i].busy && r->workers[i].deadline != NO_DEADLINE && r->workers[i].deadline < first)
      first = r->workers[i].deadline;
  if (first == INT64_MAX) return -1;
  int64_t left = first - now_milliseconds() + 1;
  return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

/* A busy machine takes no unit's time: what counts is the worker's. One that waits for something that does
 * not come spends none, and is ended after several times as long. */
static bool has_time_left(running *r, worker *w, int64_t now) {
  enum { WAITS = 10, SOON = 50 };
  int64_t limit = (int64_t)r->pool->seconds * 1000, spent = spent_milliseconds(w);
  if (spent < 0 || w->spent < 0 || now - w->began >= WAITS * limit) return false;
  int64_t left = limit - (spent - w->spent);
  if (left <= 0) return false;
  w->deadline = now + (left < SOON ? SOON : left);
  return true;
}

static void end_late_ones(running *r) {
  int64_t now = now_milliseconds();
  for (unsigned i = 0; i < r->nworkers; i++) {
    worker *w = &r->workers[i];
    if (!w->busy || w->deadline == NO_DEADLINE || now < w->deadline) continue;
    if (has_time_left(r, w, now)) continue;
    w->timed_out = true;
    lose(r, w);
  }
}

/* Waits for the next thing to happen and deals with it. */
static void turn(running *r, struct pollfd *polled) {
  for (unsigned i = 0; i < r->nworkers; i++)
    polled[i] = (struct pollfd){.fd = r->workers[i].pid ? r->workers[i].socket : -1, .events = POLLIN};
  polled[r->nworkers] = (struct pollfd){.fd = r->signals, .events = POLLIN};
  int timeout = poll_timeout(r);
  if (r->pool->tick && (timeout < 0 || timeout > TICK)) timeout = TICK;
  int count = poll(polled, r->nworkers + 1, r->has_idle_work ? 0 : timeout);
  if (r->pool->tick) r->pool->tick(r->pool->context);
  if (count < 0) return;
  if (count == 0 && r->has_idle_work) r->has_idle_work = r->pool->idle(r->pool->context);
  struct signalfd_siginfo info;
  if (polled[r->nworkers].revents && read(r->signals, &info, sizeof info) > 0) r->interrupted = true;
  for (unsigned i = 0; i < r->nworkers; i++)
    if (polled[i].revents) take_input(r, &r->workers[i]);
  end_late_ones(r);
}

static bool is_busy(const running *r) {
  for (unsigned i = 0; i < r->nworkers; i++)
    if (r->workers[i].busy) return true;
  return false;
}

static void catch_signals(running *r) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigprocmask(SIG_BLOCK, &set, &r->old_mask);
  r->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool workers_run(const worker_pool *pool, const uint32_t *tasks, uint32_t count, bool *interrupted,
                 bs_error *error) {
  running r = {.pool = pool, .tasks = tasks, .count = count, .has_idle_work = pool->idle != NULL};
  bool ok = true;
  r.nworkers = pool->jobs < 1 ? 1 : pool->jobs;
  if (r.nworkers > count) r.nworkers = count;
  r.workers = bs_calloc(r.nworkers, sizeof *r.workers);
  struct pollfd *polled = bs_calloc(r.nworkers + (size_t)1, sizeof *polled);
  for (unsigned i = 0; i < r.nworkers; i++) r.workers[i].input = (bs_strbuf)BS_STRBUF_INIT;
  catch_signals(&r);
  while (ok && !r.interrupted) {
    ok = employ(&r, error);
    if (r.next >= count && !is_busy(&r)) break;
    if (ok) turn(&r, polled);
  }
  for (unsigned i = 0; i < r.nworkers; i++)
    if (r.workers[i].pid) stop_worker(&r.workers[i], true, NULL);
  close(r.signals);
  sigprocmask(SIG_SETMASK, &r.old_mask, NULL);
  *interrupted = r.interrupted;
  free(polled);
  free(r.workers);
  return ok;
}
