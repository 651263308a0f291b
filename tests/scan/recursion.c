// Recursion and mutual recursion end. The first call has n = 10, so that the path to the sleep leads once around.
#include <unistd.h>
#include <uv.h>

static void odd(int n);
static void even(int n) {
  if (n > 0) odd(n - 1);
  if (n == 0) sleep(1); // expect: error sleep.sleep path: on_timer > even > odd > even loop: libuv
}
static void odd(int n) {
  if (n > 0) even(n - 1);
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  even(10);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
