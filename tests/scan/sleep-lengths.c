// Constants say how long a call takes: as severe as that, and a loop that is counted multiplies.
#include <event2/event.h>
#include <time.h>
#include <unistd.h>

static void five_times(void) {
  struct timespec t = {0, 100000000};
  for (int i = 0; i < 5; i++) nanosleep(&t, 0); // expect: error sleep.nanosleep
}

static void once(void) {
  struct timespec t = {0, 100000000};
  nanosleep(&t, 0); // expect: warning sleep.nanosleep
}

static void by_parameter(useconds_t length) { usleep(length); } // expect: error sleep.usleep

static void on_timer(evutil_socket_t fd, short what, void *data) {
  (void)fd;
  (void)what;
  (void)data;
  five_times();
  once();
  by_parameter(900000);
  usleep(1); // expect: note sleep.usleep
  usleep(20000); // expect: warning sleep.usleep
}

int main(void) {
  struct event_base *base = event_base_new();
  event_add(event_new(base, -1, EV_PERSIST, on_timer, 0), NULL);
  return event_base_dispatch(base);
}
