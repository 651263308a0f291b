// A function that the project defines under the name of the library's, to stand before it, hides nothing where
// the caller has the name from the library's header. One that the project's own header declares is its own.
#include "own.h"
#include <unistd.h>
#include <uv.h>

static int fd;

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  fsync(fd); // expect: error disk.fsync likely path: on_timer loop: libuv role: timer
  fdatawrite(fd);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
