// What Kamailio calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

struct cmd_export_ {
  int (*function)(void *);
};
int register_timer(int (*f0)(void *), void *a1);

static int on_field_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_field_1 loop: kamailio role: request
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: kamailio role: timer
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(struct cmd_export_ *cmd_export);
int set_up(struct cmd_export_ *cmd_export) {
  cmd_export->function = on_field_1;
  register_timer(on_timer_2, 0);
  return on_nothing != 0;
}
