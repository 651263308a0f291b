/* A program that is caught in well-known places: `target SCENARIO FD`. It says itself, by backtrace(3), where that is. */
#include "shared.h"

#include <alloca.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

static stacks_shared *shared;
static void (*at_end)(void);

/* As the hooks of the preload library do it: the caller's registers first, then on to the call. */
void publish_and_park(layout_registers *registers);
__asm__(
    ".text\n.globl publish_and_park\n.type publish_and_park, @function\npublish_and_park:\n.cfi_startproc\n"
    "lea 8(%rsp), %rax\nmov %rax, 0(%rdi)\nmov (%rsp), %rax\nmov %rax, 8(%rdi)\nmov %rbp, 16(%rdi)\nmov "
    "%rbx, 24(%rdi)\n"
    "mov %r12, 32(%rdi)\nmov %r13, 40(%rdi)\nmov %r14, 48(%rdi)\nmov %r15, 56(%rdi)\njmp park\n"
    ".cfi_endproc\n.size publish_and_park, .-publish_and_park\n");

void park(void);

/* backtrace's first frame is here, the second in the function that is caught. */
NOINLINE static void remember(void) {
  shared->expected_count = backtrace(shared->expected, EXPECTED_MAX);
  atomic_store(&shared->tid, (int)syscall(SYS_gettid)); /* and no tail call above */
}

static inline __attribute__((always_inline)) long raw_call(long number, long a, long b, long c, long d) {
  long result;
  register long r10 __asm__("r10") = d;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
                   : "rcx", "r11", "memory");
  return result;
}

NOINLINE void park(void) {
  remember();
  atomic_fetch_add(&shared->slot.call_sequence, 1);
  atomic_store(&shared->ready, 1);
  while (!atomic_load(&shared->go)) nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
  atomic_fetch_add(&shared->slot.call_sequence, 1);
}

NOINLINE static void parked(void) { publish_and_park(&shared->slot.registers); }

NOINLINE static void spinning(void) {
  remember();
  atomic_store(&shared->ready, 1);
  while (!atomic_load(&shared->go)) __asm__ volatile("" ::: "memory");
}

NOINLINE static void sleeping(void) {
  remember();
  atomic_store(&shared->ready, 1);
  while (!atomic_load(&shared->go)) {
    struct timespec length = {.tv_nsec = 50000000}, before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    if (raw_call(SYS_nanosleep, (long)&length, 0, 0, 0) != 0) atomic_fetch_add(&shared->interrupted, 1);
    clock_gettime(CLOCK_MONOTONIC, &after);
    if ((after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec < length.tv_nsec)
      atomic_fetch_add(&shared->interrupted, 1);
  }
}

NOINLINE static void in_epoll(void) {
  char event[64];
  long loop = raw_call(SYS_epoll_create1, 0, 0, 0, 0);
  remember();
  atomic_store(&shared->ready, 1);
  while (!atomic_load(&shared->go))
    if (raw_call(SYS_epoll_wait, loop, (long)event, 1, 50) == -EINTR)
      atomic_fetch_add(&shared->interrupted, 1);
}

/* The ways to the place. */

NOINLINE static int plain(int depth) {
  char room[100];
  memset(room, depth, sizeof room);
  if (depth > 0)
    plain(depth - 1);
  else
    at_end();
  __asm__ volatile("" ::"r"(room) : "memory");
  return room[depth % 100];
}

NOINLINE static void with_frame_pointer(int size) {
  char *room = alloca((size_t)size * 16);
  memset(room, size, (size_t)size * 16);
  plain(2);
  __asm__ volatile("" ::"r"(room) : "memory");
}

NOINLINE static void realigned(void) {
  _Alignas(64) char room[256];
  memset(room, 1, sizeof room);
  with_frame_pointer(room[3] + 20);
  __asm__ volatile("" ::"r"(room) : "memory");
}

static int compare(const void *a, const void *b) {
  static int calls;
  if (calls++ == 2) realigned();
  return *(const int *)a - *(const int *)b;
}

NOINLINE static void sorted(void) {
  int numbers[] = {5, 3, 9, 1, 7, 2};
  qsort(numbers, sizeof numbers / sizeof *numbers, sizeof *numbers, compare);
  __asm__ volatile("" ::"r"(numbers) : "memory");
}

static void handler(int signal) {
  (void)signal;
  sorted();
}

NOINLINE static void signalled(void) {
  static char room[64 * 1024];
  sigaltstack(&(stack_t){.ss_sp = room, .ss_size = sizeof room}, NULL);
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
  sigaction(SIGUSR1, &action, NULL);
  raise(SIGUSR1);
}

static void *on_thread(void *argument) {
  (void)argument;
  sorted();
  return NULL;
}

NOINLINE static void threaded(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, on_thread, NULL);
  pthread_join(thread, NULL);
}

/* Other libraries come and go meanwhile. */
static void *storm(void *argument) {
  (void)argument;
  while (!atomic_load(&shared->go)) {
    void *library = dlopen("libresolv.so.2", RTLD_NOW);
    if (library) dlclose(library);
  }
  return NULL;
}

NOINLINE static void stormed(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, storm, NULL);
  sorted();
  pthread_join(thread, NULL);
}

/* A filter that kills a thread whose call the kernel would continue by restart_syscall. */
NOINLINE static void filtered(void) {
  struct sock_filter lines[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_restart_syscall, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {sizeof lines / sizeof *lines, lines};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) _exit(77);
  sorted();
}

NOINLINE static void private_one(void) {
  prctl(PR_SET_DUMPABLE, 0);
  sorted();
}

static void deep(void) { plain(3000); }
static void deeper(void) { plain(10000); }

static const struct {
  const char *name;
  void (*way)(void), (*end)(void);
} scenarios[] = {
    {"parked-sorted", sorted, parked},       {"parked-signal", signalled, parked},
    {"parked-thread", threaded, parked},     {"parked-deep", deep, parked},
    {"parked-deeper", deeper, parked},       {"spin-sorted", sorted, spinning},
    {"spin-signal", signalled, spinning},    {"spin-thread", threaded, spinning},
    {"spin-deep", deep, spinning},           {"sleep-sorted", sorted, sleeping},
    {"sleep-thread", threaded, sleeping},    {"epoll-sorted", sorted, in_epoll},
    {"epoll-thread", threaded, in_epoll},    {"parked-storm", stormed, parked},
    {"spin-storm", stormed, spinning},       {"sleep-filtered", filtered, sleeping},
    {"parked-private", private_one, parked},
};

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  void *dummy[2];
  backtrace(dummy, 2); /* loads libgcc now */
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, atoi(argv[2]), 0);
  if (shared == MAP_FAILED) return 2;
  for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
    if (strcmp(argv[1], scenarios[i].name) != 0) continue;
    at_end = scenarios[i].end;
    scenarios[i].way();
    return 0;
  }
  return 2;
}
