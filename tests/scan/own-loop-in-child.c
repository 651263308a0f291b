// A server that forks its workers: the loop runs in the child, and is one.
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

struct conn {
  int fd;
  void (*handler)(struct conn *conn);
};

static void on_request(struct conn *conn) {
  (void)conn;
  sleep(1); // expect: error sleep.sleep path: on_request loop: own
}

static void worker(void) {
  struct epoll_event events[16];
  struct conn conn = {0, on_request};
  int ep = epoll_create1(0);
  struct epoll_event add = {EPOLLIN, {.ptr = &conn}};
  epoll_ctl(ep, EPOLL_CTL_ADD, conn.fd, &add);
  sleep(2); // expect-none
  for (;;) {
    int n = epoll_wait(ep, events, 16, -1);
    for (int i = 0; i < n; i++) {
      struct conn *c = events[i].data.ptr;
      c->handler(c);
    }
  }
}

int main(void) {
  for (int i = 0; i < 4; i++) {
    pid_t pid = fork();
    if (pid == 0) worker();
  }
  while (wait(NULL) > 0) {} // expect-none
}
