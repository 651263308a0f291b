// The same conditions in spellings of C++: constexpr, enum class, an aggregate, a lambda's parameter, a
// template's argument. Each pair has a call that blocks and one that does not.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);
}

namespace {

char data[64];
constexpr int kNow = MSG_DONTWAIT, kLate = MSG_NOSIGNAL;
enum class Mode : int { Now = MSG_DONTWAIT, Late = MSG_PEEK };

struct Options {
  int flags;
  int late;
};

void by_constexpr(int fd) {
  recv(fd, data, 64, kNow); // expect-none
  recv(fd, data, 64, kLate); // expect: error network.recv
  constexpr int both = kNow | kLate;
  recv(fd, data, 64, both); // expect-none
}

void by_enum_class(int fd) {
  recv(fd, data, 64, static_cast<int>(Mode::Now)); // expect-none
  recv(fd, data, 64, static_cast<int>(Mode::Late)); // expect: error network.recv
}

void by_member(int fd) {
  const Options options{MSG_DONTWAIT, MSG_PEEK};
  recv(fd, data, 64, options.flags); // expect-none
  recv(fd, data, 64, options.late); // expect: error network.recv
}

void by_lambda(int fd) {
  auto receive = [fd](int flags) { return recv(fd, data, 64, flags); }; // expect-none
  auto receive_late = [fd](int flags) { return recv(fd, data, 64, flags); }; // expect: error network.recv
  receive(MSG_DONTWAIT);
  receive_late(0);
}

template <int Flags>
long receive_as(int fd) {
  return recv(fd, data, 64, Flags | MSG_NOSIGNAL); // expect: error network.recv
}
template <typename T>
long receive_quick(T fd) {
  return recv(fd, data, 64, MSG_DONTWAIT | MSG_NOSIGNAL); // expect-none
}

void by_template(int fd) {
  receive_as<0>(fd);
  receive_quick(fd);
}

void children(pid_t pid) {
  int status = 0;
  const auto options = WNOHANG | WUNTRACED;
  waitpid(pid, &status, options); // expect-none
  const auto late = WUNTRACED;
  waitpid(pid, &status, late); // expect: error process.waitpid
}

void set_blocking(int fd, bool blocking) {
  const int flags = fcntl(fd, F_GETFL);
  fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

void sockets(const sockaddr *to) {
  const int quick = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  connect(quick, to, 16); // expect-none
  const int late{socket(AF_INET, SOCK_STREAM, 0)};
  connect(late, to, 16); // expect: error network.connect
  const int made = socket(AF_INET, SOCK_STREAM, 0);
  set_blocking(made, false);
  connect(made, to, 16); // expect-none
}

void on_timer(uv_timer_t *) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  by_constexpr(fd);
  by_enum_class(fd);
  by_member(fd);
  by_lambda(fd);
  by_template(fd);
  children(fd);
  sockets(reinterpret_cast<const sockaddr *>(data));
}

} // namespace

int main() { return uv_timer_start(nullptr, on_timer, 1, 0); }
