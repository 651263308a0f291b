// Default arguments decide as written ones do: of a function, a method, a constructor, an instance of a
// template, a lambda, an overload that is declared before it is defined, one that hands another on.
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

extern "C" {
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);
}

namespace {

char data[64];
constexpr int kNow = MSG_DONTWAIT;

long by_function(int fd, int flags = MSG_DONTWAIT) {
  return recv(fd, data, 64, flags); // expect-none
}
long by_function_late(int fd, int flags = MSG_NOSIGNAL) {
  return recv(fd, data, 64, flags); // expect: error network.recv
}

// One call gives flags, the other does not.
long by_either(int fd, int flags = MSG_DONTWAIT) {
  return recv(fd, data, 64, flags); // expect: error network.recv
}

long declared_first(int fd, int flags = kNow | MSG_PEEK);
long declared_first_late(int fd, int flags = MSG_PEEK);
long declared_first(int fd, int flags) {
  return recv(fd, data, 64, flags); // expect-none
}
long declared_first_late(int fd, int flags) {
  return recv(fd, data, 64, flags); // expect: error network.recv
}

int wait_for(pollfd *fds, int timeout = 0) {
  return poll(fds, 1, timeout); // expect-none
}
int wait_for_late(pollfd *fds, int timeout = -1) {
  return poll(fds, 1, timeout); // expect: error wait.poll
}

int wait_if(pollfd *fds, bool wait = false) {
  return poll(fds, 1, wait ? -1 : 0); // expect-none
}
int wait_if_late(pollfd *fds, bool wait = true) {
  return poll(fds, 1, wait ? -1 : 0); // expect: error wait.poll
}

class Connection {
public:
  explicit Connection(int fd, int flags = MSG_DONTWAIT) : fd_(fd) {
    recv(fd_, data, 64, flags); // expect-none
  }
  long receive(int flags = static_cast<int>(MSG_DONTWAIT)) {
    return recv(fd_, data, 64, flags); // expect-none
  }
  static long once(int fd, int flags = kNow) {
    return recv(fd, data, 64, flags); // expect-none
  }
  virtual long dispatch(int flags = MSG_DONTWAIT) {
    return recv(fd_, data, 64, flags); // expect-none
  }
  virtual ~Connection() = default;

protected:
  int fd_;
};

class LateConnection {
public:
  explicit LateConnection(int fd, int flags = 0) : fd_(fd) {
    recv(fd_, data, 64, flags); // expect: error network.recv
  }
  long receive(int flags = MSG_PEEK) {
    return recv(fd_, data, 64, flags); // expect: error network.recv
  }
  static long once(int fd, int flags = MSG_PEEK) {
    return recv(fd, data, 64, flags); // expect: error network.recv
  }

private:
  int fd_;
};

// Default arguments that hand on: the outer one's decides.
long outer(int fd, int flags = MSG_DONTWAIT) { return by_function(fd, flags); }

template <typename T>
long instance(T fd, int flags = MSG_DONTWAIT) {
  return recv(fd, data, 64, flags); // expect-none
}
template <typename T>
long instance_late(T fd, int flags = MSG_PEEK) {
  return recv(fd, data, 64, flags); // expect: error network.recv
}

template <typename T>
class Reader {
public:
  long read(T fd, int flags = MSG_DONTWAIT) {
    return recv(fd, data, 64, flags); // expect-none
  }
  long read_late(T fd, int flags = MSG_PEEK) {
    return recv(fd, data, 64, flags); // expect: error network.recv
  }
};

void by_lambda(int fd) {
  auto now = [](int to, int flags = MSG_DONTWAIT) { return recv(to, data, 64, flags); }; // expect-none
  auto late = [](int to, int flags = 0) { return recv(to, data, 64, flags); }; // expect: error network.recv
  now(fd);
  late(fd);
}

struct Functor {
  long operator()(int fd, int flags = MSG_DONTWAIT) const {
    return recv(fd, data, 64, flags); // expect-none
  }
};
struct LateFunctor {
  long operator()(int fd, int flags = 0) const {
    return recv(fd, data, 64, flags); // expect: error network.recv
  }
};

void on_timer(uv_timer_t *) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  pollfd fds = {0, POLLIN, 0};
  by_function(fd);
  by_function_late(fd);
  by_either(fd);
  by_either(fd, 0);
  declared_first(fd);
  declared_first_late(fd);
  wait_for(&fds);
  wait_for_late(&fds);
  wait_if(&fds);
  wait_if_late(&fds);
  Connection connection(fd);
  Connection *other = new Connection(fd);
  connection.receive();
  other->receive();
  other->dispatch();
  Connection::once(fd);
  LateConnection late(fd);
  late.receive();
  LateConnection::once(fd);
  outer(fd);
  instance(fd);
  instance_late(fd);
  Reader<int>().read(fd);
  Reader<int>().read_late(fd);
  by_lambda(fd);
  Functor()(fd);
  LateFunctor()(fd);
}

} // namespace

int main() { return uv_timer_start(nullptr, on_timer, 1, 0); }
