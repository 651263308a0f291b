// What nghttp2 calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct nghttp2_data_source {
  int (*read_callback)(void *);
};
int nghttp2_session_callbacks_set_on_frame_recv_callback(void *a0, int (*f1)(void *), void *a2);

static int on_io_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io_1 loop: nghttp2 role: io
}

static int on_field_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_field_2 loop: nghttp2 role: io
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(struct nghttp2_data_source *nghttp2_data_source);
int set_up(struct nghttp2_data_source *nghttp2_data_source) {
  nghttp2_session_callbacks_set_on_frame_recv_callback(0, on_io_1, 0);
  nghttp2_data_source->read_callback = on_field_2;
  return on_nothing != 0;
}
