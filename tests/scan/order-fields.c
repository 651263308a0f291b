// A field of a struct has the value that its object has when the call is made: in the order of statements, through |=, &= ~,
// memset(), copies of a pointer, helpers and constants.
#include <event2/event.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

static struct addrinfo *list;

static void set_bit_by_bit(const char *host) {
  struct addrinfo hints = {0};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_flags |= AI_NUMERICHOST;
  getaddrinfo(host, "1", &hints, &list); // expect-none
}

static void bit_taken_out(const char *host) {
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST};
  if (!getaddrinfo(host, "1", &hints, &list)) return; // expect-none
  hints.ai_flags &= ~AI_NUMERICHOST;
  getaddrinfo(host, "1", &hints, &list); // expect: error dns.getaddrinfo certain
}

static void cleared_again(const char *host) {
  struct addrinfo hints;
  memset(&hints, 0, sizeof hints);
  hints.ai_flags = AI_NUMERICHOST;
  if (getaddrinfo(host, "1", &hints, &list)) { // expect-none
    memset(&hints, 0, sizeof hints);
    getaddrinfo(host, "1", &hints, &list); // expect: error dns.getaddrinfo certain
  }
}

static void two_objects(const char *host) {
  struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST}, any = {.ai_flags = AI_PASSIVE};
  getaddrinfo(host, "1", &numeric, &list); // expect-none
  getaddrinfo(host, "1", &any, &list); // expect: error dns.getaddrinfo certain
}

static const struct addrinfo always = {.ai_flags = AI_NUMERICHOST | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
static struct addrinfo sometimes = {.ai_flags = AI_NUMERICHOST};
static void constant_object(const char *host) {
  getaddrinfo(host, "1", &always, &list); // expect-none
  getaddrinfo(host, "1", &sometimes, &list); // expect: error dns.getaddrinfo likely
}

static void through_a_pointer(const char *host) {
  struct addrinfo hints = {0}, *h = &hints;
  h->ai_flags = AI_NUMERICHOST;
  getaddrinfo(host, "1", &hints, &list); // expect-none
  hints.ai_flags = 0;
  getaddrinfo(host, "1", h, &list); // expect: error dns.getaddrinfo certain
}

static void both_ways(const char *host, int passive) {
  struct addrinfo hints;
  memset(&hints, 0, sizeof hints);
  if (passive)
    hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
  else
    hints.ai_flags = AI_NUMERICHOST;
  getaddrinfo(host, "1", &hints, &list); // expect-none
}

static void under_a_condition(const char *host, int numeric) {
  struct addrinfo hints = {0};
  if (numeric) hints.ai_flags = AI_NUMERICHOST;
  getaddrinfo(host, "1", &hints, &list); // expect: error dns.getaddrinfo likely
}

static void a_turn_before(const char *host) {
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST};
  for (int i = 0; i < 2; i++) {
    getaddrinfo(host, "1", &hints, &list); // expect: error dns.getaddrinfo likely
    hints.ai_flags = 0;
  }
}

static void numeric_only(struct addrinfo *hints) { hints->ai_flags |= AI_NUMERICHOST; }
static void any_name(struct addrinfo *hints) { hints->ai_flags &= ~AI_NUMERICHOST; }
static void by_helpers(const char *host) {
  struct addrinfo hints = {0};
  numeric_only(&hints);
  getaddrinfo(host, "1", &hints, &list); // expect-none
  any_name(&hints);
  getaddrinfo(host, "1", &hints, &list); // expect: error dns.getaddrinfo certain
}

static void parse(const char *host, int flags) {
  struct addrinfo hints = {0};
  hints.ai_flags = flags;
  getaddrinfo(host, "1", &hints, &list); // expect-none
}

static void look_up(const char *host, const struct addrinfo *hints) {
  getaddrinfo(host, "1", hints, &list); // expect-none
}

static void look_up_any(const char *host, const struct addrinfo *hints) {
  getaddrinfo(host, "1", hints, &list); // expect: error dns.getaddrinfo certain path: on_timer > look_up_any
}

static void on_timer(evutil_socket_t fd, short what, void *host) {
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST};
  (void)fd;
  set_bit_by_bit(host);
  bit_taken_out(host);
  cleared_again(host);
  two_objects(host);
  constant_object(host);
  through_a_pointer(host);
  both_ways(host, what);
  under_a_condition(host, what);
  a_turn_before(host);
  by_helpers(host);
  parse(host, AI_NUMERICHOST | AI_NUMERICSERV);
  look_up(host, &hints);
  hints.ai_flags = 0;
  look_up_any(host, &hints);
}

int main(int argc, char **argv) {
  struct event_base *base = event_base_new();
  if (argc > 2) sometimes.ai_flags = 0;
  event_add(event_new(base, -1, EV_PERSIST, on_timer, argv[1]), NULL);
  return event_base_dispatch(base);
}
