// A virtual call reaches the overriding members.
#include <unistd.h>
#include <uv.h>

namespace net {
struct Handler {
  virtual ~Handler() = default;
  virtual void ready() = 0;
};
class Slow final : public Handler {
public:
  void ready() override { sleep(1); } // expect: error sleep.sleep path: on_timer > net::Slow::ready loop: libuv
};
class Quick final : public Handler {
public:
  void ready() override {}
};
} // namespace net

static void on_timer(uv_timer_t *timer) { static_cast<net::Handler *>(timer->data)->ready(); }

int main(int argc, char **) {
  uv_timer_t timer;
  net::Slow slow;
  net::Quick quick;
  uv_timer_init(uv_default_loop(), &timer);
  timer.data = argc > 1 ? static_cast<net::Handler *>(&slow) : &quick;
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
