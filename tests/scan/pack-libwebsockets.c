// What libwebsockets calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct lws_protocols {
  int (*callback)(void *);
};
struct lws_sorted_usec_list {
  int (*cb)(void *);
};
int lws_sul_schedule(void *a0, void *a1, void *a2, int (*f3)(void *), void *a4);

static int on_field_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_field_1 loop: libwebsockets role: io
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: libwebsockets role: timer
}

static int on_field_3(void *data) {
  (void)data;
  return (int)sleep(3); // expect: error sleep.sleep path: on_field_3 loop: libwebsockets role: timer
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(struct lws_protocols *lws_protocols, struct lws_sorted_usec_list *lws_sorted_usec_list);
int set_up(struct lws_protocols *lws_protocols, struct lws_sorted_usec_list *lws_sorted_usec_list) {
  lws_protocols->callback = on_field_1;
  lws_sul_schedule(0, 0, 0, on_timer_2, 0);
  lws_sorted_usec_list->cb = on_field_3;
  return on_nothing != 0;
}
