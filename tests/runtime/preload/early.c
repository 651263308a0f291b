/* Calls before main, after it, and from an allocator of the program's own: what transparent.c cannot have in one program with the rest.
 *
 * The allocator asks dlsym for the C library's functions, as heap profilers do, and dlsym may call calloc. The first calls that the
 * library watches come before its own constructor ran. */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char pool[1 << 16];
static _Atomic size_t pool_used;
static _Atomic unsigned long allocations;
static void *(*_Atomic libc_malloc)(size_t);
static void *(*_Atomic libc_calloc)(size_t, size_t);
static void *(*_Atomic libc_realloc)(void *, size_t);
static void (*_Atomic libc_free)(void *);
static _Thread_local bool asking;

static bool in_pool(const void *p) { return (uintptr_t)p - (uintptr_t)pool < sizeof pool; }

static void *from_pool(size_t size) {
  size_t at = atomic_fetch_add(&pool_used, (size + 15) / 16 * 16);
  if (at + size > sizeof pool) abort();
  return pool + at;
}

/* False while dlsym itself allocates. */
static bool ready(void) {
  if (asking) return false;
  if (libc_free) return true;
  asking = true;
  libc_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  libc_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
  libc_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
  libc_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
  asking = false;
  return true;
}

void *malloc(size_t size) {
  allocations++;
  return ready() ? libc_malloc(size) : from_pool(size);
}
void *calloc(size_t count, size_t size) {
  allocations++;
  return ready() ? libc_calloc(count, size) : from_pool(count * size);
}
void *realloc(void *p, size_t size) {
  if (!in_pool(p)) return ready() ? libc_realloc(p, size) : from_pool(size);
  void *other = malloc(size);
  if (other)
    memcpy(other, p,
           size < (size_t)(pool + sizeof pool - (char *)p) ? size : (size_t)(pool + sizeof pool - (char *)p));
  return other;
}
void free(void *p) {
  if (p && !in_pool(p) && ready()) libc_free(p);
}

static void say(const char *what, long value) {
  char line[128];
  int number = value == -1 ? errno : 0,
      length = snprintf(line, sizeof line, "%s = %ld, %d\n", what, value, number);
  if (write(STDOUT_FILENO, line, (size_t)length) != length) abort();
}

/* A loop, a call that waits, one that fails, and a lock. */
static void work(const char *when) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  struct epoll_event event;
  int file = epoll_create1(EPOLL_CLOEXEC);
  char byte;
  say(when, file >= 0);
  for (int i = 0; i < 4; i++) say("epoll_wait", epoll_wait(file, &event, 1, 1));
  errno = 0;
  say("read", read(-1, &byte, 1));
  say("nanosleep", nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL));
  say("lock", pthread_mutex_lock(&mutex) + pthread_mutex_unlock(&mutex));
  say("close", close(file));
}

static void before_all(void) { work("preinit"); }
__attribute__((section(".preinit_array"), used)) static void (*const preinit)(void) = before_all;
__attribute__((constructor)) static void before_main(void) { work("constructor"); }
__attribute__((destructor)) static void after_main(void) { work("destructor"); }
static void at_exit(void) { work("atexit"); }

static pthread_key_t key;
static void at_thread_end(void *value) {
  work("destructor of a thread's value");
  if (value == &key) pthread_setspecific(key, &pool); /* and once more */
}
static void *thread(void *unused) {
  pthread_setspecific(key, &key);
  work("thread");
  return unused;
}

static void in_child(void) { work("atfork"); }

int main(int argc, char **argv) {
  pthread_t other;
  int status = 0;
  if (argc > 1) return work("again"), 3;
  atexit(at_exit);
  pthread_atfork(NULL, NULL, in_child);
  pthread_key_create(&key, at_thread_end);
  work("main");
  pthread_create(&other, NULL, thread, NULL);
  pthread_join(other, NULL);
  pid_t child = fork();
  if (child == 0) execl(argv[0], argv[0], "again", (char *)NULL);
  say("waitpid", waitpid(child, &status, 0) == child);
  say("status", WEXITSTATUS(status));
  say("allocated", allocations > 0);
  return 4;
}
