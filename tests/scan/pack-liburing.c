/* liburing: what belongs to a completion is called by the program, and what goes to io_uring_sqe_set_data() holds
 * it. The loop's own wait is none of the findings; one below a completion is, and what runs on a thread is not. */
#include <stddef.h>
#include <stdint.h>

struct io_uring {
  int fd;
};
struct io_uring_sqe {
  uint64_t user_data;
};
struct io_uring_cqe {
  uint64_t user_data;
  int res;
};
struct io_uring_sqe *io_uring_get_sqe(struct io_uring *ring);
void io_uring_sqe_set_data(struct io_uring_sqe *sqe, void *data);
void *io_uring_cqe_get_data(const struct io_uring_cqe *cqe);
void io_uring_prep_accept(struct io_uring_sqe *, int fd, void *, void *, int flags);
void io_uring_prep_timeout(struct io_uring_sqe *, void *, unsigned, unsigned);
void io_uring_prep_read(struct io_uring_sqe *, int fd, void *, unsigned, uint64_t);
void io_uring_prep_fsync(struct io_uring_sqe *, int fd, unsigned flags);
int io_uring_submit(struct io_uring *ring);
int io_uring_submit_and_wait(struct io_uring *ring, unsigned least);
int io_uring_wait_cqe(struct io_uring *ring, struct io_uring_cqe **done);
int io_uring_peek_cqe(struct io_uring *ring, struct io_uring_cqe **done);
void io_uring_cqe_seen(struct io_uring *ring, struct io_uring_cqe *done);
int pthread_create(unsigned long *, const void *, void *(*)(void *), void *);
int usleep(unsigned);
int fsync(int);
unsigned sleep(unsigned);

struct operation {
  void (*done)(struct operation *self, int result);
  int fd;
  char bytes[64];
};
static struct io_uring ring;

static void queue(struct io_uring_sqe *sqe, struct operation *o) { io_uring_sqe_set_data(sqe, o); }

static void *work(void *data) {
  sleep(1); /* on a thread */
  return data;
}

static void on_read(struct operation *self, int result) {
  unsigned long thread;
  (void)result;
  fsync(self->fd); // expect: error disk.fsync likely path: on_read loop: liburing role: io
  pthread_create(&thread, NULL, work, self);
}

static void on_accept(struct operation *self, int result) {
  struct io_uring_cqe *next;
  (void)self, (void)result;
  io_uring_wait_cqe(&ring, &next); // expect: warning disk.io-getevents-ring certain path: on_accept loop: liburing role: io
  io_uring_submit_and_wait(&ring, 0); /* submits */
  io_uring_peek_cqe(&ring, &next);
}

static void on_timeout(struct operation *self, int result) {
  (void)self, (void)result;
  usleep(200000); // expect: warning sleep.usleep certain path: on_timeout loop: liburing role: io
}

static void on_synced(struct operation *self, int result) { /* the asynchronous fsync() */
  (void)result;
  io_uring_prep_fsync(io_uring_get_sqe(&ring), self->fd, 0);
  io_uring_submit(&ring);
}

static struct operation reader = {.done = on_read}, acceptor = {.done = on_accept}, timer = {.done = on_timeout},
                        syncer = {.done = on_synced};

int main(void) {
  struct io_uring_cqe *cqe;
  struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
  io_uring_prep_accept(sqe, 3, NULL, NULL, 0);
  queue(sqe, &acceptor);
  sqe = io_uring_get_sqe(&ring);
  io_uring_prep_timeout(sqe, NULL, 0, 0);
  queue(sqe, &timer);
  sqe = io_uring_get_sqe(&ring);
  io_uring_prep_read(sqe, 0, reader.bytes, sizeof reader.bytes, 0);
  queue(sqe, &reader);
  sqe = io_uring_get_sqe(&ring);
  io_uring_prep_fsync(sqe, 0, 0);
  queue(sqe, &syncer);
  io_uring_submit(&ring);
  while (io_uring_wait_cqe(&ring, &cqe) == 0) {
    struct operation *o = io_uring_cqe_get_data(cqe);
    o->done(o, cqe->res);
    io_uring_cqe_seen(&ring, cqe);
  }
  return 0;
}
