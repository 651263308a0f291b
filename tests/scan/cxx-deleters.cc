// What ends the object of a std::unique_ptr is its deleter: a class, a function, a lambda.
// flags: -std=c++20
#include <functional>
#include <memory>
#include <optional>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

static void close_slowly(FILE *file) {
  fclose(file); // expect: note stdio.close
  sleep(1); // expect: error sleep.sleep
}
static void close_quickly(FILE *file) { fclose(file); } // expect: note stdio.close
static void never_given(FILE *) { sleep(2); } // expect-none

struct Deleter {
  void operator()(int *number) const {
    delete number;
    usleep(50000); // expect: warning sleep.usleep
  }
};
struct UnusedDeleter {
  void operator()(int *) const { sleep(3); } // expect-none
};
struct Plain {
  int number;
};

struct Session {
  std::unique_ptr<int, Deleter> number;
};
static std::optional<Session> session;

static void on_ready() {
  std::unique_ptr<FILE, void (*)(FILE *)> slow(nullptr, close_slowly);
  std::unique_ptr<FILE, decltype(&close_quickly)> quick(nullptr, close_quickly);
  auto with_lambda = [](int *number) {
    delete number;
    usleep(60000); // expect: warning sleep.usleep
  };
  std::unique_ptr<int, decltype(with_lambda)> lambda(new int(1), with_lambda);
  std::unique_ptr<Plain> plain = std::make_unique<Plain>();
  session.reset();
  void (*kept)(FILE *) = never_given;
  (void)kept;
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
