// What the arguments say, in pairs: children and locks. Of each pair the first waits, the second does not.
// flags: -D_GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

static void waitid_waits(uv_timer_t *timer) {
  (void)timer;
  siginfo_t i;
  waitid(P_ALL, 0, &i, WEXITED); // expect: error process.waitid certain path: waitid_waits loop: libuv role: timer
}
static void waitid_does_not(uv_timer_t *timer) {
  (void)timer;
  siginfo_t i;
  waitid(P_ALL, 0, &i, WEXITED | WNOHANG);
}

static void wait4_waits(uv_timer_t *timer) {
  (void)timer;
  int st;
  wait4(-1, &st, WUNTRACED, NULL); // expect: error process.wait4 certain path: wait4_waits loop: libuv role: timer
}
static void wait4_does_not(uv_timer_t *timer) {
  (void)timer;
  int st;
  wait4(-1, &st, WNOHANG | WUNTRACED, NULL);
}

static int flockvar_fd;
static void flockvar_waits(uv_timer_t *timer) {
  (void)timer;
  int op = LOCK_SH;
  flock(flockvar_fd, op); // expect: error lock.flock certain path: flockvar_waits loop: libuv role: timer
}
static void flockvar_does_not(uv_timer_t *timer) {
  (void)timer;
  int op = LOCK_SH | LOCK_NB;
  flock(flockvar_fd, op);
}

static int ofd_fd;
static void ofd_waits(uv_timer_t *timer) {
  (void)timer;
  struct flock l = {.l_type = F_WRLCK};
  fcntl(ofd_fd, F_OFD_SETLKW, &l); // expect: error lock.fcntl-ofd certain path: ofd_waits loop: libuv role: timer
}
static void ofd_does_not(uv_timer_t *timer) {
  (void)timer;
  struct flock l = {.l_type = F_WRLCK};
  fcntl(ofd_fd, F_OFD_SETLK, &l);
}

static int lease_fd;
static void lease_waits(uv_timer_t *timer) {
  (void)timer;
  lockf(lease_fd, F_LOCK, 0); // expect: error lock.lockf certain path: lease_waits loop: libuv role: timer
}
static void lease_does_not(uv_timer_t *timer) {
  (void)timer;
  lockf(lease_fd, F_TLOCK, 0);
}

static pthread_cond_t condclock_c;
static pthread_mutex_t condclock_m;
static void condclock_waits(uv_timer_t *timer) {
  (void)timer;
  pthread_cond_wait(&condclock_c, &condclock_m); // expect: error lock.condition certain path: condclock_waits loop: libuv role: timer
}
static void condclock_does_not(uv_timer_t *timer) {
  (void)timer;
  pthread_cond_signal(&condclock_c);
}

static pthread_mutex_t mutextimed_m;
static void mutextimed_waits(uv_timer_t *timer) {
  (void)timer;
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_sec += 10;
  pthread_mutex_timedlock(&mutextimed_m, &t); // expect: warning lock.mutex-timed certain path: mutextimed_waits loop: libuv role: timer
}
static void mutextimed_does_not(uv_timer_t *timer) {
  (void)timer;
  struct timespec t = {0, 0};
  pthread_mutex_timedlock(&mutextimed_m, &t);
}

static pthread_rwlock_t rwtry_l;
static void rwtry_waits(uv_timer_t *timer) {
  (void)timer;
  pthread_rwlock_wrlock(&rwtry_l); // expect: note lock.rwlock certain path: rwtry_waits loop: libuv role: timer
}
static void rwtry_does_not(uv_timer_t *timer) {
  (void)timer;
  pthread_rwlock_trywrlock(&rwtry_l);
}

int main(void) {
  static uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, waitid_waits, 10, 0);
  uv_timer_start(&timer, waitid_does_not, 10, 0);
  uv_timer_start(&timer, wait4_waits, 10, 0);
  uv_timer_start(&timer, wait4_does_not, 10, 0);
  uv_timer_start(&timer, flockvar_waits, 10, 0);
  uv_timer_start(&timer, flockvar_does_not, 10, 0);
  uv_timer_start(&timer, ofd_waits, 10, 0);
  uv_timer_start(&timer, ofd_does_not, 10, 0);
  uv_timer_start(&timer, lease_waits, 10, 0);
  uv_timer_start(&timer, lease_does_not, 10, 0);
  uv_timer_start(&timer, condclock_waits, 10, 0);
  uv_timer_start(&timer, condclock_does_not, 10, 0);
  uv_timer_start(&timer, mutextimed_waits, 10, 0);
  uv_timer_start(&timer, mutextimed_does_not, 10, 0);
  uv_timer_start(&timer, rwtry_waits, 10, 0);
  uv_timer_start(&timer, rwtry_does_not, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
