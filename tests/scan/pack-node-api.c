// What Node-API calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct napi_property_descriptor {
  int (*method)(void *);
};
int napi_create_function(void *a0, void *a1, void *a2, int (*f3)(void *), void *a4);
int napi_create_async_work(void *a0, void *a1, void *a2, int (*f3)(void *), int (*f4)(void *), void *a5);
int napi_create_threadsafe_function(void *a0, void *a1, void *a2, void *a3, void *a4, void *a5, void *a6, int (*f7)(void *), void *a8, int (*f9)(void *), void *a10);
int napi_add_env_cleanup_hook(void *a0, int (*f1)(void *), void *a2);

static int on_request_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_request_1 loop: node-api role: request
}

static int on_register_2(void *data) {
  (void)data;
  return (int)sleep(2); // what runs elsewhere may wait
}

static int on_work_done_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_work_done_3 loop: node-api role: work-done
}

static int on_other_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_other_4 loop: node-api role: other
}

static int on_async_5(void *data) {
  (void)data;
  return (int)sleep(5); // expect: error sleep.sleep path: on_async_5 loop: node-api role: async
}

static int on_other_6(void *data) {
  (void)data;
  return (int)sleep(6); // expect: error sleep.sleep path: on_other_6 loop: node-api role: other
}

static int on_field_7(void *data) {
  (void)data;
  return (int)sleep(7); // expect: error sleep.sleep path: on_field_7 loop: node-api role: request
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(struct napi_property_descriptor *napi_property_descri);
int set_up(struct napi_property_descriptor *napi_property_descri) {
  napi_create_function(0, 0, 0, on_request_1, 0);
  napi_create_async_work(0, 0, 0, on_register_2, on_work_done_3, 0);
  napi_create_threadsafe_function(0, 0, 0, 0, 0, 0, 0, on_other_4, 0, on_async_5, 0);
  napi_add_env_cleanup_hook(0, on_other_6, 0);
  napi_property_descri->method = on_field_7;
  return on_nothing != 0;
}
