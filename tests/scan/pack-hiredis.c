// What hiredis, asynchronous half calls, one function for each role; what it runs elsewhere, and what nobody registers, stays silent.
#include <unistd.h>

int redisAsyncCommand(void *a0, int (*f1)(void *), void *a2);

static int on_io_1(void *data) {
  (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io_1 loop: hiredis role: io
}

static int on_nothing(void *data) {
  (void)data;
  return (int)sleep(99);
}

int set_up(void);
int set_up(void) {
  redisAsyncCommand(0, on_io_1, 0);
  return on_nothing != 0;
}
