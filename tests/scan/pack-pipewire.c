// What PipeWire main loops calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct pw_core_events {
  int (*handle)(void *);
};
struct spa_loop_utils_methods {
  int (*add_io)(void *a0, void *a1, void *a2, void *a3, int (*f4)(void *), void *a5);
  int (*add_idle)(void *a0, void *a1, int (*f2)(void *), void *a3);
  int (*add_event)(void *a0, int (*f1)(void *), void *a2);
};
struct spa_loop_methods {
  int (*invoke)(void *a0, int (*f1)(void *), void *a2);
};


static int on_field_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_field_1 loop: pipewire role: io
}

static int on_io_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_io_2 loop: pipewire role: io
}

static int on_idle_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_idle_3 loop: pipewire role: idle
}

static int on_timer_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_timer_4 loop: pipewire role: timer
}

static int on_async_5(void *data) {
  (void)data;
  return (int)sleep(5); // expect: error sleep.sleep path: on_async_5 loop: pipewire role: async
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(struct pw_core_events *pw_core_events, struct spa_loop_utils_methods *spa_loop_utils_metho, struct spa_loop_methods *spa_loop_methods);
int set_up(struct pw_core_events *pw_core_events, struct spa_loop_utils_methods *spa_loop_utils_metho, struct spa_loop_methods *spa_loop_methods) {
  pw_core_events->handle = on_field_1;
  spa_loop_utils_metho->add_io(0, 0, 0, 0, on_io_2, 0);
  spa_loop_utils_metho->add_idle(0, 0, on_idle_3, 0);
  spa_loop_utils_metho->add_event(0, on_timer_4, 0);
  spa_loop_methods->invoke(0, on_async_5, 0);
  return on_nothing != 0;
}
