// A member or a function in a namespace under an API's name is not that API.
// expect-none
#include <uv.h>

namespace fiber {
void sleep(int) {}
} // namespace fiber

struct Barrier {
  void wait() {}
  int connect(int, int, int) { return 0; }
};

static void on_timer(uv_timer_t *) {
  Barrier barrier;
  fiber::sleep(1);
  barrier.wait();
  barrier.connect(1, 2, 3);
}

int main() {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
