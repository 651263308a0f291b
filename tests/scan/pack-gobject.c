// What GObject classes calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct _GObjectClass {
  int (*dispose)(void *);
};
struct _GThreadedSocketServiceClass {
  int (*run)(void *);
};
int g_signal_group_connect(void *a0, void *a1, int (*f2)(void *), void *a3);
int g_task_attach_source(void *a0, void *a1, int (*f2)(void *), void *a3);

static int on_field_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_field_1 loop: gobject role: request
}

static int on_request_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_request_2 loop: gobject role: request
}

static int on_work_done_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_work_done_3 loop: gobject role: work-done
}

static int on_offload_field_4(void *data) {
  (void)data;
  return (int)sleep(4); // what runs elsewhere may wait
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(struct _GObjectClass *gobjectclass, struct _GThreadedSocketServiceClass *gthreadedsocketservi);
int set_up(struct _GObjectClass *gobjectclass, struct _GThreadedSocketServiceClass *gthreadedsocketservi) {
  gobjectclass->dispose = on_field_1;
  g_signal_group_connect(0, 0, on_request_2, 0);
  g_task_attach_source(0, 0, on_work_done_3, 0);
  gthreadedsocketservi->run = on_offload_field_4;
  return on_nothing != 0;
}
