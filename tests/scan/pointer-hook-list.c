// A list of hooks that modules add themselves to before the loop runs.
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

typedef int hook_fn(void *arg);
struct hook {
  hook_fn *fn;
  void *arg;
  struct hook *next;
};
static struct hook *hooks;

static void add_hook(hook_fn *fn, void *arg) {
  struct hook *hook = calloc(1, sizeof *hook);
  hook->fn = fn;
  hook->arg = arg;
  hook->next = hooks;
  hooks = hook;
}

static int rotate_log(void *arg) {
  (void)arg;
  return system("logrotate"); // expect: error process.system path: on_timer > rotate_log loop: libuv
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  for (struct hook *hook = hooks; hook; hook = hook->next) hook->fn(hook->arg);
}

int main(void) {
  uv_timer_t timer;
  add_hook(rotate_log, NULL);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
