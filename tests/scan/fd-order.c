// Descriptors have a mode of their own for each call that makes one, in the order of statements: wrappers of socket(), one variable
// for two, setters under a condition; and where all that a descriptor may be blocks, the call does.
#include <event2/event.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in peer;
static char text[64];

static int new_socket(int type) { return socket(AF_INET, type | SOCK_CLOEXEC, 0); }
static int new_socket_here(int type) {
  int fd = new_socket(type);
  if (fd < 0) return -1;
  return fd;
}

static void set_nonblocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }
static void prepare(int fd) { set_nonblocking(fd); }

static void other_caller(void) {
  int fd = new_socket_here(SOCK_STREAM);
  connect(fd, (struct sockaddr *)&peer, sizeof peer); // expect: error network.connect certain
  close(fd);
}

static void caller_sets(void) {
  int fd = new_socket_here(SOCK_STREAM);
  prepare(fd);
  connect(fd, (struct sockaddr *)&peer, sizeof peer); // expect-none
  close(fd);
}

static void flag_through_wrapper(void) {
  int fd = new_socket(SOCK_STREAM | SOCK_NONBLOCK);
  connect(fd, (struct sockaddr *)&peer, sizeof peer); // expect-none
  close(fd);
}

static void two_in_turn(void) {
  int fd = new_socket(SOCK_STREAM);
  connect(fd, (struct sockaddr *)&peer, sizeof peer); // expect: error network.connect certain
  close(fd);
  fd = socket(AF_INET, SOCK_STREAM, 0);
  set_nonblocking(fd);
  connect(fd, (struct sockaddr *)&peer, sizeof peer); // expect-none
  close(fd);
}

static void set_too_late(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  connect(fd, (struct sockaddr *)&peer, sizeof peer); // expect: error network.connect certain
  set_nonblocking(fd);
  connect(fd, (struct sockaddr *)&peer, sizeof peer); // expect-none
  close(fd);
}

static void set_on_some_way(int quick) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (quick) set_nonblocking(fd);
  connect(fd, (struct sockaddr *)&peer, sizeof peer); // expect: error network.connect likely
  close(fd);
}

static void set_as_the_caller_says(int quick) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (quick) set_nonblocking(fd);
  connect(fd, (struct sockaddr *)&peer, sizeof peer); // expect-none
  close(fd);
}

static void set_in_a_condition(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
    close(fd);
    return;
  }
  connect(fd, (struct sockaddr *)&peer, sizeof peer); // expect-none
  close(fd);
}

static int open_sink(const char *path) {
  int ends[2];
  if (path[0] == '|') {
    if (pipe(ends)) return -1;
    return ends[1];
  }
  return open(path, O_WRONLY | O_APPEND | O_CREAT, 0644);
}

static int sink;
static void to_file_or_pipe(void) { (void)!write(sink, text, sizeof text); } // expect: error network.write certain

static void on_timer(evutil_socket_t fd, short what, void *data) {
  (void)fd;
  (void)data;
  other_caller();
  caller_sets();
  flag_through_wrapper();
  two_in_turn();
  set_too_late();
  set_on_some_way(what);
  set_as_the_caller_says(1);
  set_in_a_condition();
  to_file_or_pipe();
}

int main(int argc, char **argv) {
  struct event_base *base = event_base_new();
  sink = open_sink(argv[argc - 1]);
  event_add(event_new(base, -1, EV_PERSIST, on_timer, 0), NULL);
  return event_base_dispatch(base);
}
