/* What is behind `if (pid < 0) return; else if (pid > 0) return;` runs in the child: both ways that leave count. */
#include <unistd.h>

typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);

static void start_child(void) {
  pid_t pid = fork(); // expect: note process.fork
  if (pid < 0) {
    return;
  } else if (pid > 0) {
    return;
  }
  sleep(1);
  _exit(0);
}

static void start_child_in_parts(void) {
  pid_t pid = fork(); // expect: note process.fork
  if (pid == -1)
    return;
  else {
    if (pid) return;
  }
  sleep(2);
  _exit(0);
}

static int start_and_wait(void) {
  pid_t pid = fork(); // expect: note process.fork
  if (pid < 0) {
    return -1;
  } else if (pid == 0) {
    _exit(0);
  }
  return (int)sleep(3); // expect: error sleep.sleep certain path: on_timer > start_and_wait loop: libuv role: timer
}

static int only_failure_leaves(int x) {
  pid_t pid = fork(); // expect: note process.fork
  if (pid < 0) {
    return -1;
  } else if (pid > 0) {
    x++;
  }
  return (int)sleep(4) + x; // expect: error sleep.sleep certain path: on_timer > only_failure_leaves loop: libuv role: timer
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  start_child();
  start_child_in_parts();
  start_and_wait();
  only_failure_leaves(1);
}

int main(void) {
  uv_timer_t *timer = NULL;
  return uv_timer_start(timer, on_timer, 1, 0);
}
