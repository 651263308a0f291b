// A field that holds a descriptor has the mode that it was given in this object, by this moment: another object's
// field of the same name says nothing of it.
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

typedef struct conn {
  int fd;
  struct conn *next;
} conn;

static char buffer[512];
static struct sockaddr_in where;

static void set_nonblocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }
static void conn_set_nonblocking(conn *c) { set_nonblocking(c->fd); }
static conn *conn_new(void) {
  conn *c = calloc(1, sizeof *c);
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  return c;
}

static void field_before(uv_timer_t *t) {
  conn *c = t->data;
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  connect(c->fd, (struct sockaddr *)&where, sizeof where);
}
static void field_after(uv_timer_t *t) {
  conn *c = t->data;
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  connect(c->fd, (struct sockaddr *)&where, sizeof where); // expect: error network.connect certain
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
}
static void field_by_wrapper(uv_timer_t *t) {
  conn *c = t->data;
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  conn_set_nonblocking(c);
  connect(c->fd, (struct sockaddr *)&where, sizeof where);
}

static void two_objects(uv_timer_t *t) {
  (void)t;
  conn a = {0}, b = {0};
  a.fd = socket(AF_INET, SOCK_STREAM, 0);
  b.fd = socket(AF_INET, SOCK_STREAM, 0);
  conn_set_nonblocking(&a);
  connect(a.fd, (struct sockaddr *)&where, sizeof where);
  connect(b.fd, (struct sockaddr *)&where, sizeof where); // expect: error network.connect certain
}

static void by_variable(uv_timer_t *t) {
  conn *c = t->data;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  set_nonblocking(s);
  c->fd = s;
  connect(c->fd, (struct sockaddr *)&where, sizeof where);
}
static void by_variable_blocking(uv_timer_t *t) {
  conn *c = t->data;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  c->fd = s;
  connect(c->fd, (struct sockaddr *)&where, sizeof where); // expect: error network.connect certain
}
static void by_variable_and_field(uv_timer_t *t) {
  conn *c = t->data;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  c->fd = s;
  set_nonblocking(c->fd);
  connect(c->fd, (struct sockaddr *)&where, sizeof where);
}

static void made_blocking(uv_timer_t *t) {
  (void)t;
  conn *c = conn_new();
  connect(c->fd, (struct sockaddr *)&where, sizeof where); // expect: error network.connect certain
}
static void made_nonblocking(uv_timer_t *t) {
  (void)t;
  conn *c = conn_new();
  set_nonblocking(c->fd);
  connect(c->fd, (struct sockaddr *)&where, sizeof where);
}
static void made_nonblocking_by_wrapper(uv_timer_t *t) {
  (void)t;
  conn *c = conn_new();
  conn_set_nonblocking(c);
  connect(c->fd, (struct sockaddr *)&where, sizeof where);
}

static void send_to(conn *c) { connect(c->fd, (struct sockaddr *)&where, sizeof where); } // expect: error network.connect certain
static void handed_blocking(uv_timer_t *t) {
  (void)t;
  conn *c = conn_new();
  send_to(c);
}
static void start(conn *c) { connect(c->fd, (struct sockaddr *)&where, sizeof where); }
static void handed_nonblocking(uv_timer_t *t) {
  (void)t;
  conn *c = conn_new();
  set_nonblocking(c->fd);
  start(c);
}

static uv_timer_cb const callbacks[] = {field_before,         field_after,      field_by_wrapper,
                                        two_objects,          by_variable,      by_variable_blocking,
                                        by_variable_and_field, made_blocking,   made_nonblocking,
                                        made_nonblocking_by_wrapper, handed_blocking, handed_nonblocking};

int main(void) {
  static uv_timer_t timers[12];
  uv_loop_t *loop = uv_default_loop();
  for (int i = 0; i < 12; i++) {
    uv_timer_init(loop, &timers[i]);
    timers[i].data = conn_new();
    uv_timer_start(&timers[i], callbacks[i], 0, 1000);
  }
  return uv_run(loop, UV_RUN_DEFAULT);
}
