// What a lambda captures changes nothing of what it does: by value, with a copy constructor, with a value of its own, the object itself.
#include <functional>
#include <memory>
#include <string>
#include <sys/epoll.h>
#include <unistd.h>

struct Watcher {
  int fd;
  std::function<void()> ready;
};

struct Session : std::enable_shared_from_this<Session> {
  void on_ready() { sleep(1); } // expect: error sleep.sleep
  void on_quiet() {}
  void watch(Watcher &loud, Watcher &quiet) {
    loud.ready = [self = shared_from_this()] { self->on_ready(); };
    quiet.ready = [self = shared_from_this(), this] { on_quiet(); };
  }
};

static Watcher watchers[8];

static void captures(int seconds, std::string name, std::shared_ptr<Session> session) {
  watchers[0].ready = [seconds] {
    sleep(seconds); // expect: error sleep.sleep
  };
  watchers[1].ready = [name]() mutable {
    name += "x";
    usleep(50000); // expect: warning sleep.usleep
  };
  watchers[2].ready = [session, name] {
    auto later = [name] {
      usleep(60000); // expect: warning sleep.usleep
    };
    later();
  };
  std::function<void()> kept = [] {
    usleep(70000); // expect: warning sleep.usleep
  };
  watchers[3].ready = [run = std::move(kept)] { run(); };
  auto unused = [seconds] {
    sleep(seconds); // expect-none
  };
  (void)unused;
}

int main() {
  int poll = epoll_create1(0);
  auto session = std::make_shared<Session>();
  session->watch(watchers[4], watchers[5]);
  captures(1, "name", session);
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) static_cast<Watcher *>(events[i].data.ptr)->ready();
  }
}
