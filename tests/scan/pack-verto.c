// What libverto calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

int verto_add_io(void *a0, void *a1, int (*f2)(void *), void *a3);
int verto_add_timeout(void *a0, void *a1, int (*f2)(void *), void *a3);
int verto_add_idle(void *a0, void *a1, int (*f2)(void *), void *a3);
int verto_add_signal(void *a0, void *a1, int (*f2)(void *), void *a3);

static int on_io_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io_1 loop: verto role: io
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: verto role: timer
}

static int on_idle_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_idle_3 loop: verto role: idle
}

static int on_signal_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_signal_4 loop: verto role: signal
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  verto_add_io(0, 0, on_io_1, 0);
  verto_add_timeout(0, 0, on_timer_2, 0);
  verto_add_idle(0, 0, on_idle_3, 0);
  verto_add_signal(0, 0, on_signal_4, 0);
  return on_nothing != 0;
}
