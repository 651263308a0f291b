// A guard holds for the value that its variable has by then: a local that a parameter decides, a field that the caller has just
// set, what a helper returns, a parameter behind many others.
#include <event2/event.h>
#include <netdb.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FROM_FILE = 1, FROM_SCRIPT = 2 };

static void load(int how) {
  int script = 0;
  if (how == FROM_SCRIPT) {
    how = 0;
    script = 1;
  }
  if (script) sleep(3); // expect-none
}

static void load_now(int how) {
  int script = 0;
  if (how == FROM_SCRIPT) script = 1;
  if (script) sleep(4); // expect: error sleep.sleep certain path: on_timer > load_now
}

struct url {
  const char *host;
  unsigned no_resolve : 1;
};
static struct addrinfo *list;

static int parse(struct url *u) {
  if (u->no_resolve) return 0;
  return getaddrinfo(u->host, "80", 0, &list); // expect-none
}

static int parse_all(struct url *u) {
  if (u->no_resolve) return 0;
  return getaddrinfo(u->host, "80", 0, &list); // expect: error dns.getaddrinfo path: on_timer > parse_all
}

static pthread_t loop_thread;
static int on_loop_thread(void) { return pthread_equal(loop_thread, pthread_self()); }
static void run_on_loop(void (*f)(void)) {
  if (on_loop_thread())
    f();
  else
    sleep(5); // expect-none
}
static void run_elsewhere(void) {
  if (on_loop_thread()) sleep(6); // expect: error sleep.sleep path: on_timer > run_elsewhere
}
static void job(void) {}

static void reap(int a, int b, int c, int d, int e, int f, int g, int h, int flags) {
  if (a == 9 && b == 9 && c == 9 && d == 9 && e == 9 && f == 9 && g == 9 && h == 9) sleep(7); // expect-none
  waitpid(-1, 0, flags); // expect-none
}

static void reap_all(int a, int b, int c, int d, int e, int f, int g, int h, int flags) {
  (void)(a + b + c + d + e + f + g);
  if (h == 8) waitpid(-1, 0, flags); // expect: error process.waitpid certain
}

static void on_timer(evutil_socket_t fd, short what, void *host) {
  struct url u;
  (void)fd;
  (void)what;
  load(FROM_FILE);
  load_now(FROM_SCRIPT);
  memset(&u, 0, sizeof u);
  u.host = host;
  u.no_resolve = 1;
  parse(&u);
  u.no_resolve = 0;
  parse_all(&u);
  run_on_loop(job);
  run_elsewhere();
  reap(9, 9, 9, 9, 9, 9, 9, 8, WNOHANG);
  reap_all(1, 2, 3, 4, 5, 6, 7, 8, 0);
}

int main(int argc, char **argv) {
  struct event_base *base = event_base_new();
  (void)argc;
  loop_thread = pthread_self();
  event_add(event_new(base, -1, EV_PERSIST, on_timer, argv[1]), NULL);
  return event_base_dispatch(base);
}
