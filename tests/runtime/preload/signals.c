/* Signals and descriptors under the library: which arrive, in which order, with which values and mask, what they interrupt and what
 * goes on after them; daemons; and what is closed by range. Its output is the same with and without a recorder. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAY(expression) \
  do { \
    errno = 0; \
    long value = (long)(expression); \
    int number = errno; \
    printf("%d %s = %ld, %s\n", __LINE__, #expression, value, value == -1 ? strerrorname_np(number) : "-"); \
  } while (0)

static volatile sig_atomic_t seen, values[16], on_other_stack;
static char other_stack[65536];

static void on_signal(int number, siginfo_t *info, void *context) {
  (void)context;
  char here;
  if (seen < 16) values[seen] = number * 1000 + info->si_value.sival_int;
  seen++;
  uintptr_t at = (uintptr_t)&here - (uintptr_t)other_stack;
  on_other_stack += at < sizeof other_stack;
  int saved = errno;
  close(-1); /* watched calls are allowed in handlers */
  write(-1, "", 0);
  errno = saved;
}

static void handle(int number, int flags) {
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | flags};
  sigaction(number, &action, NULL);
}

static void queued(void) {
  sigset_t set, before;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN);
  sigaddset(&set, SIGRTMIN + 1);
  handle(SIGRTMIN, 0);
  handle(SIGRTMIN + 1, 0);
  pthread_sigmask(SIG_BLOCK, &set, &before);
  for (int i = 0; i < 5; i++) sigqueue(getpid(), SIGRTMIN + i % 2, (union sigval){.sival_int = i});
  SAY(usleep(1000));
  SAY(seen);
  struct pollfd none = {.fd = -1};
  SAY(ppoll(&none, 1, &(struct timespec){.tv_sec = 30},
            &before)); /* what comes, in which order, is the kernel's */
  SAY(seen);
  for (int i = 0; i < seen; i++) printf("value %d\n", (int)values[i] - SIGRTMIN * 1000);
  pthread_sigmask(SIG_SETMASK, NULL, &before);
  SAY(sigismember(&before, SIGRTMIN));
  siginfo_t info;
  sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 77});
  SAY(sigwaitinfo(&set, &info) == SIGRTMIN);
  SAY(info.si_value.sival_int);
  int file = signalfd(-1, &set, SFD_CLOEXEC);
  struct signalfd_siginfo read_info = {0};
  sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 78});
  SAY(read(file, &read_info, sizeof read_info) == sizeof read_info);
  SAY(read_info.ssi_int);
  close(file);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

typedef struct partner {
  pthread_t of;
  int write_to;
} partner;

/* A signal first, then the byte. */
static void *disturb(void *argument) {
  const partner *p = argument;
  usleep(60000);
  pthread_kill(p->of, SIGUSR1);
  usleep(60000);
  if (write(p->write_to, "x", 1) != 1) abort();
  return NULL;
}

/* read() goes on after a handler that asks for it, and does not after another; waits never do. */
static void restarted(void) {
  static const int flags[] = {SA_RESTART, 0};
  for (int i = 0; i < 4; i++) {
    int ends[2], file = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    pthread_t thread;
    char byte;
    handle(SIGUSR1, flags[i % 2]);
    if (pipe(ends) != 0) abort();
    epoll_ctl(file, EPOLL_CTL_ADD, ends[0], &event);
    partner p = {pthread_self(), ends[1]};
    seen = 0;
    pthread_create(&thread, NULL, disturb, &p);
    if (i < 2)
      SAY(read(ends[0], &byte, 1));
    else
      SAY(epoll_wait(file, &event, 1, 30000));
    SAY(seen);
    pthread_join(thread, NULL);
    close(ends[0]);
    close(ends[1]);
    close(file);
  }
}

static void other_stacks(void) {
  stack_t stack = {.ss_sp = other_stack, .ss_size = sizeof other_stack}, none = {.ss_flags = SS_DISABLE};
  struct itimerval soon = {.it_value = {.tv_usec = 50000}};
  handle(SIGALRM, SA_ONSTACK | SA_RESETHAND);
  SAY(sigaltstack(&stack, NULL));
  seen = on_other_stack = 0;
  setitimer(ITIMER_REAL, &soon, NULL);
  SAY(poll(NULL, 0, 30000));
  SAY(seen);
  SAY(on_other_stack);
  SAY(sigaltstack(&none, NULL));
  struct sigaction now;
  sigaction(SIGALRM, NULL, &now);
  SAY(now.sa_handler == SIG_DFL);
}

/* A timer's ticks during a sleep are all there after it. */
static void timers(void) {
  uint64_t ticks = 0;
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  timerfd_settime(timer, 0, &(struct itimerspec){{.tv_nsec = 10000000}, {.tv_nsec = 10000000}}, NULL);
  SAY(usleep(105000));
  SAY(read(timer, &ticks, sizeof ticks));
  SAY(ticks >= 10);
  close(timer);
}

static void children(void) {
  int status;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    raise(SIGSTOP);
    usleep(1000);
    kill(getpid(), SIGKILL);
  }
  SAY(waitpid(child, &status, WUNTRACED) == child);
  SAY(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
  kill(child, SIGCONT);
  SAY(waitpid(child, &status, WCONTINUED) == child);
  SAY(WIFCONTINUED(status) != 0);
  SAY(waitpid(child, &status, 0) == child);
  SAY(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* daemon() as servers use it: the grandchild answers through a pipe. */
static void daemons(void) {
  int ends[2], status;
  char text[64] = "";
  if (pipe(ends) != 0) abort();
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    struct epoll_event event;
    if (daemon(0, 0) != 0) _exit(1);
    int file = epoll_create1(0), waits = 0;
    for (int i = 0; i < 4; i++) waits += epoll_wait(file, &event, 1, 1) == 0;
    usleep(20000);
    dprintf(ends[1], "%d waits, leader %d, in %s", waits, getsid(0) == getpid(), getcwd(text, sizeof text));
    _exit(0);
  }
  close(ends[1]);
  SAY(waitpid(child, &status, 0) == child);
  SAY(status);
  ssize_t length = read(ends[0], text, sizeof text - 1);
  text[length > 0 ? length : 0] = 0;
  printf("%s\n", text);
  SAY(read(ends[0], text, 1));
  close(ends[0]);
}

/* The recorder's descriptor is in nobody's way, marked or closed. */
static void ranges(void) {
  struct epoll_event event;
  SAY(close_range(3, ~0U, CLOSE_RANGE_CLOEXEC));
  SAY(close_range(3, ~0U, 0));
  int file = epoll_create1(EPOLL_CLOEXEC);
  SAY(file);
  SAY(fcntl(4, F_GETFD));
  for (int i = 0; i < 4; i++) SAY(epoll_wait(file, &event, 1, 1));
  SAY(usleep(20000));
  SAY(close(file));
}

static void (*const steps[])(void) = {queued, restarted, other_stacks, timers, children, daemons, ranges};

int main(void) {
  struct epoll_event event;
  int file = epoll_create1(EPOLL_CLOEXEC);
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  for (size_t i = 0; i < sizeof steps / sizeof *steps + 2; i++) {
    epoll_wait(file, &event, 1, 1);
    if (i >= 2) steps[i - 2]();
    fflush(stdout);
  }
  return 6;
}
