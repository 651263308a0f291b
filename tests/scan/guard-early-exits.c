// What an early return in a macro or in a block of its own leaves to be known holds behind it.
#include <stdbool.h>
#include <unistd.h>
#include <uv.h>
#define CHECK(x) \
  do { \
    if (!(x)) return; \
  } while (0)
struct s {
  bool sync_mode;
  int fd;
};
static void flush(struct s *s) {
  CHECK(s->sync_mode);
  fsync(s->fd); // expect-none
}
static void flush2(struct s *s) {
  CHECK(!s->sync_mode);
  fsync(s->fd); // expect: error disk.fsync
}
static void block(struct s *s) {
  {
    if (!s->sync_mode) return;
  }
  fdatasync(s->fd); // expect-none
}
static void leaves_the_block_only(struct s *s) {
  do {
    if (!s->sync_mode) break;
    s->fd++;
  } while (0);
  syncfs(s->fd); // expect: error disk.fsync
}
static void on_timer(uv_timer_t *t) {
  struct s s = {.sync_mode = false, .fd = 3};
  (void)t;
  flush(&s);
  flush2(&s);
  block(&s);
  leaves_the_block_only(&s);
}
int main(void) {
  uv_timer_t t;
  uv_timer_init(uv_default_loop(), &t);
  uv_timer_start(&t, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
