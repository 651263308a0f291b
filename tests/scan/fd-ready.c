// The loop calls back when a descriptor is ready: one read gets what is there, also from one that is blocking. A second one, one
// in a cycle, one far below the callback, and one on a descriptor that nobody watches wait.
#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

static int once, twice, drained, other, deep;

static void on_once(evutil_socket_t fd, short what, void *arg) {
  char text[64];
  (void)fd, (void)what, (void)arg;
  read(once, text, sizeof text); // expect: error network.read possible
}

static void on_twice(evutil_socket_t fd, short what, void *arg) {
  char text[64];
  (void)fd, (void)what, (void)arg;
  read(twice, text, 4); // expect: error network.read certain
  read(twice, text, sizeof text); // expect: error network.read certain
}

static void on_drained(evutil_socket_t fd, short what, void *arg) {
  char text[64];
  (void)fd, (void)what, (void)arg;
  while (recv(drained, text, sizeof text, 0) > 0) continue; // expect: error network.recv certain
}

static void ask(void) {
  char text[4];
  recv(deep, text, sizeof text, 0); // expect: error network.recv certain
}
static void look_up(void) { ask(); }
static void handle(void) { look_up(); }

static void on_deep(evutil_socket_t fd, short what, void *arg) {
  (void)fd, (void)what, (void)arg;
  handle();
}

static void on_timer(evutil_socket_t fd, short what, void *arg) {
  char text[64];
  (void)fd, (void)what, (void)arg;
  recv(other, text, sizeof text, 0); // expect: error network.recv certain
}

int main(void) {
  struct event_base *base = event_base_new();
  once = socket(AF_INET, SOCK_STREAM, 0);
  twice = socket(AF_INET, SOCK_STREAM, 0);
  drained = socket(AF_INET, SOCK_STREAM, 0);
  other = socket(AF_INET, SOCK_STREAM, 0);
  event_add(event_new(base, once, EV_READ | EV_PERSIST, on_once, NULL), NULL);
  event_add(event_new(base, twice, EV_READ | EV_PERSIST, on_twice, NULL), NULL);
  event_add(event_new(base, drained, EV_READ | EV_PERSIST, on_drained, NULL), NULL);
  deep = socket(AF_INET, SOCK_STREAM, 0);
  event_add(event_new(base, deep, EV_READ | EV_PERSIST, on_deep, NULL), NULL);
  event_add(event_new(base, -1, EV_PERSIST, on_timer, NULL), NULL);
  event_base_dispatch(base);
}
