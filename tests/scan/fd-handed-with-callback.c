/* A descriptor that goes to the program's own registration together with a callback is watched: when the callback comes there
 * is something to read, and no file on a disk is watched so. The table of handlers is indexed by number, so nothing flows. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

struct handler {
  void (*call)(int, void *);
  void *data;
};

static struct handler handlers[64];
static int loop, clock_device, state;
static char buffer[64];

static void add_handler(int fd, void (*call)(int, void *), void *data) {
  struct epoll_event event = {EPOLLIN, {.u32 = (unsigned)fd}};
  handlers[fd].call = call;
  handlers[fd].data = data;
  epoll_ctl(loop, EPOLL_CTL_ADD, event.data.fd, &event);
}

static void on_tick(int fd, void *data) {
  (void)fd, (void)data;
  read(clock_device, buffer, sizeof buffer); // expect-none
}

static void on_other(int fd, void *data) {
  (void)fd, (void)data;
  read(state, buffer, sizeof buffer); // expect: warning disk.read
}

int main(int argc, char **argv) {
  (void)argc;
  loop = epoll_create1(0);
  clock_device = open(argv[1], O_RDONLY);
  state = open(argv[2], O_RDONLY);
  add_handler(clock_device, on_tick, NULL);
  add_handler(0, on_other, NULL);
  for (;;) {
    struct epoll_event events[8];
    int count = epoll_wait(loop, events, 8, -1);
    for (int i = 0; i < count; i++) {
      int fd = (int)events[i].data.u32;
      handlers[fd].call(fd, handlers[fd].data);
    }
  }
}
