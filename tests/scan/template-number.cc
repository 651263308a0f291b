// A number of a template decides what its instance waits for: as an argument, in a condition, of a class.
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

extern "C" {
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);
}

namespace {

char data[64];

template <int Timeout>
int wait_ms(pollfd *fds) {
  return poll(fds, 1, Timeout); // expect-none
}
template <int Timeout>
int wait_late(pollfd *fds) {
  return poll(fds, 1, Timeout); // expect: error wait.poll
}

template <bool Wait>
int wait_if(pollfd *fds) {
  return poll(fds, 1, Wait ? -1 : 0); // expect-none
}
template <bool Wait>
int wait_if_late(pollfd *fds) {
  return poll(fds, 1, Wait ? -1 : 0); // expect: error wait.poll
}

template <bool Wait>
int constexpr_if(pollfd *fds) {
  if constexpr (Wait) return poll(fds, 1, -1); // expect-none
  return 0;
}
template <bool Wait>
int constexpr_if_late(pollfd *fds) {
  if constexpr (!Wait)
    return 0;
  else
    return poll(fds, 1, -1); // expect: error wait.poll
}

template <bool Wait>
int plain_if(pollfd *fds) {
  if (!Wait) return 0;
  return poll(fds, 1, -1); // expect-none
}
template <bool Wait>
int plain_if_late(pollfd *fds) {
  if (!Wait) return 0;
  return poll(fds, 1, -1); // expect: error wait.poll
}

template <int Flags>
long receive(int fd) {
  return recv(fd, data, 64, Flags | MSG_NOSIGNAL); // expect-none
}
template <int Flags>
long receive_late(int fd) {
  return recv(fd, data, 64, Flags | MSG_NOSIGNAL); // expect: error network.recv
}
template <int Flags = MSG_DONTWAIT>
long receive_default(int fd) {
  return recv(fd, data, 64, Flags); // expect-none
}

enum class Mode : int { Now = MSG_DONTWAIT, Late = MSG_PEEK };
template <Mode M>
long receive_mode(int fd) {
  return recv(fd, data, 64, static_cast<int>(M)); // expect-none
}
template <Mode M>
long receive_mode_late(int fd) {
  return recv(fd, data, 64, static_cast<int>(M)); // expect: error network.recv
}

template <int Flags>
struct Receiver {
  static constexpr int kFlags = Flags | MSG_NOSIGNAL;
  long now(int fd) {
    return recv(fd, data, 64, Flags); // expect-none
  }
  long by_name(int fd) {
    return recv(fd, data, 64, kFlags); // expect-none
  }
};
template <int Flags>
struct LateReceiver {
  static constexpr int kFlags = Flags | MSG_NOSIGNAL;
  long now(int fd) {
    return recv(fd, data, 64, Flags); // expect: error network.recv
  }
  long by_name(int fd) {
    return recv(fd, data, 64, kFlags); // expect: error network.recv
  }
};

struct Quick {
  static constexpr int kTimeout = 0;
};
struct Slow {
  static constexpr int kTimeout = -1;
};
template <typename Policy>
int wait_policy(pollfd *fds) {
  return poll(fds, 1, Policy::kTimeout); // expect-none
}
template <typename Policy>
int wait_policy_late(pollfd *fds) {
  return poll(fds, 1, Policy::kTimeout); // expect: error wait.poll
}

// A number handed on from one template to the next.
template <int Timeout>
int handed_on(pollfd *fds) {
  return wait_ms<Timeout * 2>(fds);
}

void on_timer(uv_timer_t *) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  pollfd fds = {0, POLLIN, 0};
  wait_ms<0>(&fds);
  wait_late<-1>(&fds);
  wait_late<0>(&fds);
  wait_if<false>(&fds);
  wait_if_late<true>(&fds);
  constexpr_if<false>(&fds);
  constexpr_if_late<true>(&fds);
  plain_if<false>(&fds);
  plain_if_late<true>(&fds);
  receive<MSG_DONTWAIT>(fd);
  receive_late<MSG_PEEK>(fd);
  receive_default(fd);
  receive_mode<Mode::Now>(fd);
  receive_mode_late<Mode::Late>(fd);
  Receiver<MSG_DONTWAIT>().now(fd);
  Receiver<MSG_DONTWAIT>().by_name(fd);
  LateReceiver<0>().now(fd);
  LateReceiver<0>().by_name(fd);
  wait_policy<Quick>(&fds);
  wait_policy_late<Slow>(&fds);
  handed_on<0>(&fds);
}

} // namespace

int main() { return uv_timer_start(nullptr, on_timer, 1, 0); }
