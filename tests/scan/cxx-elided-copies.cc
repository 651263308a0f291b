// Before C++17 an object that a function gives is copied in the tree alone. What it carries and what ends with it are
// the same as in later standards.
// flags: -std=c++11
#include <functional>
#include <future>
#include <memory>
#include <sys/epoll.h>
#include <unistd.h>

struct Watcher {
  std::function<void()> ready;
};
static Watcher watchers[8];

struct Session : std::enable_shared_from_this<Session> {
  void on_ready() { sleep(1); } // expect: error sleep.sleep
  void on_quiet() {}
};

static std::function<void()> make(unsigned seconds) {
  return [seconds] {
    sleep(seconds); // expect: error sleep.sleep
  };
}
static std::function<void()> make_unused() {
  return [] { sleep(2); }; // expect-none
}

struct Job {
  std::function<void()> work;
  explicit Job(std::function<void()> given) : work(given) {}
  void operator()() { work(); }
};
static Job make_job() {
  return Job([] { usleep(50000); }); // expect: warning sleep.usleep
}

static std::future<int> start() {
  return std::async(std::launch::async, [] { return 1; });
}
static void wait_for_it() {
  auto answer = start(); // expect: error cxx.future-end
}
static void keep(std::future<int> &kept) { kept = start(); }

struct Ending {
  ~Ending() { usleep(70000); } // expect: warning sleep.usleep
};
static Ending make_ending() { return Ending(); }
static void end() { auto ending = make_ending(); }

int main() {
  int poll = epoll_create1(0);
  auto session = std::make_shared<Session>();
  auto self = session->shared_from_this();
  watchers[0].ready = [self] { self->on_ready(); };
  watchers[1].ready = [self] { self->on_quiet(); };
  auto made = make(3);
  watchers[2].ready = made;
  auto unused = make_unused();
  auto job = make_job();
  watchers[3].ready = job;
  watchers[4].ready = wait_for_it;
  watchers[5].ready = end;
  static std::future<int> kept;
  watchers[6].ready = [] { keep(kept); };
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) static_cast<Watcher *>(events[i].data.ptr)->ready();
  }
}
