// A lambda without captures as a callback, also as the function that `+` makes of it, and one that runs on a thread.
#include <chrono>
#include <thread>
#include <unistd.h>
#include <uv.h>

int main() {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(
      &timer,
      [](uv_timer_t *) {
        sleep(1); // expect: error sleep.sleep loop: libuv
        std::thread worker([] {
          sleep(2); // expect-none
        });
        worker.detach();
      },
      10, 0);
  static uv_timer_t plain;
  uv_timer_init(uv_default_loop(), &plain);
  uv_timer_start(&plain, +[](uv_timer_t *) { sleep(1); }, 10, 0); // expect: error sleep.sleep loop: libuv
  auto *unused = +[](uv_timer_t *) { sleep(1); }; // expect-none
  (void)unused;
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
