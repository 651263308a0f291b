// What Asterisk calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct ast_custom_function {
  int (*read)(void *);
};
int ast_register_application2(void *a0, int (*f1)(void *), void *a2);
int ast_sched_add(void *a0, void *a1, int (*f2)(void *), void *a3);
int ast_io_add(void *a0, void *a1, int (*f2)(void *), void *a3);
int ast_taskprocessor_push(void *a0, int (*f1)(void *), void *a2);
int ast_pthread_create_stack(void *a0, void *a1, int (*f2)(void *), void *a3);

static int on_request_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_request_1 loop: asterisk role: request
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: asterisk role: timer
}

static int on_io_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_io_3 loop: asterisk role: io
}

static int on_async_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_async_4 loop: asterisk role: async
}

static int on_field_5(void *data) {
  (void)data;
  return (int)sleep(5); // expect: error sleep.sleep path: on_field_5 loop: asterisk role: request
}

static int on_offload_6(void *data) {
  (void)data;
  return (int)sleep(6); // what runs elsewhere may wait
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(struct ast_custom_function *ast_custom_function);
int set_up(struct ast_custom_function *ast_custom_function) {
  ast_register_application2(0, on_request_1, 0);
  ast_sched_add(0, 0, on_timer_2, 0);
  ast_io_add(0, 0, on_io_3, 0);
  ast_taskprocessor_push(0, on_async_4, 0);
  ast_custom_function->read = on_field_5;
  ast_pthread_create_stack(0, 0, on_offload_6, 0);
  return on_nothing != 0;
}
