/* A variable that one way of a condition stores twice and the other once holds any of the three behind it: what is done to it
 * there is done to all. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct handler {
  void (*call)(int);
  int fd;
};

static struct handler handlers[64];
static int client, other, with_flags, listening;
static char buffer[100];

static void on_client(int fd) {
  (void)fd;
  while (read(client, buffer, sizeof buffer) > 0) { // expect-none
  }
}

static void on_other(int fd) {
  (void)fd;
  while (read(other, buffer, sizeof buffer) > 0) { // expect: error network.read entries: on_other
  }
}

static int take(void) {
  int fd, closes_on_exec = with_flags;
  if (closes_on_exec) {
    fd = accept4(listening, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0 && errno == ENOSYS) {
      fd = accept(listening, 0, 0); // expect-none
      closes_on_exec = 0;
    }
  } else {
    fd = accept(listening, 0, 0); // expect-none
  }
  if (!closes_on_exec && fcntl(fd, F_SETFL, O_NONBLOCK) != 0) return -1;
  return fd;
}

static int take_as_it_is(void) {
  int fd;
  if (with_flags) {
    fd = accept4(listening, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0 && errno == ENOSYS) fd = accept(listening, 0, 0); // expect-none
  } else {
    fd = accept4(listening, 0, 0, SOCK_NONBLOCK);
  }
  return fd;
}

static void on_ready(int fd) {
  (void)fd;
  client = take();
  handlers[0] = (struct handler){on_client, client};
  other = take_as_it_is();
  handlers[1] = (struct handler){on_other, other};
}

int main(int count, char **words) {
  struct epoll_event events[8];
  int loop = epoll_create1(0);
  (void)words;
  with_flags = count;
  listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  handlers[2] = (struct handler){on_ready, listening};
  for (;;) {
    int n = epoll_wait(loop, events, 8, -1);
    for (int i = 0; i < n; i++) {
      struct handler *h = events[i].data.ptr;
      h->call(h->fd);
    }
  }
}
