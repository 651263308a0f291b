// Events, bufferevents, listeners and HTTP requests of libevent 2.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <unistd.h>

static void on_event(evutil_socket_t fd, short what, void *arg) {
  (void)fd, (void)what, (void)arg;
  sleep(1); // expect: error sleep.sleep path: on_event loop: libevent role: io
}

static void on_timeout(evutil_socket_t fd, short what, void *arg) {
  (void)fd, (void)what, (void)arg;
  sleep(2); // expect: error sleep.sleep path: on_timeout loop: libevent role: timer
}

static void on_data(struct bufferevent *bev, void *arg) {
  (void)bev, (void)arg;
  sleep(3); // expect: error sleep.sleep path: on_data loop: libevent
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *a, int n, void *base) {
  (void)listener, (void)a, (void)n;
  sleep(4); // expect: error sleep.sleep path: on_accept loop: libevent
  struct bufferevent *bev = bufferevent_socket_new(base, fd, 0);
  bufferevent_setcb(bev, on_data, NULL, NULL, NULL);
}

static void on_request(struct evhttp_request *request, void *arg) {
  (void)request, (void)arg;
  sleep(5); // expect: error sleep.sleep path: on_request loop: libevent role: request
}

int main(void) {
  struct event_base *base = event_base_new();
  struct event timer;
  event_add(event_new(base, 0, EV_READ | EV_PERSIST, on_event, NULL), NULL);
  evtimer_assign(&timer, base, on_timeout, NULL);
  evconnlistener_new(base, on_accept, base, 0, 5, 3);
  evhttp_set_gencb(evhttp_new(base), on_request, NULL);
  return event_base_dispatch(base);
}
