// Two creating functions of one type keep their callbacks apart; what a setter stores later counts for both.
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <uv.h>

struct watch {
  void (*on)(struct watch *w);
  void (*cb)(struct watch *w);
  void (*closed)(struct watch *w);
  int fd;
};

static void fire(struct watch *w) { w->cb(w); }
static void udp_ready(struct watch *w) { fire(w); }
static void tcp_ready(struct watch *w) {
  w->cb(w);
  w->closed(w);
}

static struct watch *make_udp(int fd, void (*cb)(struct watch *)) {
  struct watch *w = calloc(1, sizeof *w);
  w->fd = fd;
  w->on = udp_ready;
  w->cb = cb;
  return w;
}
static struct watch *make_tcp(int fd, void (*cb)(struct watch *)) {
  struct watch *w = calloc(1, sizeof *w);
  w->fd = fd;
  w->on = tcp_ready;
  w->cb = cb;
  return w;
}

static void answer(struct watch *w) {
  fsync(w->fd); // expect: error disk.fsync entries: udp_ready path: udp_ready > fire > answer
}
static void control(struct watch *w) {
  fdatasync(w->fd); // expect: error disk.fsync entries: tcp_ready path: tcp_ready > control
}
static void later(struct watch *w) {
  syncfs(w->fd); // expect: error disk.fsync entries: tcp_ready path: tcp_ready > later
}
static void set_closed(struct watch *w, void (*closed)(struct watch *)) { w->closed = closed; }

// A state machine: the handler is changed in the object, so nothing is told by it.
struct session {
  void (*step)(struct session *s);
  void (*done)(struct session *s);
};
static void finish(struct session *s) { s->done(s); }
static void begin(struct session *s) { s->step = finish; }
static void quick_done(struct session *s) {
  (void)s;
  usleep(700000); // expect: error sleep.usleep path: finish > quick_done
}
static void slow_done(struct session *s) {
  (void)s;
  sleep(2); // expect: error sleep.sleep path: finish > slow_done
}
static struct session *quick(void) {
  struct session *s = calloc(1, sizeof *s);
  s->step = begin;
  s->done = quick_done;
  return s;
}
static struct session *slow(void) {
  struct session *s = calloc(1, sizeof *s);
  s->step = finish;
  s->done = slow_done;
  return s;
}

// Callbacks of a library that get the object they are registered with.
struct peer {
  uv_poll_t poll;
  void (*read)(struct peer *p);
  int fd;
};
static void on_plain(uv_poll_t *poll, int status, int events) {
  struct peer *p = poll->data;
  (void)status;
  (void)events;
  p->read(p);
}
static void on_secret(uv_poll_t *poll, int status, int events) {
  struct peer *p = poll->data;
  (void)status;
  (void)events;
  p->read(p);
}
static void read_plain(struct peer *p) {
  fsync(p->fd); // expect: error disk.fsync entries: on_plain, on_secret
}
static void watch_plain(struct peer *p) {
  p->read = read_plain;
  uv_poll_start(&p->poll, UV_READABLE, on_plain);
}
static void watch_secret(struct peer *p) { uv_poll_start(&p->poll, UV_READABLE, on_secret); }

static void loop(int ep) {
  for (;;) {
    struct epoll_event e[8];
    int n = epoll_wait(ep, e, 8, -1);
    for (int i = 0; i < n; i++) {
      struct watch *r = e[i].data.ptr;
      r->on(r);
    }
    for (int i = 0; i < n; i++) {
      struct session *s = e[i].data.ptr;
      s->step(s);
    }
  }
}

int main(void) {
  int ep = epoll_create1(0);
  make_udp(1, answer);
  set_closed(make_tcp(2, control), later);
  struct peer peers[2] = {0};
  watch_plain(&peers[0]);
  watch_secret(&peers[1]);
  quick();
  slow();
  loop(ep);
}
