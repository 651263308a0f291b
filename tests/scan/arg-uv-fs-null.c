// A NULL callback makes libuv's file functions and its resolver synchronous.
#include <uv.h>

static void on_done(uv_fs_t *request) { uv_fs_req_cleanup(request); }
static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *list) {
  (void)request, (void)status;
  uv_freeaddrinfo(list);
}

static void on_timer(uv_timer_t *timer) {
  static uv_fs_t fs;
  static uv_getaddrinfo_t dns;
  uv_fs_fsync(timer->loop, &fs, 3, NULL); // expect: warning libuv.fs-3 certain path: on_timer loop: libuv
  uv_fs_fsync(timer->loop, &fs, 3, on_done); // expect-none
  uv_getaddrinfo(timer->loop, &dns, NULL, "host", "80", NULL); // expect: error libuv.getaddrinfo certain loop: libuv
  uv_getaddrinfo(timer->loop, &dns, on_resolved, "host", "80", NULL); // expect-none
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
