// What the arguments say, in pairs: descriptors of events. Of each pair the first waits, the second does not.
// flags: -D_GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <uv.h>

static void eventfdw_waits(uv_timer_t *timer) {
  (void)timer;
  int e = eventfd(0, EFD_SEMAPHORE);
  uint64_t v;
  read(e, &v, 8); // expect: error network.read certain path: eventfdw_waits loop: libuv role: timer
}
static void eventfdw_does_not(uv_timer_t *timer) {
  (void)timer;
  int e = eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK);
  uint64_t v;
  read(e, &v, 8);
}

static void eventfdr_waits(uv_timer_t *timer) {
  (void)timer;
  int e = eventfd(0, 0);
  eventfd_t v;
  eventfd_read(e, &v); // expect: error network.read certain path: eventfdr_waits loop: libuv role: timer
}
static void eventfdr_does_not(uv_timer_t *timer) {
  (void)timer;
  int e = eventfd(0, EFD_NONBLOCK);
  eventfd_t v;
  eventfd_read(e, &v);
}

static void timerfd2_waits(uv_timer_t *timer) {
  (void)timer;
  int e = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  uint64_t v;
  read(e, &v, 8); // expect: error network.read certain path: timerfd2_waits loop: libuv role: timer
}
static void timerfd2_does_not(uv_timer_t *timer) {
  (void)timer;
  int e = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  fcntl(e, F_SETFL, fcntl(e, F_GETFL) | O_NONBLOCK);
  uint64_t v;
  read(e, &v, 8);
}

static sigset_t signalfd_m;
static void signalfd_waits(uv_timer_t *timer) {
  (void)timer;
  int e = signalfd(-1, &signalfd_m, 0);
  struct signalfd_siginfo v;
  read(e, &v, sizeof v); // expect: error network.read certain path: signalfd_waits loop: libuv role: timer
}
static void signalfd_does_not(uv_timer_t *timer) {
  (void)timer;
  int e = signalfd(-1, &signalfd_m, SFD_NONBLOCK);
  struct signalfd_siginfo v;
  read(e, &v, sizeof v);
}

static char inotify_b[999];
static void inotify_waits(uv_timer_t *timer) {
  (void)timer;
  int e = inotify_init();
  read(e, inotify_b, 999); // expect: error network.read certain path: inotify_waits loop: libuv role: timer
}
static void inotify_does_not(uv_timer_t *timer) {
  (void)timer;
  int e = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  read(e, inotify_b, 999);
}

int main(void) {
  static uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, eventfdw_waits, 10, 0);
  uv_timer_start(&timer, eventfdw_does_not, 10, 0);
  uv_timer_start(&timer, eventfdr_waits, 10, 0);
  uv_timer_start(&timer, eventfdr_does_not, 10, 0);
  uv_timer_start(&timer, timerfd2_waits, 10, 0);
  uv_timer_start(&timer, timerfd2_does_not, 10, 0);
  uv_timer_start(&timer, signalfd_waits, 10, 0);
  uv_timer_start(&timer, signalfd_does_not, 10, 0);
  uv_timer_start(&timer, inotify_waits, 10, 0);
  uv_timer_start(&timer, inotify_does_not, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
