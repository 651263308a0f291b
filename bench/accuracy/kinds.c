/* Ten ways to hold a thread, each in a function and on a line of its own, where no call is the last thing
 * that the function does (the compiler would leave the function before it). What ends a hold is another
 * thread or process that sleeps until the given time: the calls that wait here are really waiting for
 * somebody else. */
#include "kinds.h"
#include "plan.h"
#include "slow_file.h"

#ifdef HAVE_CURL
#include <curl/curl.h>
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Names the place, then evaluates: the two stand on one line. */
#define HERE(expression) (kinds_line = __LINE__, (expression))
#define NOINLINE __attribute__((noinline))

enum { PAGE = 4096, FRESH = 1 << 28 };

volatile int kinds_line;

static void sleep_until(uint64_t ns) {
  const struct timespec t = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {
  }
}

/* The helper: a thread that takes hold of something at once, or at the given time gives it. */
enum helper_work { TAKE_MUTEX, TAKE_FILE_LOCK, SET_FLAG, WRITE_PIPE, SIGNAL_CONDITION };

static struct {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  bool asked;
  enum helper_work work;
  uint64_t until;
} helper = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static pthread_mutex_t contended = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t condition_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static bool condition_holds;
static atomic_bool taken, flag;
static int pipe_ends[2], slow_file = -1, locked_file = -1, locked_again = -1;
static volatile unsigned long sink;

static void help(enum helper_work work, uint64_t until) {
  if (work == TAKE_MUTEX) pthread_mutex_lock(&contended);
  if (work == TAKE_FILE_LOCK) flock(locked_again, LOCK_EX);
  atomic_store(&taken, true);
  sleep_until(until);
  if (work == TAKE_MUTEX) pthread_mutex_unlock(&contended);
  if (work == TAKE_FILE_LOCK) flock(locked_again, LOCK_UN);
  if (work == SET_FLAG) atomic_store(&flag, true);
  if (work == WRITE_PIPE && write(pipe_ends[1], "", 1) != 1) abort();
  if (work != SIGNAL_CONDITION) return;
  pthread_mutex_lock(&condition_mutex);
  condition_holds = true;
  pthread_cond_signal(&condition);
  pthread_mutex_unlock(&condition_mutex);
}

static void help_once(void) {
  pthread_mutex_lock(&helper.mutex);
  while (!helper.asked) pthread_cond_wait(&helper.changed, &helper.mutex);
  helper.asked = false;
  enum helper_work work = helper.work;
  uint64_t until = helper.until;
  pthread_mutex_unlock(&helper.mutex);
  help(work, until);
}

static void *run_helper(void *unused) {
  prctl(PR_SET_TIMERSLACK, 1L);
  for (;;) help_once();
  return unused;
}

/* Returns when the helper has begun: it holds what it shall hold. */
static void ask_helper(enum helper_work work, uint64_t until) {
  atomic_store(&taken, false);
  pthread_mutex_lock(&helper.mutex);
  helper.work = work;
  helper.until = until;
  helper.asked = true;
  pthread_cond_signal(&helper.changed);
  pthread_mutex_unlock(&helper.mutex);
  while (!atomic_load(&taken)) sched_yield();
}

NOINLINE static void hold_nanosleep(uint64_t until) {
  uint64_t now = plan_clock(), ns = until > now ? until - now : 0;
  const struct timespec t = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
  if (HERE(nanosleep(&t, NULL)) != 0) abort();
}

NOINLINE static void hold_fsync(uint64_t until) {
  slow_file_until(until);
  if (HERE(fsync(slow_file)) != 0) abort();
}

NOINLINE static void hold_flock(uint64_t until) {
  ask_helper(TAKE_FILE_LOCK, until);
  HERE(flock(locked_file, LOCK_EX));
  flock(locked_file, LOCK_UN);
}

NOINLINE static void hold_mutex(uint64_t until) {
  ask_helper(TAKE_MUTEX, until);
  HERE(pthread_mutex_lock(&contended));
  pthread_mutex_unlock(&contended);
}

NOINLINE static void hold_spin(uint64_t until) {
  atomic_store(&flag, false);
  ask_helper(SET_FLAG, until);
  while (HERE(!atomic_load_explicit(&flag, memory_order_relaxed))) sink += 1;
}

/* Page faults: the kernel asks another thread for the page (userfaultfd), as it would ask a disk. */
static struct {
  int fd;
  char *page;
  _Atomic uint64_t until;
} fault = {.fd = -1};

static void *run_pager(void *unused) {
  struct uffd_msg message;
  (void)unused;
  prctl(PR_SET_TIMERSLACK, 1L);
  while (read(fault.fd, &message, sizeof message) == sizeof message) {
    if (message.event != UFFD_EVENT_PAGEFAULT) continue;
    sleep_until(atomic_load(&fault.until));
    struct uffdio_zeropage zero = {.range = {(uintptr_t)fault.page, PAGE}};
    ioctl(fault.fd, UFFDIO_ZEROPAGE, &zero);
  }
  return NULL;
}

static bool make_pager(void) {
  pthread_t thread;
  struct uffdio_api api = {.api = UFFD_API};
  fault.fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
  if (fault.fd < 0 || ioctl(fault.fd, UFFDIO_API, &api) != 0) return false;
  fault.page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (fault.page == MAP_FAILED) return false;
  struct uffdio_register area = {.range = {(uintptr_t)fault.page, PAGE},
                                 .mode = UFFDIO_REGISTER_MODE_MISSING};
  return ioctl(fault.fd, UFFDIO_REGISTER, &area) == 0 && pthread_create(&thread, NULL, run_pager, NULL) == 0;
}

