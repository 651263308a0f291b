// A plain array of functions, and a two-dimensional one.
#include <unistd.h>
#include <uv.h>

typedef void step(void);

static void first(void) { sleep(1); } // expect: error sleep.sleep path: on_timer > first loop: libuv
static void second(void) { sleep(2); } // expect: error sleep.sleep path: on_timer > second loop: libuv
static void third(void) { sleep(3); } // expect: error sleep.sleep path: on_timer > third loop: libuv

static step *const steps[] = {first, second};
static step *matrix[2][2] = {{NULL, third}, {NULL, NULL}};

static void on_timer(uv_timer_t *timer) {
  static unsigned at;
  (void)timer;
  steps[at++ % 2]();
  if (matrix[0][at % 2]) matrix[0][at % 2]();
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
