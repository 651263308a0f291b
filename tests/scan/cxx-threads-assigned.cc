// The body of a thread does not run on the loop, however the thread comes into its variable.
// flags: -std=c++20
#include <functional>
#include <map>
#include <memory>
#include <sys/epoll.h>
#include <thread>
#include <unistd.h>
#include <vector>

struct Worker {
  std::thread thread;
  std::jthread joining;
  std::vector<std::thread> threads;
  std::map<int, std::thread> named;
  void run() { sleep(1); } // expect-none
  void start() {
    thread = std::thread(&Worker::run, this);
    joining = std::jthread([](std::stop_token) {
      sleep(2); // expect-none
    });
    thread = std::thread([this] {
      run();
      sleep(3); // expect-none
    });
    threads.emplace_back([] {
      sleep(4); // expect-none
    });
    threads.push_back(std::thread([] {
      sleep(5); // expect-none
    }));
    named.emplace(1, [] {
      sleep(6); // expect-none
    });
    auto *made = new std::thread([] {
      sleep(7); // expect-none
    });
    made->detach();
    auto unique = std::make_unique<std::thread>([] {
      sleep(8); // expect-none
    });
    unique->detach();
    run_here([] {
      sleep(9); // expect: error sleep.sleep
    });
  }
  void run_here(std::function<void()> work) { work(); }
};

static Worker worker;
struct Watcher {
  std::function<void()> ready;
};

int main() {
  int poll = epoll_create1(0);
  Watcher watcher{[] { worker.start(); }};
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) static_cast<Watcher *>(events[i].data.ptr)->ready();
  }
}
