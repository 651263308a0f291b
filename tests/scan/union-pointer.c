// A union and a handle that is an integer carry a callback; a byte array does as well.
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

typedef void callback(int fd);
union handler {
  callback *call;
  void *pointer;
  uintptr_t number;
};
struct watch {
  int fd;
  union handler handler;
  uintptr_t handle;
  unsigned char bytes[sizeof(callback *)];
};

static void on_union(int fd) {
  (void)fd;
  sleep(1); // expect: error sleep.sleep loop: own
}
static void on_handle(int fd) {
  (void)fd;
  sleep(2); // expect: error sleep.sleep loop: own
}
static void on_bytes(int fd) {
  (void)fd;
  sleep(3); // expect: error sleep.sleep loop: own
}
static void nowhere(int fd) {
  (void)fd;
  sleep(4); // expect-none
}

int main(void) {
  static struct watch watch;
  uintptr_t unused = (uintptr_t)nowhere;
  watch.handler.pointer = (void *)on_union;
  watch.handle = (uintptr_t)on_handle;
  *(callback **)watch.bytes = on_bytes;
  for (;;) {
    struct epoll_event got[8];
    int n = epoll_wait(3, got, 8, -1);
    for (int i = 0; i < n; i++) {
      struct watch *w = got[i].data.ptr;
      w->handler.call(w->fd);
      ((callback *)w->handle)(w->fd);
      (*(callback **)w->bytes)(w->fd);
    }
  }
  return unused != 0;
}
