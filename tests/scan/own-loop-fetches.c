// A function that waits until something is ready and gives it back: the loop is
// the cycle that dispatches it.
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

struct task {
  struct task *next;
  void (*run)(struct task *t);
  int fd;
};
struct master {
  struct task *ready;
  int ep;
};
static void (*on_tick)(void);

static struct task *next_ready(struct master *m) {
  struct epoll_event events[16];
  do {
    int n = epoll_wait(m->ep, events, 16, -1);
    if (n < 0) {
      if (errno == EINTR)
        continue;
      sleep(1); // expect: error sleep.sleep
      continue;
    }
    if (on_tick)
      on_tick();
    for (int i = 0; i < n; i++) {
      struct task *t = events[i].data.ptr;
      t->next = m->ready;
      m->ready = t;
    }
  } while (!m->ready);
  struct task *first = m->ready;
  m->ready = first->next;
  return first;
}
static void call(struct task *t) { t->run(t); }
static void save(struct task *t) {
  fsync(t->fd); // expect: error disk.fsync path: save
}
static void tick(void) { usleep(800000); } // expect: error sleep.usleep
static void add(struct master *m, int fd, void (*run)(struct task *t)) {
  struct task *t = calloc(1, sizeof *t);
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = t};
  t->fd = fd;
  t->run = run;
  epoll_ctl(m->ep, EPOLL_CTL_ADD, fd, &e);
}
static void run(struct master *m) {
  struct task *t;
  while ((t = next_ready(m)))
    if (t->run)
      call(t);
}
int main(void) {
  struct master m = {.ep = epoll_create1(0)};
  sync(); // expect-none
  on_tick = tick;
  add(&m, 0, save);
  run(&m);
}
