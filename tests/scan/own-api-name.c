// Functions of the project under an API's name are not that API.
// expect-none
#include <ev.h>

unsigned int sleep(unsigned int level);
static int system(const char *name) { return name[0]; }

unsigned int sleep(unsigned int level) { return level; }

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)timer, (void)events;
  sleep(3);
  system("name");
}

int main(void) {
  struct ev_loop *loop = ev_default_loop(0);
  ev_timer timer;
  ev_timer_init(&timer, on_timer, 1, 0);
  ev_timer_start(loop, &timer);
  return ev_run(loop, 0);
}
