// A macro that fills a struct takes its address: (&o)->name = … is a store to o. What was zero before is then
// known by the store, not by the initialiser.
#include <netdb.h>
#include <stddef.h>

typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*cb)(uv_timer_t *timer), unsigned long timeout, unsigned long repeat);

struct options {
  int kind;
  union {
    struct {
      const char *name;
      int port;
    } tcp;
    const char *path;
  } endpoint;
};
#define SET_TCP(options, name_) ((options)->kind = 1, (options)->endpoint.tcp.name = (name_))

static struct addrinfo *found;
static char **words;

static void look(const struct options *o) {
  if (o->kind == 1) getaddrinfo(o->endpoint.tcp.name, "80", NULL, &found); // expect: error dns.getaddrinfo
}
static void look_at_none(const struct options *o) {
  if (o->kind == 1) getaddrinfo(o->endpoint.tcp.name, "80", NULL, &found); // expect-none
}
static void look_not(const struct options *o) {
  if (o->kind == 2) getaddrinfo("example.org", "80", NULL, &found); // expect-none
}

static void on_timer(uv_timer_t *timer) {
  struct options named = {0}, none = {0};
  (void)timer;
  SET_TCP(&named, words[1]);
  look(&named);
  SET_TCP(&none, NULL);
  look_at_none(&none);
  look_not(&none);
}

void start(uv_timer_t *timer, char **argv);
void start(uv_timer_t *timer, char **argv) {
  words = argv;
  uv_timer_start(timer, on_timer, 1, 0);
}
