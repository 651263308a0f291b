/* A program that may make few system calls: what tests/cli/record-sandbox.sh watches.
 *
 *   sandbox           a filter ends the process for any call but those of its loop; two callbacks sleep 60 ms
 *   sandbox seccomp   the filter is set by seccomp(2)
 *   sandbox break     in the end it makes a call that its filter forbids
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define ALLOW(number) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static int confine(int by_seccomp) {
  struct sock_filter rows[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      ALLOW(SYS_read),
      ALLOW(SYS_epoll_wait),
      ALLOW(SYS_clock_nanosleep),
      ALLOW(SYS_exit_group),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  struct sock_fprog filter = {sizeof rows / sizeof *rows, rows};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  if (by_seccomp) return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

__attribute__((noinline)) static void on_tick(int tick) {
  if (tick == 8 || tick == 16) usleep(60000);
  __asm__("");
}

int main(int count, char **arguments) {
  const char *kind = count > 1 ? arguments[1] : "";
  const struct itimerspec each = {{0, 5000000}, {0, 5000000}};
  struct epoll_event event = {.events = EPOLLIN};
  int set = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  timerfd_settime(timer, 0, &each, NULL);
  epoll_ctl(set, EPOLL_CTL_ADD, timer, &event);
  if (confine(!strcmp(kind, "seccomp")) != 0) return 77;
  for (int tick = 0; tick < 24;) {
    uint64_t times;
    if (epoll_wait(set, &event, 1, -1) == 1 && read(timer, &times, sizeof times) == sizeof times)
      on_tick(++tick);
  }
  if (!strcmp(kind, "break")) getppid();
  _exit(3);
}
