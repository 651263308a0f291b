// A thread that a callback starts is not the loop; joining it is.
#include <pthread.h>
#include <unistd.h>
#include <uv.h>

static void *worker(void *arg) {
  sleep(1); // expect-none
  return arg;
}

static void on_timer(uv_timer_t *timer) {
  pthread_t thread;
  (void)timer;
  pthread_create(&thread, NULL, worker, NULL);
  pthread_join(thread, NULL); // expect: error lock.join path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
