// A log line through stdio is a note, a write that reaches the disk is more.
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  fprintf(stderr, "tick\n"); // expect: note stdio.print path: on_timer loop: libuv
  printf("%d\n", 1);         // expect: note stdio.print-stdout path: on_timer loop: libuv
  puts("tick");              // expect: note stdio.print-stdout path: on_timer loop: libuv
  char text[32];
  snprintf(text, sizeof text, "%d", 1); // expect-none
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
