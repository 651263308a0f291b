// A loop of one's own: epoll_wait in a cycle, dispatch through the pointer that the event carries.
#include <sys/epoll.h>
#include <unistd.h>

struct watch {
  int fd;
  void (*ready)(struct watch *watch);
};

static void on_ready(struct watch *watch) {
  (void)watch;
  sleep(1); // expect: error sleep.sleep path: on_ready loop: own
}

int main(void) {
  int ep = epoll_create1(0);
  struct watch watch = {0, on_ready};
  struct epoll_event event = {EPOLLIN, {.ptr = &watch}};
  epoll_ctl(ep, EPOLL_CTL_ADD, 0, &event);
  sleep(2); // expect-none
  for (;;) {
    struct epoll_event events[16];
    int n = epoll_wait(ep, events, 16, -1);
    for (int i = 0; i < n; i++) {
      struct watch *w = events[i].data.ptr;
      w->ready(w);
    }
  }
}
