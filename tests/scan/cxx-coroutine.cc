// Asio's coroutines: what stands between two co_await runs on the loop; what is spawned on a pool does not.
// flags: -std=c++20
#include <utility>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <thread>
#include <unistd.h>

using namespace asio::experimental::awaitable_operators;

static void helper() {
  usleep(50000); // expect: warning sleep.usleep
}

static asio::awaitable<void> inner() {
  sleep(1); // expect: error sleep.sleep
  co_return;
}

static asio::awaitable<void> wrapped() { return inner(); }

static asio::awaitable<void> never() {
  sleep(2); // expect-none
  co_return;
}

static asio::awaitable<void> raced() {
  sleep(6); // expect: error sleep.sleep
  co_return;
}

template <class Token> static auto started(Token &&token) {
  return asio::async_initiate<Token, void()>(
      [](auto handler) {
        sleep(7); // expect: error sleep.sleep
        handler();
      },
      token);
}

static asio::awaitable<void> session(asio::ip::tcp::socket peer, asio::thread_pool &pool) {
  char buffer[64];
  for (;;) {
    std::size_t size = co_await peer.async_read_some(asio::buffer(buffer), asio::use_awaitable);
    sleep(3); // expect: error sleep.sleep
    helper();
    co_await wrapped();
    co_await (raced() || wrapped());
    started([] {});
    co_await asio::co_spawn(
        pool,
        []() -> asio::awaitable<void> {
          sleep(4); // expect-none
          co_return;
        },
        asio::use_awaitable);
    co_await asio::async_write(peer, asio::buffer(buffer, size), asio::use_awaitable);
    auto unused = never();
  }
}

int main() {
  asio::io_context context;
  asio::thread_pool pool(1);
  asio::co_spawn(context, session(asio::ip::tcp::socket(context), pool), asio::detached);
  asio::co_spawn(
      context,
      []() -> asio::awaitable<void> {
        sleep(5); // expect: error sleep.sleep
        co_return;
      },
      asio::detached);
  context.run();
}
