// What Dovecot calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

int io_add(void *a0, void *a1, void *a2, void *a3, int (*f4)(void *), void *a5);
int timeout_add(void *a0, void *a1, void *a2, int (*f3)(void *), void *a4);
int lib_signals_set_handler(void *a0, void *a1, int (*f2)(void *), void *a3);
int master_service_run(void *a0, int (*f1)(void *), void *a2);

static int on_io_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io_1 loop: dovecot role: io
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: dovecot role: timer
}

static int on_signal_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_signal_3 loop: dovecot role: signal
}

static int on_request_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_request_4 loop: dovecot role: request
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  io_add(0, 0, 0, 0, on_io_1, 0);
  timeout_add(0, 0, 0, on_timer_2, 0);
  lib_signals_set_handler(0, 0, on_signal_3, 0);
  master_service_run(0, on_request_4, 0);
  return on_nothing != 0;
}