static void drop_page(void) { madvise(fault.page, PAGE, MADV_DONTNEED); }

NOINLINE static void hold_fault(uint64_t until) {
  atomic_store(&fault.until, until);
  sink += (unsigned char)HERE(*(volatile char *)fault.page);
}

/* Without userfaultfd: fresh memory is touched until the time is over. */
static char *fresh;

static void drop_fresh(void) { madvise(fresh, FRESH, MADV_DONTNEED); }

NOINLINE static void hold_fresh(uint64_t until) {
  atomic_store(&flag, false);
  ask_helper(SET_FLAG, until);
  for (size_t i = 0; HERE(!atomic_load_explicit(&flag, memory_order_relaxed)); i += PAGE) fresh[i % FRESH]++;
}

NOINLINE static void hold_pipe(uint64_t until) {
  char byte;
  ask_helper(WRITE_PIPE, until);
  if (HERE(read(pipe_ends[0], &byte, 1)) != 1) abort();
}

NOINLINE static void hold_condition(uint64_t until) {
  pthread_mutex_lock(&condition_mutex);
  condition_holds = false;
  ask_helper(SIGNAL_CONDITION, until);
  while (!condition_holds) HERE(pthread_cond_wait(&condition, &condition_mutex));
  pthread_mutex_unlock(&condition_mutex);
}

NOINLINE static void hold_child(uint64_t until) {
  pid_t child = fork();
  if (child == 0) {
    sleep_until(until);
    _exit(0);
  }
  if (HERE(waitpid(child, NULL, 0)) != child) abort();
}

/* A wait for one descriptor, as synchronous clients make it: less deep in the stack than many a loop's own
 * wait. */
NOINLINE static void hold_poll(uint64_t until) {
  char byte;
  struct pollfd answer = {.fd = pipe_ends[0], .events = POLLIN};
  ask_helper(WRITE_PIPE, until);
  if (HERE(poll(&answer, 1, -1)) != 1 || read(pipe_ends[0], &byte, 1) != 1) abort();
}

#ifdef HAVE_CURL
/* A server that answers each request at the given time. */
static struct {
  int fd;
  char url[64];
  _Atomic uint64_t until;
} server = {.fd = -1};

static void *serve(void *unused) {
  static const char answer[] = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok";
  char request[4096];
  prctl(PR_SET_TIMERSLACK, 1L);
  for (;;) {
    int client = accept4(server.fd, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0) return unused;
    if (read(client, request, sizeof request) > 0) {
      sleep_until(atomic_load(&server.until));
      if (write(client, answer, sizeof answer - 1) < 0) return unused;
    }
    close(client);
  }
}

static bool make_server(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof at;
  pthread_t thread;
  server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (server.fd < 0 || bind(server.fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(server.fd, 8) != 0 ||
      getsockname(server.fd, (struct sockaddr *)&at, &length) != 0)
    return false;
  snprintf(server.url, sizeof server.url, "http://127.0.0.1:%u/", (unsigned)ntohs(at.sin_port));
  return curl_global_init(CURL_GLOBAL_DEFAULT) == 0 && pthread_create(&thread, NULL, serve, NULL) == 0;
}

static size_t drop_answer(char *bytes, size_t size, size_t count, void *unused) {
  (void)bytes, (void)unused;
  return size * count;
}

NOINLINE static void hold_curl(uint64_t until) {
  CURL *request = curl_easy_init();
  atomic_store(&server.until, until);
  curl_easy_setopt(request, CURLOPT_URL, server.url);
  curl_easy_setopt(request, CURLOPT_WRITEFUNCTION, drop_answer);
  curl_easy_setopt(request, CURLOPT_PROXY, "");
  if (HERE(curl_easy_perform(request)) != CURLE_OK) abort();
  curl_easy_cleanup(request);
}
#endif

kind kinds[KINDS] = {
    {"nanosleep", NULL, hold_nanosleep, ""},
    {"file", NULL, hold_fsync, ""},
    {"mutex", NULL, hold_mutex, ""},
    {"spin", NULL, hold_spin, ""},
    {"page-fault", drop_page, hold_fault, ""},
    {"pipe", NULL, hold_pipe, ""},
    {"condvar", NULL, hold_condition, ""},
    {"child", NULL, hold_child, ""},
    {"poll-timer", NULL, hold_poll, ""},
    {"curl", NULL, hold_poll, "poll, in place of curl_easy_perform"},
};
enum { FILE_WAIT = 1, PAGE_FAULT = 4, CURL_REQUEST = 9 };

static void use_file_lock(void) {
  char path[] = "/tmp/accuracy.XXXXXX";
  locked_file = mkstemp(path);
  locked_again = open(path, O_RDWR | O_CLOEXEC);
  unlink(path);
  kinds[FILE_WAIT] = (kind){"file", NULL, hold_flock, "flock held by another, in place of fsync"};
}

static void use_fresh_memory(void) {
  fresh = mmap(NULL, FRESH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (fresh == MAP_FAILED) abort();
  madvise(fresh, FRESH, MADV_NOHUGEPAGE);
  kinds[PAGE_FAULT] =
      (kind){"page-fault", drop_fresh, hold_fresh, "fresh memory touched, in place of userfaultfd"};
}

void kinds_init(void) {
  pthread_t thread;
  slow_file = slow_file_open();
  if (slow_file < 0) use_file_lock();
  if (!make_pager()) use_fresh_memory();
#ifdef HAVE_CURL
  if (make_server()) kinds[CURL_REQUEST] = (kind){"curl", NULL, hold_curl, ""};
#endif
  if (pipe(pipe_ends) != 0 || pthread_create(&thread, NULL, run_helper, NULL) != 0) abort();
}
