// What libmosquitto calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

int mosquitto_connect_callback_set(void *a0, int (*f1)(void *), void *a2);
int mosquitto_callback_register(void *a0, void *a1, int (*f2)(void *), void *a3);

static int on_io_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io_1 loop: mosquitto role: io
}

static int on_request_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_request_2 loop: mosquitto role: request
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  mosquitto_connect_callback_set(0, on_io_1, 0);
  mosquitto_callback_register(0, 0, on_request_2, 0);
  return on_nothing != 0;
}
