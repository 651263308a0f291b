/* Loops that wait by reading a descriptor that brings events, and programs that read one elsewhere: what
 * tests/cli/record-reads.sh watches.
 *
 *   reads eventfd|eventfd_read|timerfd|signalfd|inotify|netlink
 * serves 12 events; the 8th holds the loop for 60 ms
 *   reads polls|first KIND
 * the same; the callback of each polls 5 ms in the loop's own function, or polls come before the loop
 *   reads within|behind
 * a loop around epoll_wait: its 8th callback reads an eventfd for 60 ms; it reads what woke it by a blocking
 * read reads once no loop around a wait: one read of an eventfd that has something
 */
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { SERVED = 12, HELD = 8 };
static const char *kind;
static int fd, answer;

static bool is(const char *name) { return !strcmp(kind, name); }

static void send_one(void) {
  if (is("signalfd")) kill(getpid(), SIGUSR1);
  if (is("inotify")) close(creat("watched", 0600));
  if (is("netlink")) {
    const struct sockaddr_nl group = {.nl_family = AF_NETLINK, .nl_groups = 1 << 7};
    int sender = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
    if (sendto(sender, "x", 1, 0, (const void *)&group, sizeof group) < 0) exit(77);
    close(sender);
  }
  if (!is("timerfd")) eventfd_write(fd, 1);
}

static void *send_all(void *unused) {
  for (int i = 0; i < 20 * SERVED; i++) {
    usleep(8000);
    send_one();
  }
  return unused;
}

static void *answer_late(void *unused) {
  usleep(60000);
  eventfd_write(answer, 1);
  return unused;
}

__attribute__((noinline)) static void handle(int number) {
  if (number == HELD) usleep(60000);
  __asm__("");
}

__attribute__((noinline)) static void ask(int number) {
  uint64_t counted;
  pthread_t other;
  if (number != HELD) return;
  pthread_create(&other, NULL, answer_late, NULL);
  if (read(answer, &counted, sizeof counted) < 0) exit(1);
  pthread_join(other, NULL);
  __asm__("");
}

static int open_one(void) {
  const struct itimerspec often = {{0, 8000000}, {0, 8000000}};
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  int it = -1;
  if (is("eventfd") || is("eventfd_read")) it = eventfd(0, EFD_CLOEXEC);
  if (is("timerfd")) timerfd_settime(it = timerfd_create(CLOCK_MONOTONIC, 0), 0, &often, NULL);
  if (is("signalfd")) {
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    it = signalfd(-1, &set, 0);
  }
  if (is("inotify")) inotify_add_watch(it = inotify_init1(IN_CLOEXEC), ".", IN_CLOSE_WRITE);
  if (is("netlink")) {
    const struct sockaddr_nl group = {.nl_family = AF_NETLINK, .nl_groups = 1 << 7};
    it = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
    if (bind(it, (const void *)&group, sizeof group) != 0) exit(77);
  }
  return it;
}

static void wait_shortly(void) {
  struct pollfd none = {-1, 0, 0};
  poll(&none, 1, 5);
}

static void serve(bool polls) {
  char buffer[4096];
  eventfd_t counted;
  struct pollfd none = {-1, 0, 0};
  for (int i = 1; i <= SERVED; i++) {
    if (is("eventfd_read"))
      eventfd_read(fd, &counted);
    else if (is("netlink"))
      recv(fd, buffer, sizeof buffer, 0);
    else if (read(fd, buffer, sizeof buffer) <= 0)
      exit(1);
    if (polls) poll(&none, 1, 5);
    handle(i);
  }
}

static void serve_set(void (*callback)(int)) {
  uint64_t counted;
  struct epoll_event e = {.events = EPOLLIN};
  int set = epoll_create1(0);
  epoll_ctl(set, EPOLL_CTL_ADD, fd, &e);
  for (int i = 1; i <= SERVED; i++)
    if (epoll_wait(set, &e, 1, -1) == 1 && read(fd, &counted, sizeof counted) > 0) callback(i);
}

int main(int count, char **arguments) {
  pthread_t sender;
  const char *way = arguments[1];
  kind = arguments[count - 1];
  if (!strcmp(way, "within") || !strcmp(way, "behind")) kind = "timerfd";
  if (!strcmp(way, "once")) kind = "eventfd";
  fd = open_one();
  answer = eventfd(0, 0);
  if (!strcmp(way, "once")) {
    uint64_t counted;
    eventfd_write(fd, 1);
    if (read(fd, &counted, sizeof counted) < 0) return 1;
    usleep(60000);
    return 0;
  }
  if (!strcmp(way, "first"))
    for (int i = 0; i < 3; i++) wait_shortly();
  pthread_create(&sender, NULL, send_all, NULL);
  if (!strcmp(way, "within"))
    serve_set(ask);
  else if (!strcmp(way, "behind"))
    serve_set(handle);
  else
    serve(!strcmp(way, "polls"));
  return 0;
}
