// A std::function calls what takes its arguments by another way: by reference, by a class that is made of them. What
// takes another number of arguments is not called by it.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <sys/epoll.h>
#include <unistd.h>
#include <vector>

struct Entity {
  int id;
};
using entity_ptr = std::shared_ptr<Entity>;

struct Request {
  using OnResponse = std::function<void(entity_ptr response, entity_ptr notification)>;
  virtual void execute(int id, const OnResponse &on_response) = 0;
  virtual ~Request() = default;
};
struct GetRequest : Request {
  void execute(int id, const OnResponse &on_response) override {
    on_response(std::make_shared<Entity>(Entity{id}), nullptr);
  }
};

struct Server {
  void process(int id, const Request::OnResponse &on_response) const {
    GetRequest get;
    Request *request = &get;
    try {
      request->execute(id, on_response);
    } catch (...) {
      on_response(nullptr, nullptr);
    }
  }
  void on_message(int id, const std::function<void(std::string)> &answer) {
    process(id, [id, answer](const entity_ptr &response, const entity_ptr &) {
      sleep(1); // expect: error sleep.sleep
      if (response) answer("x");
    });
  }
};
static Server server;

static std::function<void(const char *)> on_name;
static std::function<void(std::vector<int *>)> on_list;
static std::function<void(std::map<int, char *> &, int)> on_map;
static void show_list(const std::vector<int *> &) { sleep(2); } // expect: error sleep.sleep
static void (*on_number)(int);
static void show_number(int) { sleep(3); }       // expect: error sleep.sleep
static void show_numbers(int, int) { sleep(4); } // expect-none

static void on_ready() {
  std::map<int, char *> map;
  on_name("x");
  on_list({});
  on_map(map, 2);
  on_number(1);
  server.on_message(3, [](const std::string &) {
    usleep(50000); // expect: warning sleep.usleep
  });
}

struct Watcher {
  std::function<void()> ready;
};

int main(int argc, char **) {
  on_name = [](std::string) {
    usleep(60000); // expect: warning sleep.usleep
  };
  on_list = show_list;
  on_map = [](const std::map<int, char *> &, long) {
    usleep(70000); // expect: warning sleep.usleep
  };
  on_number = argc > 5 ? (void (*)(int))nullptr : show_number;
  void (*numbers)(int, int) = show_numbers;
  (void)numbers;
  int poll = epoll_create1(0);
  Watcher watcher{on_ready};
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) static_cast<Watcher *>(events[i].data.ptr)->ready();
  }
}
