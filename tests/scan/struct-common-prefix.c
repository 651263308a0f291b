// Events share their first fields by a macro; the loop calls them through the base type.
#include <sys/epoll.h>
#include <unistd.h>

#define EVENT_FIELDS void (*call)(void *self); int fd;
struct event {
  EVENT_FIELDS
};
struct connection {
  EVENT_FIELDS
  void (*on_read)(struct connection *connection);
};
struct other { // does not begin like an event
  int fd;
  void (*call)(void *self);
};

static void handle(void *self) {
  struct connection *connection = self;
  connection->on_read(connection);
}

static void on_read(struct connection *connection) {
  (void)connection;
  sleep(1); // expect: error sleep.sleep path: handle > on_read loop: own
}

static void elsewhere(void *self) {
  (void)self;
  sleep(2); // expect-none
}

static struct connection one;
static struct other two;

int main(void) {
  struct epoll_event add = {EPOLLIN, {.ptr = &one}};
  one.call = handle;
  one.on_read = on_read;
  two.call = elsewhere;
  epoll_ctl(3, EPOLL_CTL_ADD, 0, &add);
  for (;;) {
    struct epoll_event got[8];
    int n = epoll_wait(3, got, 8, -1);
    for (int i = 0; i < n; i++) {
      struct event *event = got[i].data.ptr;
      event->call(event);
    }
  }
}
