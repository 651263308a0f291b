// Pointers to functions and to members in containers and pairs; a pointer to a virtual method calls what overrides it.
#include <functional>
#include <map>
#include <string>
#include <sys/epoll.h>
#include <unistd.h>
#include <vector>

struct Server {
  using Method = void (Server::*)();
  std::map<std::string, Method> methods;
  Method only;
  Server() {
    methods["list"] = &Server::list;
    methods.emplace("save", &Server::save);
    only = &Server::stop;
  }
  void list() { sleep(1); } // expect: error sleep.sleep
  void save() { sleep(2); } // expect: error sleep.sleep
  void stop() { sleep(3); } // expect: error sleep.sleep
  void never() { sleep(4); } // expect-none
  void on_command(const std::string &name) {
    auto found = methods.find(name);
    if (found != methods.end()) (this->*found->second)();
    (this->*only)();
  }
};

using Command = void (*)(int);
static void reload(int) { usleep(50000); }  // expect: warning sleep.usleep
static void inspect(int) { usleep(60000); } // expect: warning sleep.usleep
static void unlisted(int) { usleep(70000); } // expect-none
static std::map<std::string, Command> commands;
static std::vector<std::pair<int, Command>> queue;

struct Base {
  virtual void on_ready() {}
  virtual ~Base() = default;
};
struct Derived : Base {
  void on_ready() override { sleep(5); } // expect: error sleep.sleep
};
struct Unmade : Base {
  void on_ready() override { sleep(6); } // expect: error sleep.sleep possible
};

static Server server;
static Derived derived;

static void on_commands() {
  server.on_command("list");
  commands["reload"](1);
  for (auto &item : queue) item.second(item.first);
}

struct Watcher {
  std::function<void()> ready;
};
static Watcher watchers[2];

int main() {
  Base *base = &derived;
  commands["reload"] = reload;
  queue.push_back({1, &inspect});
  Command kept = unlisted;
  (void)kept;
  watchers[0].ready = on_commands;
  watchers[1].ready = std::bind(&Base::on_ready, base);
  int poll = epoll_create1(0);
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) static_cast<Watcher *>(events[i].data.ptr)->ready();
  }
}
