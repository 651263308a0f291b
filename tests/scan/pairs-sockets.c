// What the arguments say, in pairs: sockets. Of each pair the first waits, the second does not.
// flags: -D_GNU_SOURCE
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

static struct msghdr recvmsgerr_h;
static void recvmsgerr_waits(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  recvmsg(s, &recvmsgerr_h, MSG_TRUNC); // expect: error network.recvmsg certain path: recvmsgerr_waits loop: libuv role: timer
}
static void recvmsgerr_does_not(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  recvmsg(s, &recvmsgerr_h, MSG_TRUNC | MSG_ERRQUEUE);
}

static struct mmsghdr recvmmsg_h[4];
static void recvmmsg_waits(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  recvmmsg(s, recvmmsg_h, 4, 0, NULL); // expect: error network.recvmmsg certain path: recvmmsg_waits loop: libuv role: timer
}
static void recvmmsg_does_not(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  recvmmsg(s, recvmmsg_h, 4, MSG_DONTWAIT, NULL);
}

static struct mmsghdr recvmmsg1_h[4];
static void recvmmsg1_waits(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  recvmmsg(s, recvmmsg1_h, 4, MSG_WAITFORONE, NULL); // expect: error network.recvmmsg certain path: recvmmsg1_waits loop: libuv role: timer
}
static void recvmmsg1_does_not(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  recvmmsg(s, recvmmsg1_h, 4, MSG_WAITFORONE, NULL);
}

static char sendto_b[9];
static void sendto_waits(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_UNIX, SOCK_STREAM, 0);
  sendto(s, sendto_b, 9, MSG_NOSIGNAL, NULL, 0); // expect: error network.send certain path: sendto_waits loop: libuv role: timer
}
static void sendto_does_not(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_UNIX, SOCK_STREAM, 0);
  sendto(s, sendto_b, 9, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
}

static void accept_waits(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  listen(s, 9);
  accept4(s, NULL, NULL, SOCK_NONBLOCK); // expect: error network.accept4 certain path: accept_waits loop: libuv role: timer
}
static void accept_does_not(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  listen(s, 9);
  accept(s, NULL, NULL);
}

static struct sockaddr connectio_a;
static void connectio_waits(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  int on = 0;
  ioctl(s, FIONBIO, &on);
  connect(s, &connectio_a, 16); // expect: error network.connect certain path: connectio_waits loop: libuv role: timer
}
static void connectio_does_not(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  ioctl(s, FIONBIO, &on);
  connect(s, &connectio_a, 16);
}

static char fcntlclear_b[9];
static void fcntlclear_waits(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  fcntl(s, F_SETFL, fcntl(s, F_GETFL) & ~O_NONBLOCK);
  recv(s, fcntlclear_b, 9, 0); // expect: error network.recv certain path: fcntlclear_waits loop: libuv role: timer
}
static void fcntlclear_does_not(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  int f = fcntl(s, F_GETFL, 0);
  fcntl(s, F_SETFL, f | O_NONBLOCK);
  recv(s, fcntlclear_b, 9, 0);
}

static char socketpair_b[9];
static void socketpair_waits(uv_timer_t *timer) {
  (void)timer;
  int s[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  read(s[0], socketpair_b, 9); // expect: error network.read certain path: socketpair_waits loop: libuv role: timer
}
static void socketpair_does_not(uv_timer_t *timer) {
  (void)timer;
  int s[2];
  socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s);
  read(s[0], socketpair_b, 9);
}

static void linger_waits(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  struct linger l = {.l_onoff = 1, .l_linger = 30};
  setsockopt(s, SOL_SOCKET, SO_LINGER, &l, sizeof l);
  close(s); // expect: error network.close-linger certain path: linger_waits loop: libuv role: timer
}
static void linger_does_not(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  struct linger l = {.l_onoff = 1, .l_linger = 0};
  setsockopt(s, SOL_SOCKET, SO_LINGER, &l, sizeof l);
  close(s);
}

static void splice2_waits(uv_timer_t *timer) {
  (void)timer;
  int p[2];
  pipe(p);
  int s = socket(AF_INET, SOCK_STREAM, 0);
  splice(s, NULL, p[1], NULL, 99, SPLICE_F_MOVE); // expect: error network.splice certain path: splice2_waits loop: libuv role: timer
}
static void splice2_does_not(uv_timer_t *timer) {
  (void)timer;
  int p[2];
  pipe2(p, O_NONBLOCK);
  int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  splice(s, NULL, p[1], NULL, 99, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

int main(void) {
  static uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, recvmsgerr_waits, 10, 0);
  uv_timer_start(&timer, recvmsgerr_does_not, 10, 0);
  uv_timer_start(&timer, recvmmsg_waits, 10, 0);
  uv_timer_start(&timer, recvmmsg_does_not, 10, 0);
  uv_timer_start(&timer, recvmmsg1_waits, 10, 0);
  uv_timer_start(&timer, recvmmsg1_does_not, 10, 0);
  uv_timer_start(&timer, sendto_waits, 10, 0);
  uv_timer_start(&timer, sendto_does_not, 10, 0);
  uv_timer_start(&timer, accept_waits, 10, 0);
  uv_timer_start(&timer, accept_does_not, 10, 0);
  uv_timer_start(&timer, connectio_waits, 10, 0);
  uv_timer_start(&timer, connectio_does_not, 10, 0);
  uv_timer_start(&timer, fcntlclear_waits, 10, 0);
  uv_timer_start(&timer, fcntlclear_does_not, 10, 0);
  uv_timer_start(&timer, socketpair_waits, 10, 0);
  uv_timer_start(&timer, socketpair_does_not, 10, 0);
  uv_timer_start(&timer, linger_waits, 10, 0);
  uv_timer_start(&timer, linger_does_not, 10, 0);
  uv_timer_start(&timer, splice2_waits, 10, 0);
  uv_timer_start(&timer, splice2_does_not, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
