// What libhv calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

int htimer_add(void *a0, int (*f1)(void *), void *a2);
int hidle_add(void *a0, int (*f1)(void *), void *a2);
int hsignal_add(void *a0, int (*f1)(void *), void *a2);
int hio_setcb_read(void *a0, int (*f1)(void *), void *a2);

static int on_timer_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_timer_1 loop: libhv role: timer
}

static int on_idle_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_idle_2 loop: libhv role: idle
}

static int on_signal_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_signal_3 loop: libhv role: signal
}

static int on_io_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_io_4 loop: libhv role: io
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  htimer_add(0, on_timer_1, 0);
  hidle_add(0, on_idle_2, 0);
  hsignal_add(0, on_signal_3, 0);
  hio_setcb_read(0, on_io_4, 0);
  return on_nothing != 0;
}
