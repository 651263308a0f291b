// What tevent calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

int _tevent_add_timer(void *a0, void *a1, void *a2, int (*f3)(void *), void *a4);
int _tevent_add_fd(void *a0, void *a1, void *a2, void *a3, int (*f4)(void *), void *a5);
int _tevent_add_signal(void *a0, void *a1, void *a2, void *a3, int (*f4)(void *), void *a5);
int _tevent_schedule_immediate(void *a0, void *a1, int (*f2)(void *), void *a3);
int tevent_req_set_callback(void *a0, int (*f1)(void *), void *a2);

static int on_timer_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_timer_1 loop: tevent role: timer
}

static int on_io_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_io_2 loop: tevent role: io
}

static int on_signal_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_signal_3 loop: tevent role: signal
}

static int on_async_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_async_4 loop: tevent role: async
}

static int on_work_done_5(void *data) {
  (void)data;
  return (int)sleep(5); // expect: error sleep.sleep path: on_work_done_5 loop: tevent role: work-done
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  _tevent_add_timer(0, 0, 0, on_timer_1, 0);
  _tevent_add_fd(0, 0, 0, 0, on_io_2, 0);
  _tevent_add_signal(0, 0, 0, 0, on_signal_3, 0);
  _tevent_schedule_immediate(0, 0, on_async_4, 0);
  tevent_req_set_callback(0, on_work_done_5, 0);
  return on_nothing != 0;
}
