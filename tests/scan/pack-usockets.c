// What uSockets calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

int us_socket_context_on_open(void *a0, void *a1, int (*f2)(void *), void *a3);
int us_timer_set(void *a0, int (*f1)(void *), void *a2);
int us_create_loop(void *a0, int (*f1)(void *), int (*f2)(void *), int (*f3)(void *), void *a4);

static int on_io_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io_1 loop: usockets role: io
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: usockets role: timer
}

static int on_async_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_async_3 loop: usockets role: async
}

static int on_async_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_async_4 loop: usockets role: async
}

static int on_async_5(void *data) {
  (void)data;
  return (int)sleep(5); // expect: error sleep.sleep path: on_async_5 loop: usockets role: async
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  us_socket_context_on_open(0, 0, on_io_1, 0);
  us_timer_set(0, on_timer_2, 0);
  us_create_loop(0, on_async_3, on_async_4, on_async_5, 0);
  return on_nothing != 0;
}
