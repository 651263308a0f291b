// Which thread an Asio handler runs on is told by its executor: what a thread pool's executor, or a strand of
// one, runs may block. A strand of the io_context is the loop.
#include <unistd.h>

namespace asio {
template <typename Context> struct executor_of {
  Context *context;
};
struct io_context {
  using executor_type = executor_of<io_context>;
  executor_type get_executor();
  unsigned long run();
};
struct thread_pool {
  struct executor_type {
    thread_pool *pool;
  };
  executor_type get_executor();
};
template <typename Executor> struct strand {
  explicit strand(Executor executor);
  template <typename Handler> void post(Handler handler);
};
template <typename Handler, typename Executor> struct executor_binder {
  Handler handler;
  Executor executor;
};
template <typename Executor, typename Handler>
executor_binder<Handler, Executor> bind_executor(const Executor &executor, Handler handler);
template <typename Handler>
executor_binder<Handler, thread_pool::executor_type> bind_executor(thread_pool &pool, Handler handler);
template <typename Executor, typename Handler> void post(Executor &executor, Handler handler) {
  (void)executor, (void)handler;
}
template <typename Handler> void post(Handler handler) { (void)handler; }
template <typename Clock> struct basic_waitable_timer {
  template <typename Handler> void async_wait(Handler handler) { (void)handler; }
};
} // namespace asio

struct server {
  asio::io_context &io;
  asio::thread_pool pool;
  asio::strand<asio::thread_pool::executor_type> in_pool{pool.get_executor()};
  asio::strand<asio::io_context::executor_type> on_loop{io.get_executor()};
  asio::basic_waitable_timer<int> timer;

  explicit server(asio::io_context &context) : io(context) {}
  void start() {
    asio::post(pool, [] { sleep(1); });
    asio::post(in_pool, [] { sleep(1); });
    asio::post(io, asio::bind_executor(pool, [] { sleep(1); }));
    asio::post(asio::bind_executor(in_pool, [] { sleep(1); }));
    in_pool.post([] { sleep(1); });
    timer.async_wait(asio::bind_executor(in_pool, [](int) { sleep(1); }));
    asio::post(on_loop, [] { sleep(2); });                                  // expect: error sleep.sleep loop: asio
    on_loop.post([] { sleep(3); });                                         // expect: error sleep.sleep loop: asio
    timer.async_wait(asio::bind_executor(on_loop, [](int) { sleep(4); }));  // expect: error sleep.sleep loop: asio
  }
};

int main() {
  asio::io_context io;
  server one(io);
  one.start();
  io.run();
  return 0;
}
