// What the arguments say, in pairs: files. Of each pair the first waits, the second does not.
// flags: -D_GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
#include <uv.h>

static struct iovec preadv2var_v;
static void preadv2var_waits(uv_timer_t *timer) {
  (void)timer;
  int fd = fileno(stdin);
  preadv2(fd, &preadv2var_v, 1, 0, 0); // expect: warning disk.preadv2 certain path: preadv2var_waits loop: libuv role: timer
}
static void preadv2var_does_not(uv_timer_t *timer) {
  (void)timer;
  int fd = fileno(stdin);
  const int how = RWF_NOWAIT;
  preadv2(fd, &preadv2var_v, 1, 0, how);
}

static struct iovec pwritev2_v;
static int pwritev2_fd;
static void pwritev2_waits(uv_timer_t *timer) {
  (void)timer;
  pwritev2(pwritev2_fd, &pwritev2_v, 1, 0, RWF_DSYNC); // expect: warning disk.pwritev2 likely path: pwritev2_waits loop: libuv role: timer
}
static void pwritev2_does_not(uv_timer_t *timer) {
  (void)timer;
  pwritev2(pwritev2_fd, &pwritev2_v, 1, 0, RWF_DSYNC | RWF_NOWAIT);
}

static int fadvnoreuse_fd;
static void fadvnoreuse_waits(uv_timer_t *timer) {
  (void)timer;
  posix_fadvise(fadvnoreuse_fd, 0, 0, POSIX_FADV_WILLNEED); // expect: note disk.fadvise certain path: fadvnoreuse_waits loop: libuv role: timer
}
static void fadvnoreuse_does_not(uv_timer_t *timer) {
  (void)timer;
  posix_fadvise(fadvnoreuse_fd, 0, 0, POSIX_FADV_RANDOM);
}

