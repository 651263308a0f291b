/* liburing with a polling thread in the kernel (SQPOLL): nothing waits in a call, and no loop is seen by its shape; the
 * callbacks are known by what goes to io_uring_sqe_set_data(). */
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
};
static struct io_uring ring;

static void on_read(struct operation *self, int result) {
  (void)self, (void)result;
  usleep(200000); // expect: warning sleep.usleep certain path: on_read loop: liburing role: io
}

static void helper(struct operation *self, int result) { /* called before the loop only */
  (void)self, (void)result;
  fsync(0);
}

static struct operation reader = {.done = on_read};

int main(void) {
  struct io_uring_cqe *cqe;
  struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
  io_uring_prep_read(sqe, 0, NULL, 0, 0);
  io_uring_sqe_set_data(sqe, &reader);
  io_uring_submit(&ring);
  helper(&reader, 0);
  for (;;) {
    if (io_uring_peek_cqe(&ring, &cqe) != 0) continue;
    struct operation *o = io_uring_cqe_get_data(cqe);
    o->done(o, cqe->res);
    io_uring_cqe_seen(&ring, cqe);
  }
}
