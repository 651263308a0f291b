// AI_NUMERICHOST never asks a name server; hints in a struct are followed through its field.
#include <netdb.h>
#include <string.h>
#include <uv.h>

static void parse_address(const char *text) {
  struct addrinfo hints, *list;
  memset(&hints, 0, sizeof hints);
  hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
  getaddrinfo(text, NULL, &hints, &list); // expect-none
}

static void on_timer(uv_timer_t *timer) { parse_address(timer->data); }

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
