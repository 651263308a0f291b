// Asio's handlers: lambdas, functions and bound members, given to members and to free functions. A posted one runs later on the loop.
#include <functional>
#include <unistd.h>

namespace asio {
struct io_context {
  unsigned long run();
};
template <typename Clock> struct basic_waitable_timer {
  template <typename Handler> void async_wait(Handler handler) { (void)handler; }
};
template <typename Protocol> struct basic_stream_socket {
  template <typename Buffers, typename Handler> void async_read_some(const Buffers &buffers, Handler handler) {
    (void)buffers, (void)handler;
  }
};
template <typename Stream, typename Buffers, typename Handler>
void async_write(Stream &stream, const Buffers &buffers, Handler handler) {
  (void)stream, (void)buffers, (void)handler;
}
template <typename Context, typename Handler> void post(Context &context, Handler handler) {
  (void)context, (void)handler;
}
} // namespace asio

static void on_written(int error, unsigned long) {
  (void)error;
  sleep(1); // expect: error sleep.sleep path: on_written loop: asio role: io
}

struct Session {
  asio::basic_stream_socket<int> socket;
  asio::basic_waitable_timer<int> timer;
  void start();
  void on_read(int error, unsigned long size);
};

void Session::on_read(int error, unsigned long size) {
  (void)error, (void)size;
  sleep(1); // expect: error sleep.sleep path: Session::on_read loop: asio role: io
  asio::async_write(socket, "x", on_written);
}

void Session::start() {
  sleep(1); // expect-none
  timer.async_wait([](int) {
    sleep(1); // expect: error sleep.sleep loop: asio role: timer
  });
  socket.async_read_some("x", std::bind(&Session::on_read, this, std::placeholders::_1, std::placeholders::_2));
}

int main() {
  asio::io_context context;
  Session session;
  session.start();
  asio::post(context, [&session] {
    usleep(50000); // expect: warning sleep.usleep loop: asio role: async
  });
  return context.run() == 0;
}
