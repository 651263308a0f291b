// What the arguments say, in pairs: memory and libraries. Of each pair the first waits, the second does not.
// flags: -D_GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <uv.h>

static void mmapfd_waits(uv_timer_t *timer) {
  (void)timer;
  int fd = open("/var/x", O_RDONLY); // expect: warning disk.open certain path: mmapfd_waits loop: libuv role: timer
  mmap(0, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0); // expect: warning disk.mmap certain path: mmapfd_waits loop: libuv role: timer
}
static void mmapfd_does_not(uv_timer_t *timer) {
  (void)timer;
  int fd = -1;
  mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_NORESERVE, fd, 0);
}

static char mlock_b[9];
static void mlock_waits(uv_timer_t *timer) {
  (void)timer;
  mlock(mlock_b, 4096); // expect: warning disk.mlock certain path: mlock_waits loop: libuv role: timer
}
static void mlock_does_not(uv_timer_t *timer) {
  (void)timer;
  mlock2(mlock_b, 4096, MLOCK_ONFAULT);
}

static char *madvcold_b;
static void madvcold_waits(uv_timer_t *timer) {
  (void)timer;
  madvise(madvcold_b, 4096, MADV_WILLNEED); // expect: note disk.readahead-advice certain path: madvcold_waits loop: libuv role: timer
}
static void madvcold_does_not(uv_timer_t *timer) {
  (void)timer;
  madvise(madvcold_b, 4096, MADV_FREE);
}

static char *msyncor_b;
static void msyncor_waits(uv_timer_t *timer) {
  (void)timer;
  msync(msyncor_b, 4096, MS_SYNC | MS_INVALIDATE); // expect: error disk.msync certain path: msyncor_waits loop: libuv role: timer
}
static void msyncor_does_not(uv_timer_t *timer) {
  (void)timer;
  msync(msyncor_b, 4096, MS_ASYNC | MS_INVALIDATE);
}

static void dlnoload_waits(uv_timer_t *timer) {
  (void)timer;
  int f = RTLD_NOW | RTLD_GLOBAL;
  dlopen("libx.so", f); // expect: warning process.dlopen certain path: dlnoload_waits loop: libuv role: timer
}
static void dlnoload_does_not(uv_timer_t *timer) {
  (void)timer;
  int f = RTLD_NOW | RTLD_NOLOAD;
  dlopen("libx.so", f);
}

int main(void) {
  static uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, mmapfd_waits, 10, 0);
  uv_timer_start(&timer, mmapfd_does_not, 10, 0);
  uv_timer_start(&timer, mlock_waits, 10, 0);
  uv_timer_start(&timer, mlock_does_not, 10, 0);
  uv_timer_start(&timer, madvcold_waits, 10, 0);
  uv_timer_start(&timer, madvcold_does_not, 10, 0);
  uv_timer_start(&timer, msyncor_waits, 10, 0);
  uv_timer_start(&timer, msyncor_does_not, 10, 0);
  uv_timer_start(&timer, dlnoload_waits, 10, 0);
  uv_timer_start(&timer, dlnoload_does_not, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
