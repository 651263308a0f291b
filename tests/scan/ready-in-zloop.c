/* A reactor of CZMQ hands over the socket that has a message: one receive on it does not wait. A second one may, and
 * so does one on another socket. */
typedef struct zloop zloop_t;
typedef struct zsock zsock_t;
zloop_t *zloop_new(void);
int zloop_reader(zloop_t *, zsock_t *, int (*)(zloop_t *, zsock_t *, void *), void *);
int zloop_start(zloop_t *);
zsock_t *zsock_new_pull(const char *);
void *zmsg_recv(void *source);
char *zstr_recv(void *source);

static zsock_t *other;

static int on_message(zloop_t *loop, zsock_t *reader, void *data) {
  (void)loop, (void)data;
  return zmsg_recv(reader) == 0; // expect: error czmq.message possible path: on_message loop: czmq role: io
}

static int on_two(zloop_t *loop, zsock_t *reader, void *data) {
  (void)loop, (void)data;
  return zmsg_recv(reader) == zmsg_recv(reader); // expect: error czmq.message certain path: on_two loop: czmq role: io; error czmq.message certain path: on_two loop: czmq role: io
}

static int on_another(zloop_t *loop, zsock_t *reader, void *data) {
  (void)loop, (void)reader, (void)data;
  return zstr_recv(other) == 0; // expect: error czmq.message certain path: on_another loop: czmq role: io
}

int main(void) {
  zloop_t *loop = zloop_new();
  other = zsock_new_pull("tcp://*:1");
  zloop_reader(loop, zsock_new_pull("tcp://*:2"), on_message, 0);
  zloop_reader(loop, zsock_new_pull("tcp://*:3"), on_two, 0);
  zloop_reader(loop, zsock_new_pull("tcp://*:4"), on_another, 0);
  return zloop_start(loop);
}
