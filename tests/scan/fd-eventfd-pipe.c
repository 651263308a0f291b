// An eventfd and a pipe made with O_NONBLOCK wake a loop up; neither waits. One without it does.
#include <fcntl.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <uv.h>

static int wakeup, blocking, ends[2];

static void on_timer(uv_timer_t *timer) {
  uint64_t one = 1;
  (void)timer;
  eventfd_read(blocking, &one); // expect: error network.read
  write(wakeup, &one, sizeof one); // expect-none
  write(ends[1], "x", 1); // expect-none
  read(ends[0], &one, 1); // expect-none
}

int main(void) {
  uv_timer_t timer;
  wakeup = eventfd(0, EFD_NONBLOCK);
  blocking = eventfd(0, EFD_CLOEXEC);
  pipe2(ends, O_NONBLOCK | O_CLOEXEC);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
