// Where the source tells all arguments, a finding is certain and needs no reason for a doubt.
#include <netdb.h>
#include <sys/wait.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  struct addrinfo *found;
  (void)timer;
  waitpid(-1, NULL, 0); // expect: error process.waitpid certain
  waitpid(-1, NULL, WUNTRACED); // expect: error process.waitpid certain
  waitpid(-1, NULL, WNOHANG); // expect-none
  getaddrinfo("example.org", "80", NULL, &found); // expect: error dns.getaddrinfo certain
}

void start(uv_timer_t *timer);
void start(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 10, 0); }
