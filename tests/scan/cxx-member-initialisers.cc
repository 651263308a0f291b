// A default member initialiser runs in each constructor that does not initialise the member: written, implicit,
// or called by the library.
#include <fstream>
#include <functional>
#include <memory>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

static int slow() {
  sleep(1); // expect: error sleep.sleep
  return 1;
}
static int slower() {
  sleep(2); // expect: error sleep.sleep
  return 2;
}
static int slowest() {
  sleep(3); // expect-none
  return 3;
}

struct Implicit {
  int number = slow();
};
struct Written {
  std::ifstream file{"/etc/passwd"}; // expect: warning cxx.file_stream
  Written() {}
};
struct ByLibrary {
  int number{slower()};
};
struct Holder {
  std::unique_ptr<ByLibrary> held = std::make_unique<ByLibrary>();
};
struct Replaced {
  int number = slowest();
  std::function<int()> later = [] { return slowest(); };
  explicit Replaced(int given) : number(given) {}
};

static void on_ready(int) {
  Implicit implicit;
  Written written;
  Holder holder;
  Replaced replaced(1);
}

int main() {
  int poll = epoll_create1(0);
  std::function<void(int)> ready = on_ready;
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) ready(events[i].data.fd);
  }
}
