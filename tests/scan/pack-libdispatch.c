// What libdispatch calls, one function for each role; what it runs elsewhere, and what nobody registers,
// stays silent.
#include <unistd.h>

int dispatch_source_set_event_handler_f(void *a0, int (*f1)(void *), void *a2);
int dispatch_after_f(void *a0, void *a1, void *a2, int (*f3)(void *), void *a4);
int dispatch_async_f(void *a0, void *a1, int (*f2)(void *), void *a3);
int dispatch_group_async_f(void *a0, void *a1, void *a2, int (*f3)(void *));
int dispatch_apply_f(unsigned long a0, void *a1, void *a2, int (*f3)(void *));
int dispatch_group_notify_f(void *a0, void *a1, void *a2, int (*f3)(void *));
long dispatch_semaphore_wait(void *a0, unsigned long a1);

static int on_io_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io_1 loop: libdispatch role: io
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: libdispatch role: timer
}

static int on_offload_3(void *data) {
  (void)data;
  return (int)sleep(3); // what runs elsewhere may wait
}

static int on_offload_4(void *data) {
  (void)data;
  return (int)sleep(4); // what runs elsewhere may wait
}

static int on_item_5(void *data) {
  (void)data;
  return (int)sleep(5); // expect: error sleep.sleep path: on_done_6 > on_item_5 loop: libdispatch
}

static int on_done_6(void *data) {
  dispatch_apply_f(8, data, data, on_item_5); // expect: warning libdispatch.sync
  dispatch_semaphore_wait(data, 0);
  return (int)dispatch_semaphore_wait(data, ~0UL); // expect: error libdispatch.wait path: on_done_6
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  dispatch_source_set_event_handler_f(0, on_io_1, 0);
  dispatch_after_f(0, 0, 0, on_timer_2, 0);
  dispatch_async_f(0, 0, on_offload_3, 0);
  dispatch_group_async_f(0, 0, 0, on_offload_4);
  dispatch_group_notify_f(0, 0, 0, on_done_6);
  return on_nothing != 0;
}
