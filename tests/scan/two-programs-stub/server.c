// The server takes the real one.
#include <uv.h>

void persist(int fd);

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  persist(3);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
