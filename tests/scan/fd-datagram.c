// A datagram socket sends and connects at once; a stream's, and a local one's, wait for the other end. So does a receive.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <uv.h>

static int udp, tcp, local, routes;
static struct sockaddr_in peer;

static void on_timer(uv_timer_t *timer) {
  char text[64];
  (void)timer;
  connect(udp, (struct sockaddr *)&peer, sizeof peer);
  sendto(udp, "x", 1, 0, (struct sockaddr *)&peer, sizeof peer);
  recv(udp, text, sizeof text, 0); // expect: error network.recv
  connect(tcp, (struct sockaddr *)&peer, sizeof peer); // expect: error network.connect
  send(tcp, "x", 1, 0); // expect: error network.send
  connect(local, (struct sockaddr *)&peer, sizeof peer);
  send(local, "x", 1, 0); // expect: error network.send
  send(routes, text, sizeof text, 0);
  recv(routes, text, sizeof text, 0); // expect: error network.recv
}

int main(void) {
  static uv_timer_t timer;
  int family = AF_INET6;
  udp = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  tcp = socket(AF_INET, SOCK_STREAM, 0);
  local = socket(AF_UNIX, SOCK_DGRAM, 0);
  routes = socket(AF_NETLINK, SOCK_RAW, 0);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 0, 1000);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
