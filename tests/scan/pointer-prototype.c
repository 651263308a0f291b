// Two fields of one name in two types, and a call that only one prototype fits.
#include <unistd.h>
#include <uv.h>

struct reader {
  int (*next)(char *buffer, int size);
};
struct list {
  void (*next)(struct list *list);
};

static int read_slowly(char *buffer, int size) {
  (void)buffer;
  return (int)sleep((unsigned)size); // expect-none
}
static void advance(struct list *list) { (void)list; }

struct reader reader = {read_slowly};
static struct list list = {advance};

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  list.next(&list);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
