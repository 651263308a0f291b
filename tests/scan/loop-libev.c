// libev's macros store the callback into the watcher.
#include <ev.h>
#include <unistd.h>

static void on_readable(struct ev_loop *loop, ev_io *watcher, int events) {
  (void)loop, (void)watcher, (void)events;
  sleep(1); // expect: error sleep.sleep path: on_readable loop: libev role: io
}

static void on_timer(struct ev_loop *loop, ev_timer *watcher, int events) {
  (void)loop, (void)watcher, (void)events;
  sleep(2); // expect: error sleep.sleep path: on_timer loop: libev role: timer
}

static void on_idle(struct ev_loop *loop, ev_idle *watcher, int events) {
  (void)loop, (void)watcher, (void)events;
  sleep(3); // expect: error sleep.sleep path: on_idle loop: libev role: idle
}

int main(void) {
  struct ev_loop *loop = ev_default_loop(0);
  ev_io io;
  ev_timer timer;
  ev_idle idle;
  ev_io_init(&io, on_readable, 0, EV_READ);
  ev_io_start(loop, &io);
  ev_timer_init(&timer, on_timer, 1.0, 0.0);
  ev_timer_start(loop, &timer);
  ev_init(&idle, on_idle);
  ev_idle_start(loop, &idle);
  return ev_run(loop, 0);
}
