// What ends the object of a std::shared_ptr is the deleter that was given with it: to the constructor, to
// reset(). The type does not name it, so it is one of those that pointers of the type were given.
#include <functional>
#include <memory>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

struct Database {
  int fd;
};
struct Idle {
  int fd;
};
struct Plain {
  int fd;
};

static void close_database(Database *database) {
  fsync(database->fd); // expect: error disk.fsync
  delete database;
}
static void close_idle(Idle *idle) {
  fsync(idle->fd); // expect-none
  delete idle;
}

struct Session {
  std::shared_ptr<Database> database{new Database, close_database};
  std::shared_ptr<FILE> log;
  std::shared_ptr<Plain> plain = std::make_shared<Plain>();

  void open(FILE *file) {
    log.reset(file, [](FILE *old) {
      usleep(60000); // expect: warning sleep.usleep
      fclose(old);   // expect: note stdio.close
    });
  }
  void on_end() {
    database.reset();
    plain.reset();
    log = nullptr;
  }
};

struct Watcher {
  std::function<void()> ready;
};

int main() {
  int poll = epoll_create1(0);
  std::shared_ptr<Idle> idle(new Idle, close_idle);
  Session session;
  session.open(fopen("/tmp/log", "a"));
  Watcher watcher{[&session] { session.on_end(); }};
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) static_cast<Watcher *>(events[i].data.ptr)->ready();
  }
}
