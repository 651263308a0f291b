/* cases NAME: runs the callback of that name a few times on a libuv loop. The table is the list of cases. */
#define _GNU_SOURCE
#include "cases.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int file, empty[2], rounds, sink;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static plugin plugins[2];

static void sleep_here(uv_timer_t *timer) NONBLOCKING {
  (void)timer;
  usleep(60000);
}
static void sleep_not(uv_timer_t *timer) NONBLOCKING {
  (void)timer;
  sink++;
}

static void other_unit(uv_timer_t *timer) NONBLOCKING {
  (void)timer;
  save(file);
}
static void other_unit_not(uv_timer_t *timer) NONBLOCKING {
  (void)timer;
  sink = count(sink);
}

static void flush_to_disk(int fd) {
  if (fsync(fd) == 0) usleep(60000);
}
static void flush_nothing(int fd) { sink += fd; }
static void pointer(uv_timer_t *timer) NONBLOCKING {
  (void)timer;
  plugins[0].flush(file);
}

static void read_pipe(uv_timer_t *timer) NONBLOCKING { /* another process writes 60 ms later */
  char byte;
  (void)timer;
  int ends[2];
  if (pipe(ends) != 0) return;
  if (fork() == 0) {
    usleep(60000);
    _exit(write(ends[1], "x", 1) != 1);
  }
  sink += (int)read(ends[0], &byte, 1);
  close(ends[0]);
  close(ends[1]);
}
static void read_pipe_not(uv_timer_t *timer) NONBLOCKING { /* a descriptor that never waits */
  char byte;
  (void)timer;
  sink += (int)read(empty[0], &byte, 1);
}

static void resolve(uv_timer_t *timer) NONBLOCKING {
  struct addrinfo *found = NULL;
  (void)timer;
  if (getaddrinfo("localhost", "80", NULL, &found) == 0) freeaddrinfo(found);
  usleep(60000); /* as a name server that is far away */
}
static void work(uv_work_t *request) {
  struct addrinfo *found = NULL;
  (void)request;
  if (getaddrinfo("localhost", "80", NULL, &found) == 0) freeaddrinfo(found);
  usleep(60000);
}
static void resolve_not(uv_timer_t *timer) NONBLOCKING { /* a worker does it */
  static uv_work_t request;
  if (rounds == 1) uv_queue_work(timer->loop, &request, work, NULL);
}

static void *hold(void *unused) {
  pthread_mutex_lock(&mutex);
  usleep(80000);
  pthread_mutex_unlock(&mutex);
  return unused;
}
static void lock(uv_timer_t *timer) NONBLOCKING {
  pthread_t holder;
  (void)timer;
  if (pthread_create(&holder, NULL, hold, NULL) != 0) return;
  pthread_detach(holder);
  usleep(2000);
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
}
static void lock_not(uv_timer_t *timer) NONBLOCKING {
  (void)timer;
  if (pthread_mutex_trylock(&mutex) == 0) pthread_mutex_unlock(&mutex);
}

static void child(uv_timer_t *timer) NONBLOCKING {
  (void)timer;
  pid_t pid = fork();
  if (pid == 0) {
    usleep(60000);
    _exit(0);
  }
  waitpid(pid, NULL, 0);
}
static void child_not(uv_timer_t *timer) NONBLOCKING {
  (void)timer;
  sink += (int)waitpid(-1, NULL, WNOHANG);
}

static void compute(uv_timer_t *timer) NONBLOCKING {
  (void)timer;
  for (volatile long i = 0; i < 600000000; i++) sink ^= (int)i;
}
static void compute_not(uv_timer_t *timer) NONBLOCKING {
  (void)timer;
  for (volatile long i = 0; i < 600; i++) sink ^= (int)i;
}

static void rare(uv_timer_t *timer) NONBLOCKING { /* not taken in this run */
  (void)timer;
  if (rounds > 1000) sleep(5);
}

static const struct row {
  const char *name;
  uv_timer_cb callback;
} rows[] = {
    {"sleep", sleep_here},        {"sleep-not", sleep_not},
    {"other-unit", other_unit},   {"other-unit-not", other_unit_not},
    {"pointer", pointer},         {"pipe", read_pipe},
    {"pipe-not", read_pipe_not},  {"resolve", resolve},
    {"resolve-not", resolve_not}, {"lock", lock},
    {"lock-not", lock_not},       {"child", child},
    {"child-not", child_not},     {"compute", compute},
    {"compute-not", compute_not}, {"rare", rare},
};

static const struct row *chosen;
static void tick(uv_timer_t *timer) {
  rounds++;
  chosen->callback(timer);
  if (rounds == 3) uv_timer_stop(timer);
}

int main(int argc, char **argv) {
  uv_timer_t timer;
  char name[] = "/tmp/cases-XXXXXX";
  file = mkstemp(name);
  unlink(name);
  if (file < 0 || pipe2(empty, O_NONBLOCK) != 0) return 2;
  plugins[0].flush = flush_to_disk;
  plugins[1].flush = flush_nothing;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (argc == 2 && !strcmp(rows[i].name, argv[1])) chosen = &rows[i];
  if (!chosen) return 2;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, tick, 1, 5);
  uv_run(uv_default_loop(), UV_RUN_DEFAULT);
  return 0;
}
