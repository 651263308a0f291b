// What X Toolkit (Xt) calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

int XtAppAddTimeOut(void *a0, void *a1, int (*f2)(void *), void *a3);
int XtAppAddInput(void *a0, void *a1, void *a2, int (*f3)(void *), void *a4);
int XtAppAddWorkProc(void *a0, int (*f1)(void *), void *a2);
int XtAppAddSignal(void *a0, int (*f1)(void *), void *a2);

static int on_timer_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_timer_1 loop: xt role: timer
}

static int on_io_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_io_2 loop: xt role: io
}

static int on_idle_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_idle_3 loop: xt role: idle
}

static int on_signal_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_signal_4 loop: xt role: signal
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  XtAppAddTimeOut(0, 0, on_timer_1, 0);
  XtAppAddInput(0, 0, 0, on_io_2, 0);
  XtAppAddWorkProc(0, on_idle_3, 0);
  XtAppAddSignal(0, on_signal_4, 0);
  return on_nothing != 0;
}
