// The same with a turn at a time: the cycle is the loop, and what stands in it holds it.
// flags: pkg:libuv
#include <netdb.h>
#include <uv.h>

static int turn(uv_loop_t *loop, const char *host) {
  struct addrinfo *found;
  if (getaddrinfo(host, "80", 0, &found)) return -1; // expect: error dns.getaddrinfo
  return uv_run(loop, UV_RUN_ONCE);
}

int main(int count, char **hosts) {
  while (count) turn(uv_default_loop(), hosts[1]);
}
