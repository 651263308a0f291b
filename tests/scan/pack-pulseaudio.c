// What PulseAudio main loops calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct pa_mainloop_api {
  int (*defer_new)(void *a0, int (*f1)(void *), void *a2);
};
int pa_context_set_state_callback(void *a0, int (*f1)(void *), void *a2);
int pa_context_rttime_new(void *a0, void *a1, int (*f2)(void *), void *a3);
int pa_signal_new(void *a0, int (*f1)(void *), void *a2);

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
  return on_nothing != 0;
}
