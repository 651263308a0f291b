// Events that point to connections that point to handlers, modules in a table, the wait behind a pointer of its own.
#include <sys/epoll.h>
#include <unistd.h>

struct event;
typedef void (*event_handler)(struct event *ev);
struct event {
  void *data;
  event_handler handler;
};
struct connection {
  struct event *read, *write;
};
struct actions {
  int (*process)(int timer);
};

static int ep;
static struct event_queue {
  struct event *items[64];
  int count;
} posted;

static int epoll_process(int timer) {
  struct epoll_event list[64];
  int n = epoll_wait(ep, list, 64, timer);
  for (int i = 0; i < n; i++) {
    struct connection *c = list[i].data.ptr;
    struct event *rev = c->read;
    if (list[i].events & EPOLLIN) rev->handler(rev);
  }
  return 0;
}

static struct actions epoll_actions = {epoll_process};
static struct actions current;

static void read_request(struct event *ev) {
  (void)ev;
  sleep(1); // expect: error sleep.sleep path: read_request loop: own
}

static void accept_connection(struct event *ev) {
  struct connection *c = ev->data;
  c->read->handler = read_request;
}

static void run_posted(void) {
  while (posted.count) {
    struct event *ev = posted.items[--posted.count];
    ev->handler(ev);
  }
}

int main(void) {
  struct event listening = {0, accept_connection};
  struct connection c = {&listening, &listening};
  struct epoll_event ee = {EPOLLIN, {.ptr = &c}};
  ep = epoll_create(1);
  epoll_ctl(ep, EPOLL_CTL_ADD, 0, &ee);
  current = epoll_actions;
  for (;;) {
    current.process(-1);
    run_posted();
  }
}
