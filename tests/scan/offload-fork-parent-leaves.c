// The parent leaves with `pid > 0`, an error with `pid < 0`: the rest of the function runs in the child.
#include <ev.h>
#include <sys/mount.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static int start(int fast) {
  pid_t pid = fast ? vfork() : fork(); // expect: note process.fork
  if (pid < 0) return -1;
  if (pid > 0) {
    waitpid(pid, NULL, 0); // expect: error process.waitpid path: on_timer > start
    return 1;
  }
  sleep(2); // expect-none
  if (mount(NULL, "/", NULL, MS_SLAVE, NULL) < 0) // expect-none
    _exit(1);
  return 0;
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)timer, (void)events;
  start(0);
}

int main(void) {
  struct ev_loop *loop = ev_default_loop(0);
  ev_timer timer;
  ev_timer_init(&timer, on_timer, 1, 0);
  ev_timer_start(loop, &timer);
  return ev_run(loop, 0);
}
