// A setter used for two objects: each callback belongs to the loop it was set on.
#include <pthread.h>
#include <unistd.h>
#include <uv.h>

struct hook {
  void (*run)(void);
};

static void set_hook(struct hook *hook, void (*run)(void)) { hook->run = run; }

static struct hook loop_hook;

static void on_loop(void) { sleep(1); } // expect: error sleep.sleep path: on_timer > on_loop loop: libuv

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  loop_hook.run();
}

int main(void) {
  uv_timer_t timer;
  set_hook(&loop_hook, on_loop);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
