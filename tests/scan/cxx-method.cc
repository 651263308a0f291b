// A static member as callback that calls a member of its object, found through the data pointer.
#include <chrono>
#include <thread>
#include <uv.h>

class Server {
public:
  explicit Server(uv_loop_t *loop) {
    uv_timer_init(loop, &timer_);
    timer_.data = this;
    uv_timer_start(&timer_, &Server::on_timer, 10, 0);
  }

private:
  static void on_timer(uv_timer_t *timer) { static_cast<Server *>(timer->data)->tick(); }
  void tick() {
    // expect+1: error cxx.sleep path: Server::on_timer > Server::tick loop: libuv
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  uv_timer_t timer_;
};

int main() {
  Server server(uv_default_loop());
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
