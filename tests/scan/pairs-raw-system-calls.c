// What the arguments say, in pairs: raw system calls. Of each pair the first waits, the second does not.
// flags: -D_GNU_SOURCE
#include <linux/futex.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <uv.h>

static int sysfutex_w;
static void sysfutex_waits(uv_timer_t *timer) {
  (void)timer;
  syscall(SYS_futex, &sysfutex_w, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0); // expect: error lock.futex certain path: sysfutex_waits loop: libuv role: timer
}
static void sysfutex_does_not(uv_timer_t *timer) {
  (void)timer;
  syscall(SYS_futex, &sysfutex_w, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static char sysgetrandom_b[9];
static void sysgetrandom_waits(uv_timer_t *timer) {
  (void)timer;
  syscall(SYS_fsync, 3); // expect: error disk.fsync likely path: sysgetrandom_waits loop: libuv role: timer
}
static void sysgetrandom_does_not(uv_timer_t *timer) {
  (void)timer;
  syscall(SYS_getpid);
}

static char sysrandom_b[9];
static void sysrandom_waits(uv_timer_t *timer) {
  (void)timer;
  syscall(SYS_getrandom, sysrandom_b, 8, GRND_RANDOM); // expect: note ipc.random certain path: sysrandom_waits loop: libuv role: timer
}
static void sysrandom_does_not(uv_timer_t *timer) {
  (void)timer;
  syscall(SYS_getrandom, sysrandom_b, 8, GRND_NONBLOCK);
}

static char getrandom_b[9];
static void getrandom_waits(uv_timer_t *timer) {
  (void)timer;
  getrandom(getrandom_b, 9, GRND_RANDOM); // expect: note ipc.random certain path: getrandom_waits loop: libuv role: timer
}
static void getrandom_does_not(uv_timer_t *timer) {
  (void)timer;
  getrandom(getrandom_b, 9, GRND_RANDOM | GRND_NONBLOCK);
}

int main(void) {
  static uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, sysfutex_waits, 10, 0);
  uv_timer_start(&timer, sysfutex_does_not, 10, 0);
  uv_timer_start(&timer, sysgetrandom_waits, 10, 0);
  uv_timer_start(&timer, sysgetrandom_does_not, 10, 0);
  uv_timer_start(&timer, sysrandom_waits, 10, 0);
  uv_timer_start(&timer, sysrandom_does_not, 10, 0);
  uv_timer_start(&timer, getrandom_waits, 10, 0);
  uv_timer_start(&timer, getrandom_does_not, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
