// A loop over several functions: run() calls turn() in a cycle, turn() waits and dispatches from a table of handlers.
#include <sys/epoll.h>
#include <unistd.h>

typedef void handler(void *client, int fd);
struct file_event {
  handler *read, *write;
  void *client;
};
struct loop {
  int ep, stop;
  struct file_event events[1024];
};

static void add(struct loop *loop, int fd, int mask, handler *proc, void *client) {
  struct file_event *fe = &loop->events[fd];
  if (mask & 1) fe->read = proc;
  if (mask & 2) fe->write = proc;
  fe->client = client;
}

static int wait_for(struct loop *loop, struct epoll_event *fired) { return epoll_wait(loop->ep, fired, 64, -1); }

static void turn(struct loop *loop) {
  struct epoll_event fired[64];
  int n = wait_for(loop, fired);
  for (int i = 0; i < n; i++) {
    struct file_event *fe = &loop->events[fired[i].data.fd];
    if (fired[i].events & EPOLLIN) fe->read(fe->client, fired[i].data.fd);
    if (fired[i].events & EPOLLOUT) fe->write(fe->client, fired[i].data.fd);
  }
}

static void run(struct loop *loop) {
  while (!loop->stop) turn(loop);
}

static void on_client(void *client, int fd) {
  (void)client, (void)fd;
  sleep(1); // expect: error sleep.sleep path: on_client loop: own
}

static void on_writable(void *client, int fd) {
  (void)client, (void)fd;
  sleep(2); // expect: error sleep.sleep path: on_writable loop: own
}

int main(void) {
  static struct loop loop;
  loop.ep = epoll_create1(0);
  add(&loop, 0, 1, on_client, NULL);
  add(&loop, 1, 2, on_writable, NULL);
  run(&loop);
}
