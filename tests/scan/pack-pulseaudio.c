// What PulseAudio main loops calls, one function for each role; what it runs elsewhere, and what nobody
// registers, stays silent.
#include <unistd.h>

struct pa_mainloop_api {
  int (*defer_new)(void *a0, int (*f1)(void *), void *a2);
};
int pa_context_set_state_callback(void *a0, int (*f1)(void *), void *a2);
int pa_context_rttime_new(void *a0, void *a1, int (*f2)(void *), void *a3);
int pa_signal_new(void *a0, int (*f1)(void *), void *a2);
struct pa_mainloop;
int pa_context_set_sink_mute_by_index(void *a0, int a1, int a2, int (*f3)(void *), void *a4);
int pa_ext_stream_restore_write(void *a0, int a1, void *a2, int a3, int a4, int (*f5)(void *), void *a6);
int pa_mainloop_run(struct pa_mainloop *loop, int *code);
int pa_mainloop_iterate(struct pa_mainloop *loop, int block, int *code);

static int on_io_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io_1 loop: pulseaudio role: io
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: pulseaudio role: timer
}

static int on_idle_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_idle_3 loop: pulseaudio role: idle
}

static int on_signal_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_signal_4 loop: pulseaudio role: signal
}

static int on_io_5(void *data) {
  (void)data;
  return (int)sleep(5); // expect: error sleep.sleep path: on_io_5 loop: pulseaudio role: io
}

static int on_io_6(void *data) {
  pa_mainloop_iterate(data, 0, 0);
  return pa_mainloop_run(data, 0); // expect: error pulseaudio.loop path: on_io_6 loop: pulseaudio role: io
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(struct pa_mainloop_api *pa_mainloop_api);
int set_up(struct pa_mainloop_api *pa_mainloop_api) {
  pa_context_set_state_callback(0, on_io_1, 0);
  pa_context_rttime_new(0, 0, on_timer_2, 0);
  pa_mainloop_api->defer_new(0, on_idle_3, 0);
  pa_signal_new(0, on_signal_4, 0);
  pa_context_set_sink_mute_by_index(0, 0, 1, on_io_5, 0);
  pa_ext_stream_restore_write(0, 0, 0, 0, 0, on_io_6, 0);
  return on_nothing != 0;
}
