// A watcher inside a project's own object, its callback set by ev_set_cb and by hand.
#include <ev.h>
#include <unistd.h>

struct client {
  ev_io read;
  ev_timer timeout;
};

static void on_read(EV_P_ ev_io *watcher, int events) {
  struct client *client = (struct client *)watcher;
  (void)events;
  ev_timer_again(EV_A_ &client->timeout);
  sleep(1); // expect: error sleep.sleep path: on_read loop: libev role: io
}

static void on_timeout(EV_P_ ev_timer *watcher, int events) {
  (void)loop, (void)watcher, (void)events;
  sleep(2); // expect: error sleep.sleep path: on_timeout loop: libev role: timer
}

int main(void) {
  static struct client client;
  struct ev_loop *loop = EV_DEFAULT;
  ev_set_cb(&client.read, on_read);
  ev_io_set(&client.read, 0, EV_READ);
  ev_io_start(EV_A_ &client.read);
  client.timeout.cb = on_timeout;
  ev_run(EV_A_ 0);
}
