// Each instance of a class template has fields of its own: members, static members, static locals, nested classes. What the
// template says of a member holds for all of them.
#include <functional>
#include <sys/epoll.h>
#include <unistd.h>
#include <vector>

static void by_default(int) {
  sleep(1); // expect: error sleep.sleep
}

template <class T> struct Holder {
  std::function<void(int)> kept;
  void (*plain)(int) = by_default;
  static std::function<void(int)> shared;
  void set(std::function<void(int)> f) { kept = f; }
  void run(int number) { kept(number); }
};
template <class T> std::function<void(int)> Holder<T>::shared;

template <class T> struct Signal {
  struct Slot {
    std::function<void(T)> function;
  };
  std::vector<Slot> slots;
  void connect(std::function<void(T)> f) { slots.push_back(Slot{std::move(f)}); }
  void emit(T value) {
    for (auto &slot : slots) slot.function(value);
  }
};

template <class T> struct Delayed {
  std::function<void()> done, flush;
  void open() {
    flush = [this] { done(); };
  }
};

template <class T> static std::function<void(int)> &handler() {
  static std::function<void(int)> kept;
  return kept;
}

struct A {};
struct B {};
static Holder<A> a;
static Holder<B> b;
static Signal<int> numbers;
static Signal<long> sizes;
static Delayed<A> prompt;
static Delayed<B> late;

static void dispatch(int fd) {
  a.run(fd);
  b.plain(fd);
  Holder<A>::shared(fd);
  numbers.emit(fd);
  late.flush();
  handler<A>()(fd);
}

static void never_run(int) {
  b.run(1);
  sizes.emit(1);
  prompt.flush();
}

int main() {
  int poll = epoll_create1(0);
  a.set([](int) {
    sleep(2); // expect: error sleep.sleep
  });
  b.set([](int) { sleep(3); }); // expect-none
  Holder<A>::shared = [](int) {
    sleep(4); // expect: error sleep.sleep
  };
  Holder<B>::shared = [](int) { sleep(5); }; // expect-none
  numbers.connect([](int) {
    sleep(6); // expect: error sleep.sleep
  });
  sizes.connect([](long) { sleep(7); }); // expect-none
  prompt.open();
  late.open();
  prompt.done = [] { sleep(8); }; // expect-none
  late.done = [] {
    sleep(9); // expect: error sleep.sleep
  };
  handler<A>() = [](int) {
    sleep(10); // expect: error sleep.sleep
  };
  handler<B>() = [](int) { sleep(11); }; // expect-none
  never_run(0);
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) dispatch(events[i].data.fd);
  }
}
