/* libuv: a timer, and uv_queue_work(). */
#include "suspect.h"

#include <uv.h>

static uv_timer_t begin, end;
static bool right;

static void on_end(uv_timer_t *timer) {
  (void)timer;
  uv_close((uv_handle_t *)&begin, NULL);
  uv_close((uv_handle_t *)&end, NULL);
}

#ifdef TWIN
static uv_work_t request;

static void on_worker(uv_work_t *work) {
  (void)work;
  right = suspect_work();
}

static void on_done(uv_work_t *work, int status) {
  (void)work, (void)status;
  uv_timer_start(&end, on_end, 20, 0);
}

static void on_begin(uv_timer_t *timer) { uv_queue_work(timer->loop, &request, on_worker, on_done); }
#else
static void on_begin(uv_timer_t *timer) {
  (void)timer;
  right = suspect_work();
  uv_timer_start(&end, on_end, 20, 0);
}
#endif

int main(void) {
  if (!suspect_prepare()) return 2;
  uv_loop_t *loop = uv_default_loop();
  uv_timer_init(loop, &begin);
  uv_timer_init(loop, &end);
  uv_timer_start(&begin, on_begin, 20, 0);
  uv_run(loop, UV_RUN_DEFAULT);
  return right ? 0 : 1;
}
