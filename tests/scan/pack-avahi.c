// What Avahi calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct AvahiPoll {
  int (*timeout_new)(void *a0, void *a1, int (*f2)(void *), void *a3);
};
int avahi_client_new(void *a0, void *a1, int (*f2)(void *), void *a3);

static int on_io_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io_1 loop: avahi role: io
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: avahi role: timer
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(struct AvahiPoll *avahipoll);
int set_up(struct AvahiPoll *avahipoll) {
  avahi_client_new(0, 0, on_io_1, 0);
  avahipoll->timeout_new(0, 0, on_timer_2, 0);
  return on_nothing != 0;
}
