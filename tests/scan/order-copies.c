// A struct that is a copy of another has its fields, and a helper that clears what it is given is read.
#include <netdb.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

static const struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST};
static struct addrinfo *found;
static const char *host;

static void prepare(struct addrinfo *hints, int by_name) {
  bzero(hints, sizeof *hints);
  hints->ai_family = AF_UNSPEC;
  hints->ai_flags = AI_PASSIVE | AI_NUMERICHOST;
  if (by_name) hints->ai_flags &= ~AI_NUMERICHOST;
}

static void copied(void) {
  struct addrinfo hints = numeric;
  getaddrinfo(host, "80", &hints, &found);
  hints.ai_flags = 0;
  getaddrinfo(host, "80", &hints, &found); // expect: error dns.getaddrinfo
  hints = numeric;
  getaddrinfo(host, "80", &hints, &found);
  getaddrinfo(host, "80", &numeric, &found);
}

static void helped(void) {
  struct addrinfo hints, others;
  prepare(&hints, 0);
  getaddrinfo(host, "80", &hints, &found);
  prepare(&others, 1);
  getaddrinfo(host, "80", &others, &found); // expect: error dns.getaddrinfo
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  copied();
  helped();
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
