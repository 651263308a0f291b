// A walk over a table of modules is no event loop, though one of them asks epoll_wait once; the loop below it is.
#include <sys/epoll.h>
#include <unistd.h>

struct module {
  int (*start)(void);
  void (*ready)(void);
};
static int events;

static int probe(void) {
  struct epoll_event event;
  events = epoll_create1(0);
  return epoll_wait(events, &event, 1, 5000) < 0;
}

static int slow_start(void) {
  return (int)sleep(2); // expect-none
}

static void on_ready(void) {
  sleep(1); // expect: error sleep.sleep loop: own
}

static struct module poller = {probe, on_ready}, storage = {slow_start, on_ready};
static struct module *modules[] = {&poller, &storage, 0};

int main(void) {
  for (struct module **m = modules; *m; m++) {
    struct module *one = *m;
    if (one->start()) return 2;
  }
  for (;;) {
    struct epoll_event got[8];
    int n = epoll_wait(events, got, 8, -1);
    for (int i = 0; i < n; i++) modules[got[i].data.u32]->ready();
  }
}
