// Many descriptors share a field of one record: a setter through it for one of them says nothing of those that were made
// non-blocking where they were created, except right below.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <uv.h>

struct point {
  int fd;
};
static struct point *control, *peer;
static struct sockaddr address;

static void set_nonblock(int fd) {
  int flags = fcntl(fd, F_GETFL);
  flags |= O_NONBLOCK;
  fcntl(fd, F_SETFL, flags);
}

static void set_block(int fd) {
  int flags = fcntl(fd, F_GETFL);
  flags &= ~O_NONBLOCK;
  fcntl(fd, F_SETFL, flags);
}

static struct point *point_new(int fd) {
  struct point *p = malloc(sizeof *p);
  p->fd = fd;
  return p;
}

static struct point *open_peer(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  set_nonblock(fd);
  return point_new(fd);
}

static struct point *open_control(void) {
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  set_nonblock(fd);
  return point_new(fd);
}

static void answer(struct point *p) {
  send(p->fd, "ok", 2, 0); // expect: error network.send certain path: on_control > answer
}

static void notify(struct point *p) {
  send(p->fd, "hello", 5, 0); // expect-none
}

static void step3(void) { notify(peer); }
static void step2(void) { step3(); }
static void step1(void) { step2(); }
static void start(void) { step1(); }

static void on_control(uv_timer_t *timer) {
  (void)timer;
  set_block(control->fd);
  answer(control);
  start();
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  connect(peer->fd, &address, sizeof address); // expect-none
}

static int plain_socket(int type) { return socket(AF_INET, type, 0); }

static void on_plain(uv_timer_t *timer) {
  static int datagrams, stream;
  (void)timer;
  datagrams = plain_socket(SOCK_DGRAM);
  connect(datagrams, &address, sizeof address); // expect-none
  stream = socket(AF_INET, SOCK_STREAM, 0);
  connect(stream, &address, sizeof address); // expect: error network.connect certain
}

int main(void) {
  static uv_timer_t timers[3];
  control = open_control();
  peer = open_peer();
  for (int i = 0; i < 3; i++) uv_timer_init(uv_default_loop(), &timers[i]);
  uv_timer_start(&timers[0], on_timer, 10, 0);
  uv_timer_start(&timers[1], on_control, 10, 0);
  uv_timer_start(&timers[2], on_plain, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
