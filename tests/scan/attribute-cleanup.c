// __attribute__((cleanup(f))): f is called where the variable's block ends, whatever macro hides it.
#include <ev.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define auto_clean(f) __attribute__((__cleanup__(f)))

static inline void wait_for_child(pid_t *pid) {
  waitpid(*pid, NULL, 0); // expect: error process.waitpid path: on_timer > wait_for_child
}

static inline void collect_child(pid_t *pid) {
  waitpid(*pid, NULL, WNOHANG); // expect-none
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)timer, (void)events;
  auto_clean(wait_for_child) pid_t child = getpgrp();
  auto_clean(collect_child) pid_t other = getpgrp();
  kill(child, SIGTERM);
  kill(other, SIGTERM);
}

int main(void) {
  struct ev_loop *loop = ev_default_loop(0);
  ev_timer timer;
  ev_timer_init(&timer, on_timer, 1, 0);
  ev_timer_start(loop, &timer);
  return ev_run(loop, 0);
}
