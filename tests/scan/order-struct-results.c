// Hints that a helper returns by value, that are copied by memcpy, or written through another name.
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static struct addrinfo *found;
static const char *host;

static struct addrinfo numeric_hints(void) {
  struct addrinfo hints = {0};
  hints.ai_flags = AI_NUMERICHOST;
  return hints;
}
static struct addrinfo name_hints(void) {
  struct addrinfo hints = {0};
  hints.ai_socktype = SOCK_STREAM;
  return hints;
}
static struct addrinfo hints_for(int flags) {
  struct addrinfo hints;
  memset(&hints, 0, sizeof hints);
  hints.ai_flags = flags;
  return hints;
}
static struct addrinfo literal_hints(void) {
  return (struct addrinfo){.ai_flags = AI_NUMERICHOST | AI_PASSIVE};
}
static struct addrinfo literal_names(void) { return (struct addrinfo){.ai_family = AF_INET}; }
static const struct addrinfo defaults = {.ai_flags = AI_NUMERICHOST};
static const struct addrinfo *default_hints(void) { return &defaults; }
static struct addrinfo copy_of_defaults(void) { return defaults; }

static void by_value(void) {
  struct addrinfo a = numeric_hints();
  getaddrinfo(host, "80", &a, &found);
  struct addrinfo b = name_hints();
  getaddrinfo(host, "80", &b, &found); // expect: error dns.getaddrinfo certain
  struct addrinfo c = hints_for(AI_NUMERICHOST);
  getaddrinfo(host, "80", &c, &found);
  struct addrinfo d = hints_for(0);
  getaddrinfo(host, "80", &d, &found); // expect: error dns.getaddrinfo certain
  a = name_hints();
  getaddrinfo(host, "80", &a, &found); // expect: error dns.getaddrinfo certain
  b = literal_hints();
  getaddrinfo(host, "80", &b, &found);
  struct addrinfo e = literal_names();
  getaddrinfo(host, "80", &e, &found); // expect: error dns.getaddrinfo certain
  struct addrinfo f = copy_of_defaults();
  getaddrinfo(host, "80", &f, &found);
  getaddrinfo(host, "80", default_hints(), &found);
}

static void by_memcpy(void) {
  struct addrinfo a, b;
  memcpy(&a, &defaults, sizeof a);
  getaddrinfo(host, "80", &a, &found);
  a.ai_flags &= ~AI_NUMERICHOST;
  memcpy(&b, &a, sizeof(struct addrinfo));
  getaddrinfo(host, "80", &b, &found); // expect: error dns.getaddrinfo certain
  struct addrinfo *h = malloc(sizeof *h);
  memcpy(h, &defaults, sizeof *h);
  getaddrinfo(host, "80", h, &found);
  *h = b;
  getaddrinfo(host, "80", h, &found); // expect: error dns.getaddrinfo certain
  free(h);
}

static void through_alias(void) {
  struct addrinfo hints, *h = &hints;
  memset(h, 0, sizeof *h);
  h->ai_flags = AI_NUMERICHOST;
  getaddrinfo(host, "80", h, &found);
  getaddrinfo(host, "80", &hints, &found);
  struct addrinfo *again;
  memset(&hints, 0, sizeof hints);
  again = &hints;
  again->ai_flags |= AI_PASSIVE;
  getaddrinfo(host, "80", again, &found); // expect: error dns.getaddrinfo certain
  again->ai_flags |= AI_NUMERICHOST;
  getaddrinfo(host, "80", &hints, &found);
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  by_value();
  by_memcpy();
  through_alias();
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
