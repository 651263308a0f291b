// What CZMQ zloop calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

int zloop_reader(void *a0, void *a1, int (*f2)(void *), void *a3);
int zloop_timer(void *a0, void *a1, void *a2, int (*f3)(void *), void *a4);
int zactor_new(int (*f0)(void *), void *a1);

static int on_io_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io_1 loop: czmq role: io
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: czmq role: timer
}

static int on_offload_3(void *data) {
  (void)data;
  return (int)sleep(3); // what runs elsewhere may wait
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  zloop_reader(0, 0, on_io_1, 0);
  zloop_timer(0, 0, 0, on_timer_2, 0);
  zactor_new(on_offload_3, 0);
  return on_nothing != 0;
}
