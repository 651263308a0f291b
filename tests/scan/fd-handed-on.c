// A loop library gives the descriptor that it was given to the callback, or gives it back out of an object of its own.
#include <event2/event.h>
#include <event2/bufferevent.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[1500];

static void drain_blocking(evutil_socket_t fd, short what, void *data) {
  (void)what, (void)data;
  while (recv(fd, buffer, sizeof buffer, 0) > 0) {} // expect: error network.recv certain
}
static void drain_nonblocking(evutil_socket_t fd, short what, void *data) {
  (void)what, (void)data;
  while (recv(fd, buffer, sizeof buffer, 0) > 0) {}
}
static void read_once(evutil_socket_t fd, short what, void *data) {
  (void)what, (void)data;
  if (recv(fd, buffer, sizeof buffer, 0) < 0) return;
}

static void answer_all(int fd) {
  while (read(fd, buffer, 1) == 1) send(fd, buffer, 1, 0); // expect: error network.read certain; error network.send certain
}
static void through_helper(evutil_socket_t fd, short what, void *data) {
  (void)what, (void)data;
  answer_all(fd);
}

static void by_object(evutil_socket_t ignored, short what, void *data) {
  (void)ignored, (void)what;
  int fd = bufferevent_getfd(data);
  while (read(fd, buffer, sizeof buffer) > 0) {} // expect: error network.read certain
}

static struct event *watch(struct event_base *base, int fd, event_callback_fn call) {
  return event_new(base, fd, EV_READ | EV_PERSIST, call, NULL);
}
static void by_wrapper(evutil_socket_t fd, short what, void *data) {
  (void)what, (void)data;
  while (recv(fd, buffer, sizeof buffer, MSG_DONTWAIT) > 0) {}
}

int main(void) {
  struct event_base *base = event_base_new();
  int plain = socket(AF_INET, SOCK_DGRAM, 0), quick = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  int once = socket(AF_INET, SOCK_DGRAM, 0), stream = socket(AF_INET, SOCK_STREAM, 0);
  event_add(event_new(base, plain, EV_READ | EV_PERSIST, drain_blocking, NULL), NULL);
  event_add(event_new(base, quick, EV_READ | EV_PERSIST, drain_nonblocking, NULL), NULL);
  event_add(event_new(base, once, EV_READ | EV_PERSIST, read_once, NULL), NULL);
  event_add(event_new(base, stream, EV_READ | EV_PERSIST, through_helper, NULL), NULL);
  struct bufferevent *b = bufferevent_socket_new(base, socket(AF_INET, SOCK_STREAM, 0), 0);
  event_add(event_new(base, -1, EV_PERSIST, by_object, b), NULL);
  event_add(watch(base, socket(AF_INET, SOCK_STREAM, 0), by_wrapper), NULL);
  return event_base_dispatch(base);
}
