// Sinks behind the project's macros and behind the libc's fortified names.
// flags: -O2 -D_FORTIFY_SOURCE=2
#include <fcntl.h>
#include <unistd.h>
#include <uv.h>

#define READ_FULL(fd, buffer) read((fd), (buffer), sizeof(buffer))

static void on_timer(uv_timer_t *timer) {
  char data[64];
  int fd = open(timer->data, O_RDONLY); // expect: warning disk.open path: on_timer loop: libuv
  READ_FULL(fd, data); // expect: warning disk.read path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
