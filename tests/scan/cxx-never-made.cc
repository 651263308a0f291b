// A virtual call reaches no method of a class of which nobody makes an object, by whatever way one is made.
#include <memory>
#include <sys/epoll.h>
#include <unistd.h>
#include <vector>

struct Handler {
  virtual void ready() = 0;
  virtual ~Handler() = default;
};
struct Variable : Handler {
  void ready() override { sleep(1); } // expect: error sleep.sleep
};
struct Unique : Handler {
  void ready() override { sleep(2); } // expect: error sleep.sleep
};
struct Base : Handler {
  void ready() override { sleep(3); } // expect: error sleep.sleep
};
struct Inheriting : Base {};
struct Member : Handler {
  void ready() override { sleep(4); } // expect: error sleep.sleep
};
struct Holder : Handler {
  std::vector<Member> members;
  void ready() override { members[0].ready(); }
};
struct ByFactory : Handler {
  void ready() override { sleep(5); } // expect: error sleep.sleep
};
template <class T> struct OfTemplate : Handler {
  void ready() override { sleep(6); } // expect: error sleep.sleep
};
namespace {
struct Hidden : Handler {
  void ready() override { sleep(7); } // expect: error sleep.sleep
};
} // namespace

struct Never : Handler {
  void ready() override { sleep(11); } // expect: error sleep.sleep possible
};
struct NeverDerived : Variable {
  void ready() override { sleep(12); } // expect: error sleep.sleep possible
};
struct OnlyPointed : Handler {
  void ready() override { sleep(13); } // expect: error sleep.sleep possible
};

template <class T> static Handler *make() { return new T; }

static std::unique_ptr<Handler> unique = std::make_unique<Unique>();
static std::unique_ptr<OnlyPointed> pointed;
static Variable variable;

static void watch(int poll, int fd, Handler *handler) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = handler;
  epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

int main() {
  int poll = epoll_create1(0);
  Inheriting inheriting;
  Holder holder;
  OfTemplate<int> of_template;
  watch(poll, 0, &variable);
  watch(poll, 1, unique.get());
  watch(poll, 2, &inheriting);
  watch(poll, 3, &holder);
  watch(poll, 4, make<ByFactory>());
  watch(poll, 5, &of_template);
  watch(poll, 6, new Hidden);
  watch(poll, 7, pointed.get());
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) static_cast<Handler *>(events[i].data.ptr)->ready();
  }
}
