// A lambda without captures as a callback, and one that runs on a thread.
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
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
