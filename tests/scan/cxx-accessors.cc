// A function that does nothing but return a reference to a member stands for the member: what is put into it through such a
// function is called through it.
#include <cstdlib>
#include <functional>
#include <list>
#include <string>
#include <sys/epoll.h>
#include <unistd.h>

class Item {
public:
  std::function<void()> &slot() { return m_slot; }
  std::list<std::function<void()>> &listeners() { return this->m_listeners; }
  std::function<void()> &unused() { return m_unused; }

private:
  std::function<void()> m_slot, m_unused;
  std::list<std::function<void()>> m_listeners;
};

static Item item;

static void on_time() {
  sleep(2); // expect: error sleep.sleep certain entries: on_time
}

static void on_event() {
  system("true"); // expect: error process.system certain entries: main::lambda#1
}

static void never() {
  system("false"); // expect-none
}

// A chain of one operator: each call is one of it.
struct List {
  std::string all;
  List &operator<<(const std::string &text) {
    all += text;
    usleep(200000); // expect: warning sleep.usleep likely
    return *this;
  }
};

static void turn() {
  List list;
  list << "a" << "b" << "c";
  item.slot()();
  for (auto &listener : item.listeners()) listener();
}

int main() {
  int poll = epoll_create1(0);
  item.slot() = on_time;
  item.listeners().push_back([] { on_event(); });
  item.unused() = never;
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) turn();
  }
}
