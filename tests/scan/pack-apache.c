// What Apache HTTP Server calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

int ap_hook_handler(int (*f0)(void *), void *a1);
int ap_mpm_register_timed_callback(void *a0, int (*f1)(void *), void *a2);
int ap_mpm_register_poll_callback(void *a0, void *a1, int (*f2)(void *), void *a3);
int ap_mpm_register_poll_callback_timeout(void *a0, void *a1, int (*f2)(void *), int (*f3)(void *), void *a4);

static int on_request_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_request_1 loop: apache role: request
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: apache role: timer
}

static int on_io_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_io_3 loop: apache role: io
}

static int on_io_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_io_4 loop: apache role: io
}

static int on_io_5(void *data) {
  (void)data;
  return (int)sleep(5); // expect: error sleep.sleep path: on_io_5 loop: apache role: io
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  ap_hook_handler(on_request_1, 0);
  ap_mpm_register_timed_callback(0, on_timer_2, 0);
  ap_mpm_register_poll_callback(0, 0, on_io_3, 0);
  ap_mpm_register_poll_callback_timeout(0, 0, on_io_4, on_io_5, 0);
  return on_nothing != 0;
}