static int syncrange_fd;
static void syncrange_waits(uv_timer_t *timer) {
  (void)timer;
  sync_file_range(syncrange_fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE); // expect: warning disk.sync_file_range certain path: syncrange_waits loop: libuv role: timer
}
static void syncrange_does_not(uv_timer_t *timer) {
  (void)timer;
  sync_file_range(syncrange_fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

static void copyrange_waits(uv_timer_t *timer) {
  (void)timer;
  int a = open("/a", O_RDONLY), b = open("/b", O_WRONLY); // expect: warning disk.open certain path: copyrange_waits loop: libuv role: timer; warning disk.open certain path: copyrange_waits loop: libuv role: timer
  copy_file_range(a, 0, b, 0, 1 << 20, 0); // expect: warning disk.copy_file_range certain path: copyrange_waits loop: libuv role: timer
}
static void copyrange_does_not(uv_timer_t *timer) {
  (void)timer;
  int a = memfd_create("a", 0), b = memfd_create("b", 0);
  copy_file_range(a, 0, b, 0, 1 << 20, 0);
}

static char procread_b[99];
static void procread_waits(uv_timer_t *timer) {
  (void)timer;
  int fd = open("/var/log/x", O_RDONLY); // expect: warning disk.open certain path: procread_waits loop: libuv role: timer
  read(fd, procread_b, 99); // expect: warning disk.read certain path: procread_waits loop: libuv role: timer
}
static void procread_does_not(uv_timer_t *timer) {
  (void)timer;
  int fd = open("/proc/self/stat", O_RDONLY);
  read(fd, procread_b, 99);
}

static char fopensys_b[99];
static void fopensys_waits(uv_timer_t *timer) {
  (void)timer;
  FILE *f = fopen("/etc/passwd", "r"); // expect: warning stdio.open certain path: fopensys_waits loop: libuv role: timer
  fgets(fopensys_b, 99, f); // expect: warning stdio.read-line certain path: fopensys_waits loop: libuv role: timer
}
static void fopensys_does_not(uv_timer_t *timer) {
  (void)timer;
  FILE *f = fopen("/sys/class/net/eth0/mtu", "r");
  fgets(fopensys_b, 99, f);
}

static char fmem_b[99];
static void fmem_waits(uv_timer_t *timer) {
  (void)timer;
  FILE *f = fopen("/var/lib/x", "r"); // expect: warning stdio.open certain path: fmem_waits loop: libuv role: timer
  fgets(fmem_b, 99, f); // expect: warning stdio.read-line certain path: fmem_waits loop: libuv role: timer
}
static void fmem_does_not(uv_timer_t *timer) {
  (void)timer;
  FILE *f = fmemopen(fmem_b, 99, "r");
  fgets(fmem_b, 99, f);
}

static char *memstream_text;
static size_t memstream_size;
static void memstream_waits(uv_timer_t *timer) {
  (void)timer;
  FILE *f = fopen("/var/lib/x", "w"); // expect: warning stdio.open certain path: memstream_waits loop: libuv role: timer
  fwrite("x", 1, 1, f); // expect: note stdio.write certain path: memstream_waits loop: libuv role: timer
  fclose(f); // expect: note stdio.close certain path: memstream_waits loop: libuv role: timer
}
static void memstream_does_not(uv_timer_t *timer) {
  (void)timer;
  FILE *f = open_memstream(&memstream_text, &memstream_size);
  fwrite("x", 1, 1, f);
  fclose(f);
}

static char memfdw_b[9];
static void memfdw_waits(uv_timer_t *timer) {
  (void)timer;
  int fd = open("/var/x", O_RDWR); // expect: warning disk.open certain path: memfdw_waits loop: libuv role: timer
  pwrite(fd, memfdw_b, 9, 0); // expect: warning disk.pwrite certain path: memfdw_waits loop: libuv role: timer
  fdatasync(fd); // expect: error disk.fsync certain path: memfdw_waits loop: libuv role: timer
}
static void memfdw_does_not(uv_timer_t *timer) {
  (void)timer;
  int fd = memfd_create("x", MFD_CLOEXEC);
  pwrite(fd, memfdw_b, 9, 0);
  fdatasync(fd);
}

static void fifo2_waits(uv_timer_t *timer) {
  (void)timer;
  int fd = open("/run/app.fifo", O_WRONLY); // expect: warning disk.open certain path: fifo2_waits loop: libuv role: timer
  (void)fd;
}
static void fifo2_does_not(uv_timer_t *timer) {
  (void)timer;
  int fd = open("/run/app.fifo", O_RDWR | O_NONBLOCK);
  (void)fd;
}

static int freeze_fd;
static void freeze_waits(uv_timer_t *timer) {
  (void)timer;
  ioctl(freeze_fd, FIFREEZE, 0); // expect: error disk.ioctl-freeze certain path: freeze_waits loop: libuv role: timer
}
static void freeze_does_not(uv_timer_t *timer) {
  (void)timer;
  int n;
  ioctl(freeze_fd, FIONREAD, &n);
}

int main(void) {
  static uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, preadv2var_waits, 10, 0);
  uv_timer_start(&timer, preadv2var_does_not, 10, 0);
  uv_timer_start(&timer, pwritev2_waits, 10, 0);
  uv_timer_start(&timer, pwritev2_does_not, 10, 0);
  uv_timer_start(&timer, fadvnoreuse_waits, 10, 0);
  uv_timer_start(&timer, fadvnoreuse_does_not, 10, 0);
  uv_timer_start(&timer, syncrange_waits, 10, 0);
  uv_timer_start(&timer, syncrange_does_not, 10, 0);
  uv_timer_start(&timer, copyrange_waits, 10, 0);
  uv_timer_start(&timer, copyrange_does_not, 10, 0);
  uv_timer_start(&timer, procread_waits, 10, 0);
  uv_timer_start(&timer, procread_does_not, 10, 0);
  uv_timer_start(&timer, fopensys_waits, 10, 0);
  uv_timer_start(&timer, fopensys_does_not, 10, 0);
  uv_timer_start(&timer, fmem_waits, 10, 0);
  uv_timer_start(&timer, fmem_does_not, 10, 0);
  uv_timer_start(&timer, memstream_waits, 10, 0);
  uv_timer_start(&timer, memstream_does_not, 10, 0);
  uv_timer_start(&timer, memfdw_waits, 10, 0);
  uv_timer_start(&timer, memfdw_does_not, 10, 0);
  uv_timer_start(&timer, fifo2_waits, 10, 0);
  uv_timer_start(&timer, fifo2_does_not, 10, 0);
  uv_timer_start(&timer, freeze_waits, 10, 0);
  uv_timer_start(&timer, freeze_does_not, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
