// What EFL (Ecore) calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

int ecore_timer_add(void *a0, int (*f1)(void *), void *a2);
int ecore_idler_add(int (*f0)(void *), void *a1);
int ecore_main_fd_handler_add(void *a0, void *a1, int (*f2)(void *), void *a3);
int ecore_thread_run(int (*f0)(void *), int (*f1)(void *), int (*f2)(void *), void *a3);

static int on_timer_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_timer_1 loop: efl role: timer
}

static int on_idle_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_idle_2 loop: efl role: idle
}

static int on_io_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_io_3 loop: efl role: io
}

static int on_register_4(void *data) {
  (void)data;
  return (int)sleep(4); // what runs elsewhere may wait
}

static int on_work_done_5(void *data) {
  (void)data;
  return (int)sleep(5); // expect: error sleep.sleep path: on_work_done_5 loop: efl role: work-done
}

static int on_work_done_6(void *data) {
  (void)data;
  return (int)sleep(6); // expect: error sleep.sleep path: on_work_done_6 loop: efl role: work-done
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  ecore_timer_add(0, on_timer_1, 0);
  ecore_idler_add(on_idle_2, 0);
  ecore_main_fd_handler_add(0, 0, on_io_3, 0);
  ecore_thread_run(on_register_4, on_work_done_5, on_work_done_6, 0);
  return on_nothing != 0;
}
