// A lambda kept in a std::function and called later on the loop.
#include <functional>
#include <unistd.h>
#include <uv.h>

static std::function<void()> task;

static void on_timer(uv_timer_t *) { task(); }

int main() {
  uv_timer_t timer;
  task = [] {
    sleep(1); // expect: error sleep.sleep loop: libuv
  };
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
