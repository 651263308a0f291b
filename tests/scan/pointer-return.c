// A function that chooses a function, and a cast on the way.
#include <unistd.h>
#include <uv.h>

typedef void (*generic)(void);
typedef int (*worker)(long);

static int slow(long n) { return (int)sleep((unsigned)n); } // expect: error sleep.sleep path: on_timer > slow loop: libuv
static int quick(long n) { return (int)n; }

static generic choose(int fast) { return fast ? (generic)quick : (generic)slow; }

static void on_timer(uv_timer_t *timer) {
  worker w = (worker)choose(timer->data != NULL);
  w(1);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
