// What the arguments say, in pairs: names. Of each pair the first waits, the second does not.
// flags: -D_GNU_SOURCE
#include <netdb.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <uv.h>

static struct addrinfo *gaipassive_r;
static void gaipassive_waits(uv_timer_t *timer) {
  (void)timer;
  struct addrinfo h = {0};
  h.ai_flags = AI_ADDRCONFIG;
  getaddrinfo("db.example.org", "5432", &h, &gaipassive_r); // expect: error dns.getaddrinfo certain path: gaipassive_waits loop: libuv role: timer
}
static void gaipassive_does_not(uv_timer_t *timer) {
  (void)timer;
  struct addrinfo h = {0};
  h.ai_flags = AI_ADDRCONFIG;
  h.ai_flags |= AI_NUMERICHOST;
  getaddrinfo("db.example.org", "5432", &h, &gaipassive_r);
}

static struct addrinfo *gai6_r;
static void gai6_waits(uv_timer_t *timer) {
  (void)timer;
  getaddrinfo("localhost.example", "80", NULL, &gai6_r); // expect: error dns.getaddrinfo certain path: gai6_waits loop: libuv role: timer
}
static void gai6_does_not(uv_timer_t *timer) {
  (void)timer;
  getaddrinfo("::1", "80", NULL, &gai6_r);
}

static struct addrinfo *gainull_r;
static void gainull_waits(uv_timer_t *timer) {
  (void)timer;
  struct addrinfo h = {.ai_flags = AI_PASSIVE};
  getaddrinfo("0.pool.ntp.org", "123", &h, &gainull_r); // expect: error dns.getaddrinfo certain path: gainull_waits loop: libuv role: timer
}
static void gainull_does_not(uv_timer_t *timer) {
  (void)timer;
  struct addrinfo h = {.ai_flags = AI_PASSIVE};
  getaddrinfo(NULL, "123", &h, &gainull_r);
}

static void gethost_waits(uv_timer_t *timer) {
  (void)timer;
  gethostbyname("www.example.org"); // expect: error dns.gethostbyname certain path: gethost_waits loop: libuv role: timer
}
static void gethost_does_not(uv_timer_t *timer) {
  (void)timer;
  gethostbyname("127.0.0.1");
}

static struct sockaddr gnibits_a;
static char gnibits_h[99];
static void gnibits_waits(uv_timer_t *timer) {
  (void)timer;
  int f = NI_NUMERICSERV;
  getnameinfo(&gnibits_a, 16, gnibits_h, 99, NULL, 0, f); // expect: error dns.getnameinfo certain path: gnibits_waits loop: libuv role: timer
}
static void gnibits_does_not(uv_timer_t *timer) {
  (void)timer;
  int f = NI_NUMERICSERV;
  f |= NI_NUMERICHOST;
  getnameinfo(&gnibits_a, 16, gnibits_h, 99, NULL, 0, f);
}

int main(void) {
  static uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, gaipassive_waits, 10, 0);
  uv_timer_start(&timer, gaipassive_does_not, 10, 0);
  uv_timer_start(&timer, gai6_waits, 10, 0);
  uv_timer_start(&timer, gai6_does_not, 10, 0);
  uv_timer_start(&timer, gainull_waits, 10, 0);
  uv_timer_start(&timer, gainull_does_not, 10, 0);
  uv_timer_start(&timer, gethost_waits, 10, 0);
  uv_timer_start(&timer, gethost_does_not, 10, 0);
  uv_timer_start(&timer, gnibits_waits, 10, 0);
  uv_timer_start(&timer, gnibits_does_not, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
