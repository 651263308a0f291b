// What makes a finding less than certain is said: the argument that the source does not tell.
#include <fcntl.h>
#include <netdb.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <uv.h>

static int wait_flags;

static void on_timer(uv_timer_t *timer) {
  struct addrinfo *found;
  int *lock = timer->data;
  waitpid(-1, NULL, wait_flags); // expect: error process.waitpid likely why: it is not known whether wait_flags has WNOHANG
  waitpid(-1, NULL, lock[1] & 3); // expect: error process.waitpid likely why: it is not known whether argument 3 has WNOHANG
  getaddrinfo(timer->data, "80", NULL, &found); // expect: error dns.getaddrinfo certain
  recv(*lock, lock, 1, 0); // expect: error network.recv possible why: it is not known whether argument 1 is non-blocking
}

void start(uv_timer_t *timer, int flags);
void start(uv_timer_t *timer, int flags) {
  wait_flags = flags;
  uv_timer_start(timer, on_timer, 10, 0);
}
