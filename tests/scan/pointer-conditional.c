// A conditional expression, a compound literal, a struct copy and a static local variable carry functions.
#include <unistd.h>
#include <uv.h>

struct ops {
  void (*run)(void);
  void (*end)(void);
};

static void chosen(void) { sleep(1); } // expect: error sleep.sleep path: on_timer > chosen loop: libuv
static void literal(void) { sleep(2); } // expect: error sleep.sleep path: on_timer > use > literal loop: libuv
static void copied(void) { sleep(3); } // expect: error sleep.sleep path: on_timer > copied loop: libuv
static void kept(void) { sleep(4); } // expect: error sleep.sleep path: on_timer > kept loop: libuv
static void nothing(void) {}

static void use(const struct ops *ops) { ops->run(); }

static void on_timer(uv_timer_t *timer) {
  static void (*later)(void);
  const struct ops model = {.end = copied};
  struct ops mine = model;
  void (*f)(void) = timer->data ? chosen : nothing;
  f();
  use(&(struct ops){.run = literal});
  mine.end();
  if (later) later();
  later = kept;
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
