/* Programs that are hard to record: what tests/cli/record-hard-*.sh run.
 *
 *   hard SCENE [NUMBER]
 *
 * storm N     N stalls of a millisecond, one after the other
 * overflow N  the same, while the recorder, which is the parent, is stopped
 * last        the last iteration is held for N ms, then the loop ends, and the program with it
 * private     held for N ms by a process that nobody may look into
 * filtered    held for N ms under a system call filter that knows no restart_syscall
 * deep        held for N ms below 10,000 calls of one function
 * altstack    held for N ms by a signal handler on a stack of 64 KB
 * deleted     held for N ms after the program's file is gone
 * jit         held for N ms by code made at run time, which /tmp/perf-PID.map names
 * daemon      held for N ms by a process that left its parent, its session and all descriptors but three
 * exit        computes for N ms and ends with code 7
 * libraries   held for N ms while another thread loads and unloads a library, over and over
 * late        held for N ms while the recorder is stopped, by a call that is made for the first time
 * again       the same, by one that was made before
 * leak        held for N ms, with a kilobyte of memory that is lost
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

static volatile unsigned sink;

NOINLINE static void rest(long us) {
  struct timespec t = {us / 1000000, us % 1000000 * 1000};
  while (nanosleep(&t, &t) != 0 && errno == EINTR) {
  }
}

/* A turn of the loop: the wait's place is one and the same. */
NOINLINE static void turn(void) {
  static int never = -1;
  if (never < 0) never = eventfd(0, EFD_CLOEXEC);
  struct pollfd watched = {.fd = never, .events = POLLIN};
  poll(&watched, 1, 0);
}

static void short_turns(int count) {
  for (int i = 0; i < count; i++) turn();
}

NOINLINE static void on_event(void (*held)(long), long number) {
  held(number);
  sink++;
}

static void run_loop(void (*held)(long), long number) {
  short_turns(20);
  on_event(held, number);
  short_turns(20);
}

NOINLINE static void hold(long ms) { rest(ms * 1000); }

/* The first twenty turns are short. */
static void storm(long count) {
  for (long i = -20; i < count; i++) {
    if (i >= 0) on_event(rest, 1050);
    turn();
  }
}

static void overflow(long count) {
  if (kill(getppid(), SIGSTOP) != 0) abort();
  storm(count);
  kill(getppid(), SIGCONT);
  rest(300000); /* what comes later finds room again */
  turn();
  on_event(hold, 50);
  short_turns(3);
}

/* The recorder has had the time to tell the thread where its stack lies. */
NOINLINE static void hold_unseen(long ms, bool was_called) {
  for (int i = 0; i < 60; i++) {
    rest(5000);
    turn();
  }
  if (was_called) on_event(hold, 1);
  turn();
  if (kill(getppid(), SIGSTOP) != 0) abort();
  on_event(hold, ms);
  turn();
  kill(getppid(), SIGCONT);
  short_turns(20);
}

static void late(long ms) { hold_unseen(ms, false); }
static void again(long ms) { hold_unseen(ms, true); }

/* It would wait again, were it not over. */
NOINLINE static void last(long ms) {
  for (volatile int left = 20; left > 0;) {
    turn();
    if (--left == 0) on_event(hold, ms);
  }
}

static void private(long ms) {
  if (prctl(PR_SET_DUMPABLE, 0L) != 0) abort();
  run_loop(hold, ms);
}

