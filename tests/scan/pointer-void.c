// A function kept in a void pointer and cast back.
#include <unistd.h>
#include <uv.h>

static void slow(void) { sleep(1); } // expect: error sleep.sleep path: on_timer > slow loop: libuv

static void *symbol(void) { return (void *)slow; }

static void on_timer(uv_timer_t *timer) {
  void (*f)(void) = (void (*)(void))symbol();
  (void)timer;
  f();
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
