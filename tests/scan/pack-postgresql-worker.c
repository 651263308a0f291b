// What PostgreSQL background workers calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

int RegisterXactCallback(int (*f0)(void *), void *a1);
int RegisterTimeout(void *a0, int (*f1)(void *), void *a2);

static int on_other_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_other_1 loop: postgresql-worker role: other
}

static int on_timer_2(void *data) {
  (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_timer_2 loop: postgresql-worker role: timer
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  RegisterXactCallback(on_other_1, 0);
  RegisterTimeout(0, on_timer_2, 0);
  return on_nothing != 0;
}
