// A function that nobody calls and nobody registers is silent, and so is one only named in an unused table.
#include <unistd.h>
#include <uv.h>

struct ops {
  void (*run)(void);
};

static void in_unused_table(void) { sleep(1); } // expect-none
void nobody_calls(void);
void nobody_calls(void) { sleep(2); } // expect-none
const struct ops unused = {in_unused_table};

static void on_timer(uv_timer_t *timer) { uv_timer_stop(timer); }

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
