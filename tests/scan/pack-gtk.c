// What GTK calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct _GtkWidgetClass {
  int (*handle)(void *);
};
int gtk_clipboard_request_text(void *a0, int (*f1)(void *), void *a2);
int gtk_clipboard_set_with_data(void *a0, void *a1, void *a2, int (*f3)(void *), int (*f4)(void *), void *a5);
int gtk_tree_model_filter_set_visible_func(void *a0, int (*f1)(void *), void *a2);
int gtk_file_dialog_open(void *a0, void *a1, void *a2, int (*f3)(void *), void *a4);

static int on_io_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io_1 loop: gtk role: io
}

static int on_request_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_request_2 loop: gtk role: request
}

static int on_request_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_request_3 loop: gtk role: request
}

static int on_request_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_request_4 loop: gtk role: request
}

static int on_work_done_5(void *data) {
  (void)data;
  return (int)sleep(5); // expect: error sleep.sleep path: on_work_done_5 loop: gtk role: work-done
}

static int on_field_6(void *data) {
  (void)data;
  return (int)sleep(6); // expect: error sleep.sleep path: on_field_6 loop: gtk role: request
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(struct _GtkWidgetClass *gtkwidgetclass);
int set_up(struct _GtkWidgetClass *gtkwidgetclass) {
  gtk_clipboard_request_text(0, on_io_1, 0);
  gtk_clipboard_set_with_data(0, 0, 0, on_request_2, on_request_3, 0);
  gtk_tree_model_filter_set_visible_func(0, on_request_4, 0);
  gtk_file_dialog_open(0, 0, 0, on_work_done_5, 0);
  gtkwidgetclass->handle = on_field_6;
  return on_nothing != 0;
}
