// What SPDK calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

int spdk_poller_register(int (*f0)(void *), void *a1);
int spdk_thread_send_msg(void *a0, int (*f1)(void *), void *a2);
int spdk_for_each_channel(void *a0, int (*f1)(void *), void *a2, int (*f3)(void *), void *a4);
int spdk_bdev_read(void *a0, void *a1, void *a2, void *a3, void *a4, int (*f5)(void *), void *a6);
int spdk_env_thread_launch_pinned(void *a0, int (*f1)(void *), void *a2);

static int on_timer_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_timer_1 loop: spdk role: timer
}

static int on_async_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_async_2 loop: spdk role: async
}

static int on_async_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_async_3 loop: spdk role: async
}

static int on_async_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_async_4 loop: spdk role: async
}

static int on_io_5(void *data) {
  (void)data;
  return (int)sleep(5); // expect: error sleep.sleep path: on_io_5 loop: spdk role: io
}

static int on_offload_6(void *data) {
  (void)data;
  return (int)sleep(6); // what runs elsewhere may wait
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  spdk_poller_register(on_timer_1, 0);
  spdk_thread_send_msg(0, on_async_2, 0);
  spdk_for_each_channel(0, on_async_3, 0, on_async_4, 0);
  spdk_bdev_read(0, 0, 0, 0, 0, on_io_5, 0);
  spdk_env_thread_launch_pinned(0, on_offload_6, 0);
  return on_nothing != 0;
}
