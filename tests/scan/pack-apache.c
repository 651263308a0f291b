// What Apache HTTP Server calls, one function for each role; what it runs elsewhere, and what nobody
// registers, stays silent.
#include <unistd.h>

int ap_hook_handler(int (*f0)(void *), void *a1);
int ap_mpm_register_timed_callback(void *a0, int (*f1)(void *), void *a2);
int ap_mpm_register_poll_callback(void *a0, void *a1, int (*f2)(void *), void *a3);
int ap_mpm_register_poll_callback_timeout(void *a0, void *a1, int (*f2)(void *), int (*f3)(void *), void *a4);
int ap_hook_check_authn(int (*f0)(void *), void *a1);
int ap_hook_child_init(int (*f0)(void *), void *a1);
int ap_register_output_filter(void *a0, int (*f1)(void *), int (*f2)(void *), int a3);
int apr_thread_pool_push(void *a0, int (*f1)(void *), void *a2);
typedef struct authn_provider {
  int (*check_password)(void *);
} authn_provider;
int ap_register_auth_provider(void *a0, const char *a1, const char *a2, const char *a3, const void *a4,
                              int a5);

static int on_request_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_request_1 loop: apache role: request
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: apache role: timer
}

static int on_io_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_io_3 loop: apache role: io
}

static int on_io_4(void *data) {
  (void)data;
  return (int)sleep(4); // expect: error sleep.sleep path: on_io_4 loop: apache role: io
}

static int on_io_5(void *data) {
  (void)data;
  return (int)sleep(5); // expect: error sleep.sleep path: on_io_5 loop: apache role: io
}

static int on_authn_6(void *data) {
  (void)data;
  return (int)sleep(6); // expect: error sleep.sleep path: on_authn_6 loop: apache role: request
}

static int on_filter_7(void *data) {
  (void)data;
  return (int)sleep(7); // expect: error sleep.sleep path: on_filter_7 loop: apache role: request
}

static int on_password_8(void *data) {
  (void)data;
  return (int)sleep(8); // expect: error sleep.sleep path: on_password_8 loop: apache role: request
}

static const authn_provider provider = {on_password_8};

static int on_child_9(void *data) {
  (void)data;
  return (int)sleep(9); // a process that begins serves nobody yet
}

static int on_offload_10(void *data) {
  (void)data;
  return (int)sleep(10); // what runs elsewhere may wait
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  ap_hook_handler(on_request_1, 0);
  ap_mpm_register_timed_callback(0, on_timer_2, 0);
  ap_mpm_register_poll_callback(0, 0, on_io_3, 0);
  ap_mpm_register_poll_callback_timeout(0, 0, on_io_4, on_io_5, 0);
  ap_hook_check_authn(on_authn_6, 0);
  ap_register_output_filter(0, on_filter_7, 0, 0);
  ap_register_auth_provider(0, "a", "b", "0", &provider, 0);
  ap_hook_child_init(on_child_9, 0);
  apr_thread_pool_push(0, on_offload_10, 0);
  return on_nothing != 0;
}
