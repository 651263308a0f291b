// Asio: a timer that ticks, and post() to a thread_pool and back.
#include "suspect.h"

#include <asio.hpp>
#include <chrono>

namespace {

struct program {
  asio::io_context io;
  asio::steady_timer timer{io};
  asio::thread_pool pool{1};
  bool right = false;

  // The loop turns some times before and after the work, as a server's does.
  void tick(int left) {
    timer.expires_after(std::chrono::milliseconds(3));
    timer.async_wait([this, left](std::error_code) {
      if (left == 10)
        work();
      else if (left > 0)
        tick(left - 1);
    });
  }

#ifdef TWIN
  void work() {
    asio::post(pool, [this, guard = asio::make_work_guard(io)] {
      bool done = suspect_work();
      asio::post(io, [this, done] {
        right = done;
        tick(9);
      });
    });
  }
#else
  void work() {
    right = suspect_work();
    tick(9);
  }
#endif
};

} // namespace

int main() {
  if (!suspect_prepare()) return 2;
  program all;
  all.tick(20);
  all.io.run();
  return all.right ? 0 : 1;
}
