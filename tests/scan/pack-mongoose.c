// What Mongoose calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct mg_connection {
  int (*fn)(void *);
};
int mg_http_listen(void *a0, void *a1, int (*f2)(void *), void *a3);
int mg_timer_add(void *a0, void *a1, void *a2, int (*f3)(void *), void *a4);

static int on_io_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io_1 loop: mongoose role: io
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: mongoose role: timer
}

static int on_field_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_field_3 loop: mongoose role: io
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(struct mg_connection *mg_connection);
int set_up(struct mg_connection *mg_connection) {
  mg_http_listen(0, 0, on_io_1, 0);
  mg_timer_add(0, 0, 0, on_timer_2, 0);
  mg_connection->fn = on_field_3;
  return on_nothing != 0;
}
