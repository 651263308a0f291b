// Structs inside structs: cleared, assigned and copied as parts of their object; unions that carry functions.
#include <netdb.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>
typedef union {
  void *ptr;
  void (*fn)(int);
  int fd;
  uint64_t u;
} any_t;
typedef struct {
  any_t arg;
  struct {
    struct addrinfo hints;
    int n;
  } r;
} job_t;
static struct addrinfo *found;
static const char *host;
static void run_it(job_t *j) { j->arg.fn(1); }
static void slow(int n) { sleep((unsigned)n); } // expect: error sleep.sleep
static void by_nested(job_t *j) {
  memset(&j->r.hints, 0, sizeof j->r.hints);
  j->r.hints.ai_flags = AI_NUMERICHOST;
  getaddrinfo(host, "80", &j->r.hints, &found);
}
static void by_nested_names(job_t *j) {
  memset(&j->r.hints, 0, sizeof j->r.hints);
  getaddrinfo("host", "80", &j->r.hints, &found); // expect: error dns.getaddrinfo
}
static struct addrinfo copy_of(job_t *j) { return j->r.hints; }
static void copies(job_t *j, job_t *k) {
  struct addrinfo names = {.ai_family = AF_INET}, h;
  j->r.hints = (struct addrinfo){.ai_flags = AI_NUMERICHOST};
  getaddrinfo(host, "80", &j->r.hints, &found);
  h = j->r.hints;
  getaddrinfo(host, "80", &h, &found);
  k->r.hints = j->r.hints;
  getaddrinfo(host, "80", &k->r.hints, &found);
  k->r.hints = names;
  getaddrinfo(host, "80", &k->r.hints, &found); // expect: error dns.getaddrinfo certain
  struct addrinfo c = copy_of(j), d = copy_of(k);
  getaddrinfo(host, "80", &c, &found);
  getaddrinfo(host, "80", &d, &found); // expect: error dns.getaddrinfo certain
}
static void on_timer(uv_timer_t *t) {
  job_t j = {0};
  (void)t;
  j.arg.fn = slow;
  run_it(&j);
  by_nested(&j);
  by_nested_names(&j);
  job_t k;
  copies(&j, &k);
}
int main(void) {
  uv_timer_t t;
  uv_timer_init(uv_default_loop(), &t);
  uv_timer_start(&t, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
