// Objects that can be called, and what the standard library calls: functors, their templates, bind, invoke, visit, member pointers.
#include <algorithm>
#include <functional>
#include <sys/epoll.h>
#include <unistd.h>
#include <variant>
#include <vector>

struct Functor {
  void operator()(int) {
    sleep(1); // expect: error sleep.sleep
  }
};
template <class T> struct FunctorOf {
  T seconds;
  void operator()(int) {
    sleep(seconds); // expect: error sleep.sleep
  }
};
struct Server {
  void on_read(int) {
    sleep(3); // expect: error sleep.sleep
  }
  void on_write() {
    sleep(4); // expect: error sleep.sleep
  }
  void on_error() {
    sleep(5); // expect: error sleep.sleep
  }
  void never(int) {
    sleep(6); // expect-none
  }
};
struct Text {};
struct Number {};
struct Visitor {
  void operator()(Text &) {}
  void operator()(Number &) {
    sleep(7); // expect: error sleep.sleep
  }
};
template <class... Ts> struct overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts> overloaded(Ts...) -> overloaded<Ts...>;

static Server server;
static std::variant<Text, Number> message;
static std::function<void(int)> handlers[4], later;
static std::vector<int> numbers;

static void dispatch(int fd) {
  for (auto &handler : handlers) handler(fd);
  std::invoke(&Server::on_write, server);
  void (Server::*member)() = &Server::on_error;
  (server.*member)();
  std::visit(Visitor{}, message);
  std::visit(overloaded{[](Text &) {},
                        [](Number &) {
                          sleep(8); // expect: error sleep.sleep
                        }},
             message);
  std::for_each(numbers.begin(), numbers.end(), [](int) {
    sleep(9); // expect: error sleep.sleep
  });
  later = std::bind(&Server::never, &server, std::placeholders::_1);
}

int main() {
  int poll = epoll_create1(0);
  handlers[0] = Functor();
  handlers[1] = FunctorOf<int>{2};
  handlers[2] = std::bind(&Server::on_read, &server, std::placeholders::_1);
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) dispatch(events[i].data.fd);
  }
}
