// Before the loop runs, and after it has ended, nothing waits for the loop.
#include <netdb.h>
#include <stdio.h>
#include <unistd.h>
#include <uv.h>

static void load_settings(void) {
  FILE *file = fopen("/etc/settings", "r"); // expect-none
  if (file) fclose(file);                   // expect-none
}

static void resolve(const char *host) {
  struct addrinfo *list;
  getaddrinfo(host, "80", NULL, &list); // expect-none
}

static void on_timer(uv_timer_t *timer) { uv_timer_stop(timer); }

int main(int argc, char **argv) {
  uv_timer_t timer;
  load_settings();
  resolve(argc > 1 ? argv[1] : "localhost");
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  uv_run(uv_default_loop(), UV_RUN_DEFAULT);
  sleep(1); // expect-none
  return 0;
}
