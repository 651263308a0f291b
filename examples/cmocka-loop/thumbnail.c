#include "thumbnail.h"

/* Stands for a decoder: computes for as long as the image takes. */
static void scale(thumbnail *t) {
  uint64_t end = uv_hrtime() + t->effort_ms * UINT64_C(1000000);
  while (uv_hrtime() < end)
    for (int i = 0; i < 1000; i++) t->pixels = t->pixels * 31 + (unsigned)i;
}

static void on_worker(uv_work_t *work) { scale(work->data); }

static void after_work(uv_work_t *work, int status) {
  thumbnail *t = work->data;
  (void)status;
  t->done(t);
}

int thumbnail_make(uv_loop_t *loop, thumbnail *t) {
  t->work.data = t;
  return uv_queue_work(loop, &t->work, on_worker, after_work);
}

static void on_idle(uv_idle_t *idle) {
  thumbnail *t = idle->data;
  uv_idle_stop(idle);
  scale(t);
  t->done(t);
}

int thumbnail_make_on_loop(uv_loop_t *loop, thumbnail *t) {
  t->idle.data = t;
  uv_idle_init(loop, &t->idle);
  return uv_idle_start(&t->idle, on_idle);
}
