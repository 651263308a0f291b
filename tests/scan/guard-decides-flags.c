// A parameter decides which flags a call gets, by a condition around the store: the caller's constant says whether it waits.
#include <sys/socket.h>
#include <sys/wait.h>
#include <uv.h>

static int sock;

static int reap_some(pid_t pid, int *status, int nonblocking) {
  const int flags = nonblocking ? WNOHANG : 0;
  return waitpid(pid, status, flags); // expect-none
}

static int reap_all(pid_t pid, int *status, int nonblocking) {
  const int flags = nonblocking ? WNOHANG : 0;
  return waitpid(pid, status, flags); // expect: error process.waitpid certain path: on_timer > reap_all
}

static void peek(char *text, size_t size, int wait) {
  int flags = MSG_PEEK;
  if (!wait) flags |= MSG_DONTWAIT;
  recv(sock, text, size, flags); // expect-none
}

static void peek_long(char *text, size_t size, int wait) {
  int flags = MSG_PEEK;
  if (!wait) flags |= MSG_DONTWAIT;
  recv(sock, text, size, flags); // expect: error network.recv path: on_timer > peek_long
}

static int reap_late(pid_t pid, int *status, int wait) {
  int flags = 0;
  if (!wait) flags = WNOHANG;
  return waitpid(pid, status, flags); // expect-none
}

static void on_timer(uv_timer_t *timer) {
  char text[8];
  int status;
  (void)timer;
  reap_some(-1, &status, 1);
  reap_all(-1, &status, 0);
  reap_late(-1, &status, 0);
  peek(text, sizeof text, 0);
  peek_long(text, sizeof text, 1);
}

int main(void) {
  uv_timer_t timer;
  sock = socket(AF_INET, SOCK_STREAM, 0);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
