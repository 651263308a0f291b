// Two programs in one database that does not say which objects belong together; the ledger names what was ambiguous.
// expect-ledger: notify
#include <uv.h>

void notify(void);

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  notify();
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
