// The work callback runs on a thread of the pool, the done callback on the loop.
#include <unistd.h>
#include <uv.h>

static void shared(unsigned n) { sleep(n); } // expect: error sleep.sleep entries: on_done path: on_done > shared loop: libuv role: work-done

static void work(uv_work_t *request) {
  (void)request;
  sleep(1); // expect-none
  shared(1);
}

static void on_done(uv_work_t *request, int status) {
  (void)request, (void)status;
  shared(2);
}

static void on_timer(uv_timer_t *timer) {
  static uv_work_t request;
  uv_queue_work(timer->loop, &request, work, on_done);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
