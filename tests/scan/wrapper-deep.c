// Wrappers of wrappers: one finding where the API is called, all entries in it.
#include <netdb.h>
#include <uv.h>

static int resolve(const char *host) {
  struct addrinfo *list;
  return getaddrinfo(host, NULL, NULL, &list); // expect: error dns.getaddrinfo entries: on_check, on_idle, on_timer
}

static int lookup(const char *host) { return resolve(host); }
static int lookup_any(const char *host) { return host ? lookup(host) : -1; }

static void on_timer(uv_timer_t *timer) { lookup(timer->data); }
static void on_idle(uv_idle_t *idle) { lookup_any(idle->data); }
static void on_check(uv_check_t *check) { resolve(check->data); }

int main(void) {
  uv_timer_t timer;
  uv_idle_t idle;
  uv_check_t check;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  uv_idle_init(uv_default_loop(), &idle);
  uv_idle_start(&idle, on_idle);
  uv_check_init(uv_default_loop(), &check);
  uv_check_start(&check, on_check);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
