// Functions in containers, optionals, pairs and queues: what is put in comes out again. What another container holds does not.
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <sys/epoll.h>
#include <unistd.h>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

struct Task {
  int id;
  std::function<void()> run;
  Task(int number, std::function<void()> function) : id(number), run(std::move(function)) {}
};

static std::map<int, std::function<void(int)>> handlers;
static std::unordered_map<int, std::function<void()>> unused;
static std::queue<std::function<void()>> posted;
static std::deque<Task> tasks;
static std::unique_ptr<Task> last;
static std::optional<std::function<void()>> once;
static std::vector<std::pair<int, std::function<void()>>> pairs;

static std::tuple<int, std::function<void()>> both;
static std::variant<int, std::function<void()>> either;

static void fill() {
  std::get<1>(both) = [] {
    sleep(9); // expect: error sleep.sleep
  };
  either = [] {
    sleep(10); // expect: error sleep.sleep
  };
  handlers[3] = [](int) {
    sleep(1); // expect: error sleep.sleep
  };
  auto &slot = handlers[4];
  slot = [](int) {
    sleep(2); // expect: error sleep.sleep
  };
  unused.emplace(1, [] {
    sleep(3); // expect-none
  });
  posted.push([] {
    sleep(4); // expect: error sleep.sleep
  });
  tasks.emplace_back(1, [] {
    sleep(5); // expect: error sleep.sleep
  });
  last = std::make_unique<Task>(2, [] {
    sleep(6); // expect: error sleep.sleep
  });
  once = [] {
    sleep(7); // expect: error sleep.sleep
  };
  pairs.emplace_back(1, [] {
    sleep(8); // expect: error sleep.sleep
  });
}

static void dispatch(int fd) {
  auto found = handlers.find(fd);
  if (found != handlers.end()) found->second(fd);
  auto next = std::move(posted.front());
  posted.pop();
  next();
  tasks.front().run();
  last->run();
  if (once) (*once)();
  for (auto &[id, run] : pairs) run();
  std::get<1>(both)();
  if (auto *chosen = std::get_if<1>(&either)) (*chosen)();
}

int main() {
  int poll = epoll_create1(0);
  fill();
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) dispatch(events[i].data.fd);
  }
}
