// Locks, joins and futures of the C++ standard library on the loop.
#include <future>
#include <mutex>
#include <thread>
#include <uv.h>

static std::thread worker;
static std::future<int> answer;

static void on_timer(uv_timer_t *) {
  worker.join(); // expect: error cxx.thread_join path: on_timer loop: libuv
  answer.get(); // expect: error cxx.future_get path: on_timer loop: libuv
}

int main() {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
