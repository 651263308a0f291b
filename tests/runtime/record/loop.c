/* A program with an event loop that is held in a chosen way: what tests/cli/record-*.sh record.
 *
 *   loop WAIT KIND MS [TIMES]
 *
 * WAIT: epoll, poll or select. In twenty iterations, 5 ms apart, the third one (and TIMES - 1 after it) calls on_tick, which is held for
 * MS milliseconds in the way of KIND; see `kinds`. Nothing is printed but errors. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long ms;
static volatile unsigned long sink;

__attribute__((noinline)) static void rest(long for_ms) {
  struct timespec t = {for_ms / 1000, for_ms % 1000 * 1000000};
  nanosleep(&t, NULL);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

__attribute__((noinline)) static void hold_nanosleep(void) { rest(ms); }

__attribute__((noinline)) static void hold_spin(void) {
  for (double end = now() + (double)ms; now() < end;)
    for (int i = 0; i < 1000; i++) sink += (unsigned long)i;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int locked[2];

static void *keep_mutex(void *unused) {
  (void)unused;
  pthread_mutex_lock(&mutex);
  if (write(locked[1], "", 1) != 1) abort();
  rest(ms);
  pthread_mutex_unlock(&mutex);
  return NULL;
}

__attribute__((noinline)) static void hold_mutex(void) {
  pthread_t thread;
  char byte;
  if (pipe(locked) != 0 || pthread_create(&thread, NULL, keep_mutex, NULL) != 0 ||
      read(locked[0], &byte, 1) != 1)
    abort();
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  pthread_join(thread, NULL);
}

static char lock_file[] = "lockXXXXXX";

static void *keep_lock(void *unused) {
  (void)unused;
  int fd = open(lock_file, O_RDWR);
  if (flock(fd, LOCK_EX) != 0 || write(locked[1], "", 1) != 1) abort();
  rest(ms);
  close(fd);
  return NULL;
}

/* Waits for a file as fsync does, for a time that the test decides. */
__attribute__((noinline)) static void hold_file(void) {
  pthread_t thread;
  char byte;
  int fd = mkstemp(lock_file);
  if (fd < 0 || pipe(locked) != 0 || pthread_create(&thread, NULL, keep_lock, NULL) != 0 ||
      read(locked[0], &byte, 1) != 1)
    abort();
  flock(fd, LOCK_EX);
  pthread_join(thread, NULL);
  unlink(lock_file);
  close(fd);
}

__attribute__((noinline)) static void hold_fsync(void) {
  FILE *file = tmpfile();
  for (int i = 0; i < 3; i++)
    if (!file || fsync(fileno(file)) != 0) abort();
  fclose(file);
}

__attribute__((noinline)) static void hold_twenty(void) {
  for (int i = 0; i < 20; i++) rest(ms);
}

__attribute__((noinline)) static void hold_none(void) { sink++; }

typedef struct kind {
  const char *name;
  void (*hold)(void);
} kind;
static const kind kinds[] = {
    {"nanosleep", hold_nanosleep}, {"spin", hold_spin},     {"mutex", hold_mutex}, {"file", hold_file},
    {"fsync", hold_fsync},         {"twenty", hold_twenty}, {"none", hold_none},
};

typedef struct ticker {
  void (*hold)(void);
  int from, times, callbacks;
} ticker;

__attribute__((noinline)) static void on_tick(const ticker *t, int iteration) {
  if (iteration >= t->from && iteration < t->from + t->times) t->hold();
  sink++;
}

static void wait_for(const char *how, int epoll, int timer) {
  struct epoll_event event;
  struct pollfd polled = {.fd = timer, .events = POLLIN};
  fd_set set;
  FD_ZERO(&set);
  FD_SET(timer, &set);
  if (how[0] == 'e') epoll_wait(epoll, &event, 1, -1);
  if (how[0] == 'p') poll(&polled, 1, -1);
  if (how[0] == 's') select(timer + 1, &set, NULL, NULL, NULL);
}

__attribute__((noinline)) static void run_loop(const char *how, const ticker *t) {
  int epoll = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct itimerspec each = {{0, 5000000}, {0, 5000000}};
  struct epoll_event event = {.events = EPOLLIN};
  if (timerfd_settime(timer, 0, &each, NULL) != 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event) != 0)
    abort();
  for (int i = 0; i < 20; i++) {
    uint64_t ticks;
    wait_for(how, epoll, timer);
    if (read(timer, &ticks, sizeof ticks) < 0) sink++;
    for (int k = 0; k < t->callbacks; k++) on_tick(t, i);
  }
  wait_for(how, epoll, timer);
  close(timer);
  close(epoll);
}

typedef struct job {
  const char *how;
  const ticker *ticker;
} job;

static void *run_thread(void *argument) {
  const job *j = argument;
  run_loop(j->how, j->ticker);
  return NULL;
}

static void run_threads(const job *j, int count) {
  pthread_t threads[256];
  for (int i = 0; i < count; i++)
    if (pthread_create(&threads[i], NULL, run_thread, (void *)j) != 0) abort();
  for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  ticker t = {hold_none, 2, argc > 4 ? atoi(argv[4]) : 1, 1};
  const char *name = argv[2];
  ms = atol(argv[3]);
  job j = {argv[1], &t};
  if (!strcmp(name, "noloop")) return rest(ms), 0;
  if (!strcmp(name, "exit7")) return 7;
  if (!strcmp(name, "first")) t.from = 0, name = "nanosleep";
  if (!strcmp(name, "ten")) t.callbacks = 10, name = "nanosleep";
  if (!strcmp(name, "children")) {
    for (int i = 0; i < 2; i++)
      if (fork() == 0) {
        t.hold = hold_nanosleep;
        run_loop(argv[1], &t);
        _exit(0);
      }
    run_loop(argv[1], &t);
    while (wait(NULL) > 0) {
    }
    return 0;
  }
  if (!strcmp(name, "threads")) {
    t.hold = hold_nanosleep;
    t.times = 1;
    return run_threads(&j, argc > 4 ? atoi(argv[4]) : 50), 0;
  }
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (!strcmp(kinds[i].name, name)) {
      t.hold = kinds[i].hold;
      run_loop(argv[1], &t);
      return 0;
    }
  fprintf(stderr, "no kind %s\n", name);
  return 2;
}
