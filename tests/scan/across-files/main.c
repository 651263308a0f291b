// The path leads through three files and a header's inline function.
#include "store.h"
#include <uv.h>

static void on_timer(uv_timer_t *timer) { store_save(timer->data); }

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
