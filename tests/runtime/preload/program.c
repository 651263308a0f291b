/* program MODE: small event loops, each of which shows one thing to watched.c. The last line of a mode says what it must see. */
#include "blockscan/runtime.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* A loop's wait in one place, `count` times; `callback` runs between them. */
static __attribute__((noinline)) void run(int count, void (*callback)(int)) {
  struct epoll_event event;
  int file = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < count; i++) {
    epoll_wait(file, &event, 1, 1);
    callback(i);
  }
  epoll_wait(file, &event, 1, 0);
  close(file);
}

static void nothing(int i) { (void)i; }

static void naps(int i) {
  if (i % 5 == 4) usleep(60000);
}

static void nested_waits(int i) {
  struct pollfd none = {.fd = -1};
  if (i == 3) poll(&none, 1, 60);
  if (i == 4) poll(&none, 1, 0);
  if (i == 5) select(0, NULL, NULL, NULL, &(struct timeval){.tv_usec = 60000});
}

static int ends[2];
static void nonblocking_reads(int i) {
  char byte;
  (void)i;
  for (int n = 0; n < 200; n++)
    if (read(ends[0], &byte, 1) != -1) abort();
}

static void blocking_writes(int i) {
  char byte;
  (void)i;
  if (write(ends[1], "x", 1) != 1 || read(ends[0], &byte, 1) != 1) abort();
}

static void free_locks(int i) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  (void)i;
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
}

static void scopes(int i) {
  bs_scope outer, inner;
  bs_scope_begin(&outer, "outer", 500 * BS_MILLISECOND);
  bs_scope_begin(&inner, "inner", 20 * BS_MILLISECOND);
  if (i == 2) usleep(60000);
  bs_scope_end(&inner);
  bs_scope_end(&outer);
  bs_allow_begin();
  bs_allow_end();
}

static void forks(int i) {
  int status;
  if (i != 3) return;
  pid_t child = fork();
  if (child == 0) {
    run(10, naps);
    _exit(0);
  }
  waitpid(child, &status, 0);
}

static sigjmp_buf jump;
static void jump_out(int number) {
  (void)number;
  siglongjmp(jump, 1);
}
static void jumps(int i) {
  char byte;
  if (i % 2) return;
  signal(SIGALRM, jump_out);
  setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {.tv_usec = 20000}}, NULL);
  if (sigsetjmp(jump, 1) == 0 && read(ends[0], &byte, 1)) abort();
}

static void parks(int i) {
  if (i == 5) sleep(60);
}

/* A first loop, then another one deeper in the stack. */
static __attribute__((noinline)) void run_deeper(int count) {
  char room[1024];
  memset(room, count, sizeof room);
  run(count, naps);
  if (room[17] != (char)count) abort();
}

static void *in_thread(void *unused) {
  run(10, nothing);
  return unused;
}

static void threads(void) {
  pthread_t all[20];
  for (int i = 0; i < 20; i++) pthread_create(&all[i], NULL, in_thread, NULL);
  for (int i = 0; i < 20; i++) pthread_join(all[i], NULL);
}

static void many_threads(void) {
  for (int i = 0; i < 80; i++) threads();
}

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "";
  if (pipe(ends) != 0) return 2;
  if (!strcmp(mode, "naps")) run(10, naps);
  if (!strcmp(mode, "nested")) run(10, nested_waits);
  if (!strcmp(mode, "nonblocking")) {
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    run(10, nonblocking_reads);
  }
  if (!strcmp(mode, "blocking")) run(10, blocking_writes);
  if (!strcmp(mode, "locks")) run(10, free_locks);
  if (!strcmp(mode, "scopes")) run(10, scopes);
  if (!strcmp(mode, "forks")) run(10, forks);
  if (!strcmp(mode, "jumps")) run(10, jumps);
  if (!strcmp(mode, "parks")) run(10, parks);
  if (!strcmp(mode, "deeper")) {
    struct pollfd none = {.fd = -1};
    poll(&none, 1, 1);
    run_deeper(10);
  }
  if (!strcmp(mode, "threads")) threads();
  if (!strcmp(mode, "many-threads")) many_threads();
  return 0;
}
