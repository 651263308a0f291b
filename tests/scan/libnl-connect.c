// genl_connect() opens and binds a netlink socket and waits for nobody; a request waits for the kernel's answer.
#include <uv.h>

struct nl_sock;
int genl_connect(struct nl_sock *sock);
int genl_ctrl_resolve(struct nl_sock *sock, const char *name);
extern struct nl_sock *kernel;

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  if (genl_connect(kernel) < 0) { // expect-none
    return;
  }
  genl_ctrl_resolve(kernel, "IPVS"); // expect: warning libnl.request path: on_timer loop: libuv
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
