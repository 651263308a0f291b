// What EFL (Ecore) calls, one function for each role; what it runs elsewhere, and what nobody registers,
// stays silent.
#include <unistd.h>

int ecore_timer_add(void *a0, int (*f1)(void *), void *a2);
int ecore_idler_add(int (*f0)(void *), void *a1);
int ecore_main_fd_handler_add(void *a0, void *a1, int (*f2)(void *), void *a3);
int ecore_thread_run(int (*f0)(void *), int (*f1)(void *), int (*f2)(void *), void *a3);
int edje_object_signal_callback_add(void *a0, void *a1, void *a2, int (*f3)(void *), void *a4);
int ecore_thread_feedback_run(int (*f0)(void *), int (*f1)(void *), int (*f2)(void *), int (*f3)(void *),
                              void *a4);
int eio_file_ls(void *a0, int (*f1)(void *), int (*f2)(void *), int (*f3)(void *), int (*f4)(void *),
                void *a5);
struct _Elm_Gen_Item_Class_Functions {
  int (*text_get)(void *);
};
void ecore_main_loop_begin(void);

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

static int on_signal_7(void *data) {
  (void)data;
  return (int)sleep(7); // expect: error sleep.sleep path: on_signal_7 loop: efl role: io
}

static int on_text_8(void *data) {
  (void)data;
  return (int)sleep(8); // expect: error sleep.sleep path: on_text_8 loop: efl role: io
}

static int on_notify_9(void *data) {
  (void)data;
  return (int)sleep(9); // expect: error sleep.sleep path: on_notify_9 loop: efl role: work-done
}

static int on_listed_10(void *data) {
  (void)data;
  return (int)sleep(10); // expect: error sleep.sleep path: on_listed_10 loop: efl role: work-done
}

static int on_dialog_11(void *data) {
  (void)data;
  ecore_main_loop_begin(); // expect: error efl.loop path: on_dialog_11 loop: efl role: io
  return 0;
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(struct _Elm_Gen_Item_Class_Functions *items);
int set_up(struct _Elm_Gen_Item_Class_Functions *items) {
  ecore_timer_add(0, on_timer_1, 0);
  ecore_idler_add(on_idle_2, 0);
  ecore_main_fd_handler_add(0, 0, on_io_3, 0);
  ecore_thread_run(on_register_4, on_work_done_5, on_work_done_6, 0);
  edje_object_signal_callback_add(0, 0, 0, on_signal_7, 0);
  edje_object_signal_callback_add(0, 0, 0, on_dialog_11, 0);
  items->text_get = on_text_8;
  ecore_thread_feedback_run(on_register_4, on_notify_9, 0, 0, 0);
  eio_file_ls(0, on_register_4, on_listed_10, 0, 0, 0);
  return on_nothing != 0;
}
