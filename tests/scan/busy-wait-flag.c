// A loop that only asks a variable which another thread or a signal sets spins; one that steps or calls does
// not.
#include <ctype.h>
#include <sched.h>
#include <uv.h>

static volatile int done, turned;
static struct {
  int ready, left;
} shared;

static const char *skip_blanks(const char *p) {
  while (isspace((unsigned char)*p)) p++;
  for (; *p == ','; p++) continue;
  while (*p++ == ';') continue;
  return p;
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  while (!done) { // expect: error libc.spin-wait
  }
  do { // expect: error libc.spin-wait
  } while (!shared.ready);
  while (!turned) sched_yield(); // expect: error libc.spin-wait
  while (shared.left > 0) shared.left--;
  skip_blanks(" ,;");
}

static void work(uv_work_t *request) {
  (void)request;
  while (!done) { // expect-none
  }
}

int main(void) {
  uv_timer_t timer;
  uv_work_t request;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  uv_queue_work(uv_default_loop(), &request, work, NULL);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
