// What Redis modules calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct table {
  int (*entry)(void *);
};
struct RedisModuleTypeMethods {
  int (*handle)(void *);
};
static int (*RedisModule_CreateCommand)(void *a0, void *a1, int (*f2)(void *), void *a3);
static int (*RedisModule_CreateTimer)(void *a0, void *a1, int (*f2)(void *), void *a3);
static int (*RedisModule_BlockClient)(void *a0, int (*f1)(void *), int (*f2)(void *), void *a3);
static int (*RedisModule_SubscribeToKeyspaceEvents)(void *a0, void *a1, int (*f2)(void *), void *a3);
static int (*RedisModule_EventLoopAdd)(void *a0, void *a1, int (*f2)(void *), void *a3);
static int (*RedisModule_EventLoopAddOneShot)(int (*f0)(void *), void *a1);
int RedisModule_CreateDataType(void *a0, void *a1, void *a2, const struct table *t);

static int on_request_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_request_1 loop: redis-module role: request
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: redis-module role: timer
}

static int on_request_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_request_3 loop: redis-module role: request
}

static int on_request_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_request_4 loop: redis-module role: request
}

static int on_other_5(void *data) {
  (void)data;
  return (int)sleep(5); // expect: error sleep.sleep path: on_other_5 loop: redis-module role: other
}

static int on_io_6(void *data) {
  (void)data;
  return (int)sleep(6); // expect: error sleep.sleep path: on_io_6 loop: redis-module role: io
}

static int on_async_7(void *data) {
  (void)data;
  return (int)sleep(7); // expect: error sleep.sleep path: on_async_7 loop: redis-module role: async
}

static int on_table_8(void *data) {
  (void)data;
  return (int)sleep(8); // expect: error sleep.sleep path: on_table_8 loop: redis-module role: request
}

static int on_field_9(void *data) {
  (void)data;
  return (int)sleep(9); // expect: error sleep.sleep path: on_field_9 loop: redis-module role: request
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

static const struct table functions = {on_table_8};

int set_up(struct RedisModuleTypeMethods *redismoduletypemetho);
int set_up(struct RedisModuleTypeMethods *redismoduletypemetho) {
  RedisModule_CreateCommand(0, 0, on_request_1, 0);
  RedisModule_CreateTimer(0, 0, on_timer_2, 0);
  RedisModule_BlockClient(0, on_request_3, on_request_4, 0);
  RedisModule_SubscribeToKeyspaceEvents(0, 0, on_other_5, 0);
  RedisModule_EventLoopAdd(0, 0, on_io_6, 0);
  RedisModule_EventLoopAddOneShot(on_async_7, 0);
  RedisModule_CreateDataType(0, 0, 0, &functions);
  redismoduletypemetho->handle = on_field_9;
  return on_nothing != 0;
}
