// A loop that a thread runs is a loop: its callbacks must not wait, what the thread does before it may.
#include <pthread.h>
#include <unistd.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  sleep(1); // expect: error sleep.sleep path: on_timer loop: libuv
}

static void *run_loop(void *arg) {
  uv_loop_t loop;
  uv_timer_t timer;
  sleep(2); // expect-none
  uv_loop_init(&loop);
  uv_timer_init(&loop, &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  uv_run(&loop, UV_RUN_DEFAULT);
  return arg;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, run_loop, NULL);
  return pthread_join(thread, NULL); // expect-none
}
