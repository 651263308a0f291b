// A few bytes into a pipe that a loop of the program empties are a note; many, or into another's pipe, are not.
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct watch {
  void (*on)(struct watch *w);
  int fd;
};

static int wake[2], child[2];
static char block[65536];

static void on_wake(struct watch *w) {
  char c[16];
  (void)w;
  if (read(wake[0], c, sizeof c) < 1) return;
}

static void on_data(struct watch *w) {
  char c = 1;
  (void)w;
  write(wake[1], &c, 1);               // expect: note network.own-pipe
  write(wake[1], &c, sizeof c);        // expect: note network.own-pipe
  write(wake[1], block, sizeof block); // expect: error network.write
  write(child[1], &c, 1);              // expect: error network.write
}

int main(void) {
  int ep = epoll_create1(0);
  struct watch a = {on_wake, 0}, b = {on_data, 0};
  pipe(wake);
  pipe(child);
  struct epoll_event e = {EPOLLIN, {&a}};
  epoll_ctl(ep, EPOLL_CTL_ADD, wake[0], &e);
  e.data.ptr = &b;
  epoll_ctl(ep, EPOLL_CTL_ADD, 0, &e);
  for (;;) {
    struct epoll_event got[8];
    int n = epoll_wait(ep, got, 8, -1);
    for (int i = 0; i < n; i++) {
      struct watch *w = got[i].data.ptr;
      w->on(w);
    }
  }
}
