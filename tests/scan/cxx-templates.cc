// Each instance of a template is a function of its own: what one type's instance does is not what another's does.
#include <functional>
#include <memory>
#include <sys/epoll.h>
#include <unistd.h>
#include <vector>

template <class Derived> struct Handler {
  void handle() { static_cast<Derived *>(this)->on_ready(); }
};
struct Slow : Handler<Slow> {
  void on_ready() {
    sleep(1); // expect: error sleep.sleep
  }
};
struct Startup : Handler<Startup> {
  void on_ready() {
    sleep(2); // expect-none
  }
};

struct Job {
  virtual void run() = 0;
  virtual ~Job() {}
};
template <class F> struct JobOf : Job {
  F function;
  explicit JobOf(F f) : function(std::move(f)) {}
  void run() override { function(); }
};
static std::vector<std::unique_ptr<Job>> jobs;
template <class F> static void post(F function) { jobs.push_back(std::make_unique<JobOf<F>>(std::move(function))); }

template <class T> struct Store {
  std::function<void()> flush;
  void open() {
    flush = [this] { write(); };
  }
  void write() {
    sleep(3); // expect: error sleep.sleep
  }
};

static Slow slow;
static Store<int> store;

static void dispatch() {
  slow.handle();
  jobs.front()->run();
  store.flush();
  auto generic = [](auto &object) { object.on_ready(); };
  generic(slow);
}

int main() {
  int poll = epoll_create1(0), seconds = 4;
  Startup startup;
  startup.handle();
  store.open();
  post([seconds] {
    sleep(seconds); // expect: error sleep.sleep
  });
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) dispatch();
  }
}
