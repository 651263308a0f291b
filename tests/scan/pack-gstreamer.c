// What GStreamer calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct table {
  int (*entry)(void *);
};
struct GstAppSinkCallbacks {
  int (*handle)(void *);
};
int gst_bus_add_watch(void *a0, int (*f1)(void *), void *a2);
int gst_app_sink_set_callbacks(void *a0, const struct table *t);
int gst_clock_id_wait_async(void *a0, int (*f1)(void *), void *a2);
int gst_element_call_async(void *a0, int (*f1)(void *), void *a2);

static int on_io_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io_1 loop: gstreamer role: io
}

static int on_table_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_table_2 loop: gstreamer role: io
}

static int on_timer_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_timer_3 loop: gstreamer role: timer
}

static int on_field_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_field_4 loop: gstreamer role: io
}

static int on_offload_5(void *data) {
  (void)data;
  return (int)sleep(5); // what runs elsewhere may wait
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

static const struct table functions = {on_table_2};

int set_up(struct GstAppSinkCallbacks *gstappsinkcallbacks);
int set_up(struct GstAppSinkCallbacks *gstappsinkcallbacks) {
  gst_bus_add_watch(0, on_io_1, 0);
  gst_app_sink_set_callbacks(0, &functions);
  gst_clock_id_wait_async(0, on_timer_3, 0);
  gstappsinkcallbacks->handle = on_field_4;
  gst_element_call_async(0, on_offload_5, 0);
  return on_nothing != 0;
}
