// A callback that a call leaves out is the parameter's default. std::invoke calls what a field holds.
#include <functional>
#include <sys/epoll.h>
#include <unistd.h>

static void nap() { sleep(1); }      // expect: error sleep.sleep
static void doze() { usleep(40000); } // expect: warning sleep.usleep
static void never() { sleep(3); }    // expect-none
static void quiet() {}

struct Peer {
  void (*idle)();
  std::function<void()> end;
  explicit Peer(void (*on_idle)() = nap, std::function<void()> on_end = doze) : idle(on_idle), end(on_end) {}
};
struct Other {
  void (*idle)();
  explicit Other(void (*on_idle)() = never) : idle(on_idle) {}
};

struct Server {
  void (Server::*state)(int);
  void (Server::*unused)(int);
  Server() : state(&Server::flush), unused(&Server::reload) {}
  void flush(int fd) { fsync(fd); }  // expect: error disk.fsync
  void reload(int fd) { fsync(fd); } // expect-none
};

int main() {
  int poll = epoll_create1(0);
  Peer peer;
  Other other(quiet);
  Server server;
  for (;;) {
    epoll_event events[8];
    int count = epoll_wait(poll, events, 8, -1);
    for (int i = 0; i < count; i++) std::invoke(server.state, server, events[i].data.fd);
    peer.idle();
    peer.end();
    other.idle();
  }
}
