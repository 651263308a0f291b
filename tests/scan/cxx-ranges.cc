// What a view is made with is called where the view is walked; a function that no view takes is not.
// flags: -std=c++20
#include <algorithm>
#include <functional>
#include <ranges>
#include <sys/epoll.h>
#include <unistd.h>
#include <vector>

static std::vector<int> numbers{1, 2, 3};
static int sum;

static bool is_slow(int number) {
  sleep(1); // expect: error sleep.sleep
  return number > 1;
}
static bool is_unused(int number) {
  sleep(2); // expect-none
  return number > 1;
}

static void on_ready() {
  for (int number : numbers | std::views::filter(is_slow)) sum += number;
  auto doubled = std::views::transform([](int number) {
    usleep(50000); // expect: warning sleep.usleep
    return number * 2;
  });
  for (int number : numbers | doubled | std::views::take(2)) sum += number;
  auto large = std::views::filter(numbers, [](int number) {
    usleep(60000); // expect: warning sleep.usleep
    return number > 2;
  });
  for (int number : large) sum += number;
  std::ranges::for_each(numbers, [](int number) {
    usleep(70000); // expect: warning sleep.usleep
    sum += number;
  });
  bool (*unused)(int) = is_unused;
  (void)unused;
}

struct Watcher {
  std::function<void()> ready;
};

int main() {
  int poll = epoll_create1(0);
  Watcher watcher{on_ready};
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) static_cast<Watcher *>(events[i].data.ptr)->ready();
  }
}
