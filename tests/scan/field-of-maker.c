// A field has the value that the function which made the object was asked to give it, also in a function that is handed the
// object.
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

struct config {
  int sync, retries;
};

static struct config *config_new(int sync) {
  struct config *c = malloc(sizeof *c);
  c->sync = sync;
  c->retries = 0;
  return c;
}

static void flush(const struct config *c) {
  if (c->sync) sync(); // expect: error disk.sync certain path: with_sync > flush
}
static void flush_lazily(const struct config *c) {
  if (c->sync) sync();
}

static void with_sync(uv_timer_t *timer) {
  (void)timer;
  struct config *c = config_new(1);
  flush(c);
}
static void without_sync(uv_timer_t *timer) {
  (void)timer;
  struct config *c = config_new(0);
  flush(c);
  flush_lazily(c);
}

int main(void) {
  static uv_timer_t timers[2];
  uv_timer_init(uv_default_loop(), &timers[0]);
  uv_timer_start(&timers[0], with_sync, 0, 100);
  uv_timer_init(uv_default_loop(), &timers[1]);
  uv_timer_start(&timers[1], without_sync, 0, 100);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
