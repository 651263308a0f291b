// Numbers that members have by their default initialisers, and numbers that classes name.
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

extern "C" {
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);
}

namespace {

char data[64];

struct Options {
  int flags = MSG_DONTWAIT;
  int late = MSG_PEEK;
  int timeout_ms{0};
  int timeout_late{-1};
};

struct Listed {
  int flags = MSG_DONTWAIT;
  int late = MSG_PEEK;
};

void by_aggregate(int fd) {
  Options options;
  pollfd fds = {0, POLLIN, 0};
  recv(fd, data, 64, options.flags); // expect-none
  recv(fd, data, 64, options.late); // expect: error network.recv
  poll(&fds, 1, options.timeout_ms); // expect-none
  poll(&fds, 1, options.timeout_late); // expect: error wait.poll
}

void by_braces(int fd) {
  const Options options{};
  recv(fd, data, 64, options.flags); // expect-none
  recv(fd, data, 64, options.late); // expect: error network.recv
}

void by_list(int fd) {
  const Listed options{0, MSG_DONTWAIT};
  recv(fd, data, 64, options.flags); // expect: error network.recv
  recv(fd, data, 64, options.late); // expect-none
}

void by_reference(int fd, const Options &options) {
  recv(fd, data, 64, options.flags); // expect-none
  recv(fd, data, 64, options.late); // expect: error network.recv
}

class Connection {
public:
  explicit Connection(int fd) : fd_(fd) {}
  void receive() {
    pollfd fds = {0, POLLIN, 0};
    recv(fd_, data, 64, flags_); // expect-none
    recv(fd_, data, 64, late_); // expect: error network.recv
    poll(&fds, 1, timeout_ms_); // expect-none
    poll(&fds, 1, timeout_late_); // expect: error wait.poll
  }

private:
  int fd_;
  int flags_ = MSG_DONTWAIT;
  int late_{MSG_PEEK};
  const int timeout_ms_{0};
  int timeout_late_ = -1;
};

// Nobody wrote a constructor.
class Implicit {
public:
  void receive(int fd) {
    recv(fd, data, 64, flags_); // expect-none
    recv(fd, data, 64, late_); // expect: error network.recv
  }

private:
  int flags_ = MSG_DONTWAIT;
  int late_ = MSG_PEEK;
};

// What another function stores joins the default.
class Changed {
public:
  void relax() { changed_ = 0; }
  void set_timeout(double seconds) { timeout_ = seconds; }
  void set(int flags) { given_ = flags; }
  void share(int &flags) { flags = 0; }
  void relax_shared() { share(shared_); }
  void receive(int fd) {
    recv(fd, data, 64, changed_); // expect: error network.recv likely
    recv(fd, data, 64, given_); // expect: error network.recv likely
    recv(fd, data, 64, shared_); // expect: error network.recv likely
    pollfd fds = {0, POLLIN, 0};
    poll(&fds, 1, timeout_); // expect: error wait.poll likely
  }

private:
  int changed_ = MSG_DONTWAIT;
  int given_ = MSG_DONTWAIT;
  int shared_ = MSG_DONTWAIT;
  int timeout_ = 0;
};

// What is read from elsewhere is not known by its defaults.
struct Header {
  int flags = MSG_DONTWAIT;
};
class Message {
public:
  void receive(int fd) {
    recv(fd, &header_, sizeof header_, MSG_DONTWAIT); // expect-none
    recv(fd, data, 64, header_.flags); // expect: error network.recv likely
  }

private:
  Header header_;
};

// A condition that a default decides.
class Switch {
public:
  void run(pollfd *fds) {
    poll(fds, 1, wait_ ? -1 : 0); // expect-none
    poll(fds, 1, wait_late_ ? -1 : 0); // expect: error wait.poll
  }

private:
  bool wait_ = false;
  bool wait_late_{true};
};

template <typename T>
class Pool {
public:
  void receive(T fd) {
    recv(fd, data, 64, flags_); // expect-none
    recv(fd, data, 64, late_); // expect: error network.recv
  }

private:
  int flags_ = MSG_DONTWAIT;
  int late_ = MSG_PEEK;
};

enum class Mode : int { Now = MSG_DONTWAIT, Late = MSG_PEEK };
inline const int kGlobal = MSG_DONTWAIT;
inline constexpr int kGlobalLate = MSG_PEEK;
constexpr int flags_of(Mode mode) { return static_cast<int>(mode); }

struct Named {
  static constexpr int kFlags = MSG_DONTWAIT;
  static constexpr int kLate = MSG_PEEK;
  static const int kOld = MSG_DONTWAIT;
  static inline const int kInline = static_cast<int>(Mode::Now);
  static constexpr Mode kMode = Mode::Now;
  static constexpr Mode kLateMode = Mode::Late;
  enum { Flags = MSG_DONTWAIT };
  Mode mode_ = Mode::Now;
  Mode late_mode_{Mode::Late};

  void receive(int fd) {
    recv(fd, data, 64, kFlags); // expect-none
    recv(fd, data, 64, kLate); // expect: error network.recv
    recv(fd, data, 64, kOld); // expect-none
    recv(fd, data, 64, kInline); // expect-none
    recv(fd, data, 64, Flags); // expect-none
    recv(fd, data, 64, static_cast<int>(kMode)); // expect-none
    recv(fd, data, 64, static_cast<int>(kLateMode)); // expect: error network.recv
    recv(fd, data, 64, static_cast<int>(mode_)); // expect-none
    recv(fd, data, 64, static_cast<int>(late_mode_)); // expect: error network.recv
    recv(fd, data, 64, int(Mode::Now) | MSG_PEEK); // expect-none
    recv(fd, data, 64, int{kFlags} | MSG_PEEK); // expect-none
    recv(fd, data, 64, flags_of(Mode::Now)); // expect-none
    recv(fd, data, 64, kGlobal | kLate); // expect-none
    recv(fd, data, 64, kGlobalLate | kLate); // expect: error network.recv
  }
};

void on_timer(uv_timer_t *) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  by_aggregate(fd);
  by_braces(fd);
  by_list(fd);
  by_reference(fd, Options());
  Connection(fd).receive();
  Implicit implicit;
  implicit.receive(fd);
  Changed changed;
  changed.receive(fd);
  changed.relax();
  changed.relax_shared();
  changed.set(0);
  changed.set_timeout(0.5);
  pollfd fds = {0, POLLIN, 0};
  Message().receive(fd);
  Switch().run(&fds);
  Pool<int> pool;
  pool.receive(fd);
  Named().receive(fd);
}

} // namespace

int main() { return uv_timer_start(nullptr, on_timer, 1, 0); }
