// Handlers that objects at file scope register before main() runs; what their constructors do themselves is start-up.
#include <map>
#include <string>
#include <unistd.h>
#include <uv.h>

using Handler = void (*)(uv_timer_t *);

struct Registration {
  Registration(Handler h);
};

static Handler current;

Registration::Registration(Handler h) {
  sleep(1); // expect-none
  current = h;
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  sleep(1); // expect: error sleep.sleep path: on_timer loop: libuv
}

static Registration registration(on_timer);

int main() {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, current, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
