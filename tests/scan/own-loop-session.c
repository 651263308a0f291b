// Sessions one after the other, each with a complete run of a loop: what stands before the run holds none.
// flags: pkg:libuv
#include <netdb.h>
#include <unistd.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  sleep(1); // expect: error sleep.sleep path: on_timer loop: libuv
  uv_stop(timer->loop);
}

static int session(uv_loop_t *loop, const char *host) {
  struct addrinfo *found;
  uv_timer_t timer;
  if (getaddrinfo(host, "80", 0, &found)) return -1; // expect-none
  uv_timer_init(loop, &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(loop, UV_RUN_DEFAULT);
}

int main(int count, char **hosts) {
  for (int i = 1; i < count; i++) session(uv_default_loop(), hosts[i]);
}
