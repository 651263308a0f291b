/* A loop of its own on epoll: a request is written to a store and its host is looked up, both on the loop. */
#include "app/request.h"

#include <sys/epoll.h>
#include <unistd.h>

struct source {
  int fd;
  void (*ready)(struct source *);
};

static void on_request(struct source *source) {
  char line[256];
  ssize_t length = read(source->fd, line, sizeof line - 1);
  if (length <= 0) return;
  line[length] = 0;
  request_handle(line);
}

int main(void) {
  static struct source input = {STDIN_FILENO, on_request};
  int poll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = &input};
  if (poll < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, input.fd, &event) != 0) return 1;
  for (;;) {
    struct epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) {
      struct source *source = events[i].data.ptr;
      source->ready(source);
    }
  }
}
