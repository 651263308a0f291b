// The twin of arg-numerichost.c: without the flag the name server is asked.
#include <netdb.h>
#include <string.h>
#include <uv.h>

static void resolve(const char *text) {
  struct addrinfo hints, *list;
  memset(&hints, 0, sizeof hints);
  hints.ai_flags = AI_PASSIVE;
  getaddrinfo(text, NULL, &hints, &list); // expect: error dns.getaddrinfo path: on_timer > resolve loop: libuv
}

static void on_timer(uv_timer_t *timer) { resolve(timer->data); }

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
