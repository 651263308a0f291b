// Durations of std::chrono are lengths: a wait that ends at once is none, a short one is a note, and unknown ones keep their level.
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <uv.h>

using namespace std::chrono_literals;
using std::chrono::steady_clock;

static std::future<int> answer;
static std::shared_future<int> shared;
static std::timed_mutex gate;
static std::mutex mutex;
static std::condition_variable ready;
static constexpr auto no_time = std::chrono::milliseconds(0);
static const std::chrono::seconds patience{2};
static std::chrono::milliseconds setting{10};

static bool is_done(std::chrono::milliseconds limit) { return answer.wait_for(limit) == std::future_status::ready; }
static bool is_done_later(std::chrono::milliseconds limit) {
  return answer.wait_for(limit) == std::future_status::ready; // expect: warning cxx.future-timed
}

static void polls() {
  answer.wait_for(0s);
  answer.wait_for(std::chrono::seconds(0));
  answer.wait_for(std::chrono::milliseconds::zero());
  answer.wait_for(std::chrono::duration<double>(0));
  answer.wait_for(no_time);
  shared.wait_until(steady_clock::now());
  answer.wait_until(steady_clock::time_point::min());
  if (gate.try_lock_for(0ms)) gate.unlock();
  if (gate.try_lock_until(steady_clock::now() - 1s)) gate.unlock();
  std::this_thread::sleep_for(0ms);
  auto none = 0ms;
  answer.wait_for(none);
  is_done(0ms);
}

static void waits(std::unique_lock<std::mutex> &lock) {
  answer.wait_for(50ms);                               // expect: warning cxx.future-timed
  answer.wait_for(patience);                           // expect: error cxx.future-timed
  answer.wait_until(steady_clock::now() + 1min);       // expect: error cxx.future-timed
  if (gate.try_lock_for(2 * 300ms)) gate.unlock();     // expect: error cxx.lock-timed
  ready.wait_for(lock, std::chrono::milliseconds(20)); // expect: warning cxx.condition_wait_for
  ready.wait_for(lock, 0ms);
  ready.wait_for(lock, setting);                  // expect: error cxx.condition_wait_for
  std::this_thread::sleep_for(10us);              // expect: note cxx.sleep
  std::this_thread::sleep_for(setting);           // expect: error cxx.sleep
  auto pause = 0ms;
  pause = 700ms;
  std::this_thread::sleep_for(pause); // expect: error cxx.sleep
  is_done_later(30ms);
}

static void on_timer(uv_timer_t *) {
  std::unique_lock<std::mutex> lock(mutex, std::defer_lock);
  polls();
  waits(lock);
}

int main() {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
