// The names of libevent 1.4, which are macros or old functions today.
#include <event.h>
#include <unistd.h>

static struct event readable, terminate;

static void on_readable(int fd, short what, void *arg) {
  (void)fd, (void)what, (void)arg;
  sleep(1); // expect: error sleep.sleep path: on_readable loop: libevent role: io
}

static void on_terminate(int fd, short what, void *arg) {
  (void)fd, (void)what, (void)arg;
  sleep(2); // expect: error sleep.sleep path: on_terminate loop: libevent role: signal
}

int main(void) {
  event_init();
  event_set(&readable, 0, EV_READ | EV_PERSIST, on_readable, NULL);
  event_add(&readable, NULL);
  signal_set(&terminate, 15, on_terminate, NULL);
  signal_add(&terminate, NULL);
  return event_dispatch();
}
