// The end of objects: locals, members, bases, temporaries, what containers and smart pointers hold, futures of std::async.
// flags: -std=c++20
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <sys/epoll.h>
#include <thread>
#include <unistd.h>
#include <vector>

static int compute() { return 1; }
static int slow() { return (int)sleep(9); } // expect-none

struct Local {
  ~Local() { sleep(1); } // expect: error sleep.sleep
};
struct Member {
  ~Member() { sleep(2); } // expect: error sleep.sleep
};
struct Owner {
  Member member;
};
struct Base {
  ~Base() { sleep(3); } // expect: error sleep.sleep
};
struct Derived : Base {};
struct Temporary {
  ~Temporary() { sleep(4); } // expect: error sleep.sleep
  int value() { return 1; }
};
struct Erased {
  ~Erased() { sleep(5); } // expect: error sleep.sleep
};
struct Part {
  ~Part() { sleep(6); } // expect: error sleep.sleep
};
struct Interface {
  virtual ~Interface() = default;
};
struct Implementation : Interface {
  Part part;
};
struct Made {
  Made() { sleep(7); } // expect: error sleep.sleep
};
struct Maker {
  Made made;
  Maker() {}
};
struct Kept {
  ~Kept() { sleep(8); } // expect-none
};

static std::map<int, std::shared_ptr<Erased>> clients;
static std::unique_ptr<Interface> interface;
static std::vector<std::unique_ptr<Kept>> kept;
static std::vector<std::future<int>> futures;
static std::mutex mutex;
static std::timed_mutex patient;

static void dispatch(int fd) {
  Local local;
  auto owner = std::make_unique<Owner>();
  Derived derived;
  Temporary().value();
  clients.erase(fd);
  interface.reset();
  Maker maker;
  kept.push_back(std::make_unique<Kept>());
  std::async(std::launch::async, compute);               // expect: error cxx.future-end
  (void)std::async(std::launch::async, compute);         // expect: error cxx.future-end
  auto waits = std::async(std::launch::async, compute);  // expect: error cxx.future-end
  auto lazy = std::async(std::launch::deferred, compute); // expect-none
  std::promise<int> promise;
  auto promised = promise.get_future(); // expect-none
  futures.push_back(std::async(std::launch::async, compute)); // expect-none
  std::packaged_task<int()> task(slow);
  auto told = task.get_future(); // expect-none
  std::thread(std::move(task)).detach();
  std::jthread left(compute); // expect-none
  left.detach();
  std::unique_lock<std::timed_mutex> timed(patient, std::chrono::seconds(1)); // expect: warning cxx.lock-guard
  std::unique_lock<std::timed_mutex> asked(patient, std::chrono::seconds(0)); // expect-none
  std::lock_guard<std::mutex> lock(mutex);              // expect: warning cxx.lock-guard
  std::unique_lock<std::mutex> tried(mutex, std::try_to_lock); // expect-none
}

int main() {
  int poll = epoll_create1(0);
  interface = std::make_unique<Implementation>();
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) dispatch(events[i].data.fd);
  }
}
