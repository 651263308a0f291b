// A project's wrapper around the registration, with a callback type of its own behind a user pointer.
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

typedef void timeout_cb(void *user);
struct timeout {
  uv_timer_t timer;
  timeout_cb *cb;
  void *user;
};

static void fire(uv_timer_t *timer) {
  struct timeout *t = timer->data;
  t->cb(t->user);
}

static void after(unsigned ms, timeout_cb *cb, void *user) {
  struct timeout *t = malloc(sizeof *t);
  *t = (struct timeout){.cb = cb, .user = user};
  t->timer.data = t;
  uv_timer_init(uv_default_loop(), &t->timer);
  uv_timer_start(&t->timer, fire, ms, 0);
}

static void expire(void *user) {
  (void)user;
  sleep(1); // expect: error sleep.sleep path: fire > expire loop: libuv role: timer
}

int main(void) {
  after(10, expire, NULL);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
