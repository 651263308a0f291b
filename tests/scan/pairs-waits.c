// What the arguments say, in pairs: waits. Of each pair the first waits, the second does not.
// flags: -D_GNU_SOURCE
#include <liburing.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <termios.h>
#include <time.h>
#include <uv.h>

static struct pollfd ppoll0_f[2];
static void ppoll0_waits(uv_timer_t *timer) {
  (void)timer;
  struct timespec t = {2, 0};
  ppoll(ppoll0_f, 2, &t, NULL); // expect: error wait.ppoll certain path: ppoll0_waits loop: libuv role: timer
}
static void ppoll0_does_not(uv_timer_t *timer) {
  (void)timer;
  struct timespec t = {0, 0};
  ppoll(ppoll0_f, 2, &t, NULL);
}

static fd_set pselect_r;
static void pselect_waits(uv_timer_t *timer) {
  (void)timer;
  struct timespec t = {.tv_sec = 1};
  pselect(4, &pselect_r, NULL, NULL, &t, NULL); // expect: error wait.pselect certain path: pselect_waits loop: libuv role: timer
}
static void pselect_does_not(uv_timer_t *timer) {
  (void)timer;
  struct timespec t = {0};
  pselect(4, &pselect_r, NULL, NULL, &t, NULL);
}

static fd_set selectms_r;
static void selectms_waits(uv_timer_t *timer) {
  (void)timer;
  struct timeval t;
  t.tv_sec = 0;
  t.tv_usec = 500000;
  select(4, &selectms_r, NULL, NULL, &t); // expect: error wait.select certain path: selectms_waits loop: libuv role: timer
}
static void selectms_does_not(uv_timer_t *timer) {
  (void)timer;
  struct timeval t;
  t.tv_sec = 0;
  t.tv_usec = 0;
  select(4, &selectms_r, NULL, NULL, &t);
}

static struct epoll_event epollpw_e[4];
static int epollpw_ep;
static void epollpw_waits(uv_timer_t *timer) {
  (void)timer;
  epoll_pwait(epollpw_ep, epollpw_e, 4, 250, NULL); // expect: warning wait.epoll_wait certain path: epollpw_waits loop: libuv role: timer
}
static void epollpw_does_not(uv_timer_t *timer) {
  (void)timer;
  epoll_pwait(epollpw_ep, epollpw_e, 4, 0, NULL);
}

static struct epoll_event epollpw2_e[4];
static int epollpw2_ep;
static void epollpw2_waits(uv_timer_t *timer) {
  (void)timer;
  struct timespec t = {0, 500000000};
  epoll_pwait2(epollpw2_ep, epollpw2_e, 4, &t, NULL); // expect: error wait.epoll_pwait2 certain path: epollpw2_waits loop: libuv role: timer
}
static void epollpw2_does_not(uv_timer_t *timer) {
  (void)timer;
  struct timespec t = {0, 0};
  epoll_pwait2(epollpw2_ep, epollpw2_e, 4, &t, NULL);
}

static sigset_t sigtimed_m;
static void sigtimed_waits(uv_timer_t *timer) {
  (void)timer;
  struct timespec t = {5, 0};
  sigtimedwait(&sigtimed_m, NULL, &t); // expect: error sleep.sigtimedwait certain path: sigtimed_waits loop: libuv role: timer
}
static void sigtimed_does_not(uv_timer_t *timer) {
  (void)timer;
  struct timespec t = {0, 0};
  sigtimedwait(&sigtimed_m, NULL, &t);
}

static struct termios tcflow_t;
static void tcflow_waits(uv_timer_t *timer) {
  (void)timer;
  tcsetattr(1, TCSAFLUSH, &tcflow_t); // expect: warning terminal.tcsetattr certain path: tcflow_waits loop: libuv role: timer
}
static void tcflow_does_not(uv_timer_t *timer) {
  (void)timer;
  tcsetattr(1, TCSANOW, &tcflow_t);
}

static void nano0_waits(uv_timer_t *timer) {
  (void)timer;
  struct timespec t = {.tv_nsec = 300000000};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL); // expect: warning sleep.clock_nanosleep certain path: nano0_waits loop: libuv role: timer
}
static void nano0_does_not(uv_timer_t *timer) {
  (void)timer;
  struct timespec t = {0};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

static struct io_uring uringto_r;
static void uringto_waits(uv_timer_t *timer) {
  (void)timer;
  struct io_uring_cqe *c;
  io_uring_submit_and_wait(&uringto_r, 1); // expect: warning disk.io-getevents-ring-submit certain path: uringto_waits loop: libuv role: timer
  (void)c;
}
static void uringto_does_not(uv_timer_t *timer) {
  (void)timer;
  struct io_uring_cqe *c;
  io_uring_submit_and_wait(&uringto_r, 0);
  (void)c;
}

int main(void) {
  static uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, ppoll0_waits, 10, 0);
  uv_timer_start(&timer, ppoll0_does_not, 10, 0);
  uv_timer_start(&timer, pselect_waits, 10, 0);
  uv_timer_start(&timer, pselect_does_not, 10, 0);
  uv_timer_start(&timer, selectms_waits, 10, 0);
  uv_timer_start(&timer, selectms_does_not, 10, 0);
  uv_timer_start(&timer, epollpw_waits, 10, 0);
  uv_timer_start(&timer, epollpw_does_not, 10, 0);
  uv_timer_start(&timer, epollpw2_waits, 10, 0);
  uv_timer_start(&timer, epollpw2_does_not, 10, 0);
  uv_timer_start(&timer, sigtimed_waits, 10, 0);
  uv_timer_start(&timer, sigtimed_does_not, 10, 0);
  uv_timer_start(&timer, tcflow_waits, 10, 0);
  uv_timer_start(&timer, tcflow_does_not, 10, 0);
  uv_timer_start(&timer, nano0_waits, 10, 0);
  uv_timer_start(&timer, nano0_does_not, 10, 0);
  uv_timer_start(&timer, uringto_waits, 10, 0);
  uv_timer_start(&timer, uringto_does_not, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
