// FD_ISSET says that there is something to read: one read gets it, also from a descriptor that is blocking. A
// second one, one in a cycle, and one on another descriptor wait.
#include <sys/select.h>
#include <sys/socket.h>
#include <uv.h>

static int first, second;
static char text[64];

static int ask(fd_set *set) {
  struct timeval none = {0, 0};
  FD_ZERO(set);
  FD_SET(first, set);
  FD_SET(second, set);
  return select(second + 1, set, NULL, NULL, &none);
}

static void once(void) {
  fd_set set;
  ask(&set);
  if (FD_ISSET(first, &set)) recv(first, text, sizeof text, 0);
  if (0 != FD_ISSET(second, &set)) recv(second, text, sizeof text, 0);
}

static void leave_early(void) {
  fd_set set;
  if (ask(&set) <= 0) return;
  if (!FD_ISSET(first, &set)) return;
  recv(first, text, sizeof text, 0);
}

static void leave_early_by_zero(void) {
  fd_set set;
  if (ask(&set) <= 0 || FD_ISSET(first, &set) == 0) return;
  recv(first, text, sizeof text, 0);
}

static void again(void) {
  fd_set set;
  ask(&set);
  if (FD_ISSET(first, &set)) {
    recv(first, text, 4, 0); // expect: error network.recv
    recv(first, text, sizeof text, 0); // expect: error network.recv
  }
}

static void drain(void) {
  fd_set set;
  ask(&set);
  if (FD_ISSET(first, &set))
    while (recv(first, text, sizeof text, 0) > 0) continue; // expect: error network.recv
}

static void another(void) {
  fd_set set;
  ask(&set);
  if (FD_ISSET(first, &set)) recv(second, text, sizeof text, 0); // expect: error network.recv
  if (!FD_ISSET(second, &set)) recv(second, text, sizeof text, 0); // expect: error network.recv
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  once();
  leave_early();
  leave_early_by_zero();
  again();
  drain();
  another();
}

int main(void) {
  uv_timer_t timer;
  first = socket(AF_INET, SOCK_STREAM, 0);
  second = socket(AF_INET, SOCK_STREAM, 0);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
