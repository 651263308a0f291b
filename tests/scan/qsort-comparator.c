// A comparator runs inside qsort, at once.
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

static int by_size(const void *a, const void *b) {
  usleep(100000); // expect: warning sleep.usleep path: on_timer > by_size loop: libuv
  return *(const int *)a - *(const int *)b;
}

static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static void on_timer(uv_timer_t *timer) {
  int numbers[] = {3, 1, 2};
  (void)timer;
  qsort(numbers, 3, sizeof *numbers, by_size);
  qsort(numbers, 3, sizeof *numbers, by_value);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
