/* uring COUNT [MS]: an event loop over io_uring, whose COUNT timers each hold it for MS milliseconds. 77 where io_uring is refused. */
#include <liburing.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 0, ms = argc > 2 ? atoi(argv[2]) : 0;
  struct __kernel_timespec in = {.tv_nsec = 2000000};
  struct io_uring ring;
  struct io_uring_cqe *completion;
  if (io_uring_queue_init(4, &ring, 0) != 0) return 77;
  for (int i = 0; i < count; i++) {
    io_uring_prep_timeout(io_uring_get_sqe(&ring), &in, 0, 0);
    io_uring_submit(&ring);
    if (io_uring_wait_cqe(&ring, &completion) != 0) return 1;
    io_uring_cqe_seen(&ring, completion);
    if (ms && i == count / 2) usleep((useconds_t)ms * 1000);
  }
  io_uring_submit_and_wait(&ring, 0);
  io_uring_queue_exit(&ring);
  return 0;
}
