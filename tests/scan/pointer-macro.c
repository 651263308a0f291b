// Calls and stores inside macros; the place is where the macro is expanded.
#include <unistd.h>
#include <uv.h>

struct object {
  void (*ping)(void);
};
#define SET_HANDLER(o, f) ((o)->ping = (f))
#define CALL_HANDLER(o) \
  do { \
    if ((o)->ping) (o)->ping(); \
  } while (0)
#define NAP() sleep(1)

static void ping(void) {
  NAP(); // expect: error sleep.sleep path: on_timer > ping loop: libuv
}

static void on_timer(uv_timer_t *timer) {
  struct object o = {0};
  (void)timer;
  SET_HANDLER(&o, ping);
  CALL_HANDLER(&o);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
