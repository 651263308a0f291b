// What libmicrohttpd calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

int MHD_start_daemon(void *a0, void *a1, int (*f2)(void *), void *a3, int (*f4)(void *), void *a5);
int MHD_create_post_processor(void *a0, void *a1, int (*f2)(void *), void *a3);

static int on_request_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_request_1 loop: libmicrohttpd role: request
}

static int on_request_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_request_2 loop: libmicrohttpd role: request
}

static int on_request_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_request_3 loop: libmicrohttpd role: request
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  MHD_start_daemon(0, 0, on_request_1, 0, on_request_2, 0);
  MHD_create_post_processor(0, 0, on_request_3, 0);
  return on_nothing != 0;
}