static void filtered(long ms) {
  struct sock_filter rules[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_restart_syscall, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    abort();
  run_loop(hold, ms);
}

NOINLINE static void descend(long ms, int depth) {
  volatile char frame[64] = {0};
  if (depth)
    descend(ms, depth - 1);
  else
    hold(ms);
  sink += (unsigned)frame[depth % 64];
}

NOINLINE static void hold_deep(long ms) { descend(ms, 10000); }

static long handler_ms;

static void on_signal(int number) {
  (void)number;
  hold(handler_ms);
}

NOINLINE static void hold_in_handler(long ms) {
  handler_ms = ms;
  stack_t alternate = {.ss_sp = malloc(65536), .ss_size = 65536};
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
  if (sigaltstack(&alternate, NULL) != 0 || sigaction(SIGUSR1, &action, NULL) != 0) abort();
  raise(SIGUSR1);
}

NOINLINE static void hold_deleted(long ms) {
  char path[4096];
  ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
  if (n < 0) abort();
  path[n] = 0;
  if (unlink(path) != 0) abort();
  hold(ms);
}

/* push rbp; mov rbp, rsp; mov rax, rsi; call rax; pop rbp; ret */
NOINLINE static void hold_jit(long ms) {
  static const unsigned char code[] = {0x55, 0x48, 0x89, 0xe5, 0x48, 0x89, 0xf0, 0xff, 0xd0, 0x5d, 0xc3};
  unsigned char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) abort();
  memcpy(page, code, sizeof code);
  if (mprotect(page, 4096, PROT_READ | PROT_EXEC) != 0) abort();
  char name[64];
  snprintf(name, sizeof name, "/tmp/perf-%d.map", (int)getpid());
  FILE *map = fopen(name, "w");
  if (!map || fprintf(map, "%lx %zx LazyCompile:*render app.js:7\n", (unsigned long)page, sizeof code) < 0)
    abort();
  fclose(map);
  ((void (*)(long, void (*)(long)))page)(ms, hold);
}

static void run_daemon(long ms) {
  if (fork() != 0) {
    wait(NULL);
    return;
  }
  setsid();
  if (fork() != 0) _exit(0);
  if (chdir("/") != 0) abort();
  for (int fd = 3; fd < 1024; fd++) close(fd);
  run_loop(hold, ms);
  _exit(0);
}

static volatile bool stop;

static void *load_libraries(void *unused) {
  (void)unused;
  while (!stop) {
    void *library = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);
    if (library) dlclose(library);
  }
  return NULL;
}

static void libraries(long ms) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, load_libraries, NULL) != 0) abort();
  for (int i = 0; i < 20; i++) run_loop(hold, ms);
  stop = true;
  pthread_join(thread, NULL);
}

NOINLINE static void spin(long ms) {
  struct timespec from, t;
  clock_gettime(CLOCK_MONOTONIC, &from);
  do {
    for (int i = 0; i < 1000; i++) sink++;
    clock_gettime(CLOCK_MONOTONIC, &t);
  } while ((t.tv_sec - from.tv_sec) * 1000 + (t.tv_nsec - from.tv_nsec) / 1000000 < ms);
}

static void spin_and_exit(long ms) {
  short_turns(20);
  on_event(spin, ms);
  _exit(7);
}

static void deep(long ms) { run_loop(hold_deep, ms); }
static void altstack(long ms) { run_loop(hold_in_handler, ms); }
static void deleted(long ms) { run_loop(hold_deleted, ms); }
static void jit(long ms) { run_loop(hold_jit, ms); }

static void leak(long ms) {
  char *volatile lost = malloc(1024);
  lost = NULL;
  run_loop(hold, ms);
  sink += lost != NULL;
}

static const struct scene {
  const char *name;
  void (*run)(long number);
} scenes[] = {
    {"storm", storm},       {"overflow", overflow}, {"last", last},           {"private", private},
    {"filtered", filtered}, {"deep", deep},         {"altstack", altstack},   {"jit", jit},
    {"deleted", deleted},   {"daemon", run_daemon}, {"libraries", libraries}, {"exit", spin_and_exit},
    {"leak", leak},         {"late", late},         {"again", again},
};

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
    if (strcmp(scenes[i].name, argv[1]) != 0) continue;
    scenes[i].run(atol(argv[2]));
    return 0;
  }
  fprintf(stderr, "no scene %s\n", argv[1]);
  return 2;
}
