/* What the arguments say, in pairs: queues, memory, files, names and libraries by numbers in place of macros.
 */
// flags: -w
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <locale.h>
#include <mqueue.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/random.h>
#include <sys/sem.h>
#include <sys/uio.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), uint64_t, uint64_t);

static void on_getrandom_num(uv_timer_t *timer) {
  (void)timer;
  static char b[8];
  getrandom(b, 8, 1);
}

static void on_getrandom_insecure(uv_timer_t *timer) {
  (void)timer;
  static char b[8];
  getrandom(b, 8, GRND_INSECURE);
}

static void on_getrandom_random(uv_timer_t *timer) {
  (void)timer;
  static char b[8];
  getrandom(b, 8, GRND_RANDOM); // expect: note ipc.random certain path: on_getrandom_random loop: libuv role: timer
}

static void on_msgrcv_num(uv_timer_t *timer) {
  (void)timer;
  static char b[99];
  static int q;
  msgrcv(q, b, 9, 0, 04000);
}

static void on_msgrcv_or(uv_timer_t *timer) {
  (void)timer;
  static char b[99];
  static int q;
  msgrcv(q, b, 9, 0, MSG_NOERROR | IPC_NOWAIT);
}

static void on_msgsnd_nw(uv_timer_t *timer) {
  (void)timer;
  static char b[99];
  static int q;
  msgsnd(q, b, 9, IPC_NOWAIT);
}

static void on_semtimedop0(uv_timer_t *timer) {
  (void)timer;
  static int q;
  struct sembuf o = {0, -1, 0};
  struct timespec t = {0, 0};
  semtimedop(q, &o, 1, &t);
}

static void on_semop_zero(uv_timer_t *timer) {
  (void)timer;
  static int q;
  struct sembuf o = {0, 0, SEM_UNDO};
  semop(q, &o, 1); // expect: error ipc.semop certain path: on_semop_zero loop: libuv role: timer
}

static void on_semop_num(uv_timer_t *timer) {
  (void)timer;
  static int q;
  struct sembuf o = {0, -1, SEM_UNDO | 04000};
  semop(q, &o, 1);
}

static void on_mq_setattr(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  mqd_t q = mq_open("/q", O_RDONLY); // expect: note ipc.mq_open certain path: on_mq_setattr loop: libuv role: timer
  struct mq_attr a = {.mq_flags = O_NONBLOCK};
  mq_setattr(q, &a, 0);
  mq_receive(q, b, 9, 0);
}

static void on_mq_num(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  mqd_t q = mq_open("/q", 04000);
  mq_receive(q, b, 9, 0);
}

static void on_mmap_num(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  mmap(0, 4096, PROT_READ, 0x8000 | MAP_SHARED, fd, 0); // expect: warning disk.mmap certain path: on_mmap_num loop: libuv role: timer
}

static void on_mmap_plain(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 0);
}

static void on_mmap_pop_nb(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  mmap(0, 4096, PROT_READ, MAP_SHARED | MAP_POPULATE | MAP_NONBLOCK, fd, 0);
}

static void on_madvise_num(uv_timer_t *timer) {
  (void)timer;
  static char *p;
  madvise(p, 4096, 3); // expect: note disk.readahead-advice certain path: on_madvise_num loop: libuv role: timer
}

static void on_madvise_free(uv_timer_t *timer) {
  (void)timer;
  static char *p;
  madvise(p, 4096, MADV_FREE);
}

static void on_mlock_onfault(uv_timer_t *timer) {
  (void)timer;
  static char *p;
  mlock2(p, 4096, MLOCK_ONFAULT);
}

static void on_mlockall_future(uv_timer_t *timer) {
  (void)timer;
  mlockall(MCL_FUTURE);
}

static void on_mlockall_cur(uv_timer_t *timer) {
  (void)timer;
  mlockall(MCL_CURRENT | MCL_FUTURE); // expect: warning disk.mlockall certain path: on_mlockall_cur loop: libuv role: timer
}

static void on_msync_num(uv_timer_t *timer) {
  (void)timer;
  static char *p;
  msync(p, 4096, 1);
}

static void on_sfr_write(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

static void on_sfr_wait(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER); // expect: warning disk.sync_file_range certain path: on_sfr_wait loop: libuv role: timer
}

static void on_fallocate(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  fallocate(fd, 0, 0, 4096); // expect: warning disk.allocate certain path: on_fallocate loop: libuv role: timer
}

static void on_preadv2_num(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  static struct iovec v;
  preadv2(fd, &v, 1, 0, 8);
}

static void on_pwritev2_dsync(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  static struct iovec v;
  pwritev2(fd, &v, 1, 0, RWF_DSYNC); // expect: warning disk.pwritev2 likely path: on_pwritev2_dsync loop: libuv role: timer
}

static void on_fsync_shm(uv_timer_t *timer) {
  (void)timer;
  int f = shm_open("/x", O_RDWR, 0600); // expect: note ipc.shm_open certain path: on_fsync_shm loop: libuv role: timer
  fsync(f);
}

static void on_write_memfd(uv_timer_t *timer) {
  (void)timer;
  int f = memfd_create("x", MFD_CLOEXEC);
  write(f, "x", 1);
}

static void on_read_proc(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  int f = open("/proc/self/stat", O_RDONLY);
  read(f, b, 9);
}

static void on_open_tty_nb(uv_timer_t *timer) {
  (void)timer;
  int f = open("/dev/ttyS0", O_RDWR | O_NOCTTY | O_NONBLOCK);
  (void)f;
}

static void on_open_dsync(uv_timer_t *timer) {
  (void)timer;
  int f = open("data", O_WRONLY | O_DSYNC); // expect: warning disk.open certain path: on_open_dsync loop: libuv role: timer
  write(f, "x", 1); // expect: warning disk.write certain path: on_open_dsync loop: libuv role: timer
}

static void on_openat_path(uv_timer_t *timer) {
  (void)timer;
  openat(AT_FDCWD, "x", O_PATH | O_DIRECTORY);
}

static void on_tcset_num(uv_timer_t *timer) {
  (void)timer;
  static struct termios t;
  tcsetattr(0, 0, &t);
}

static void on_tcflush(uv_timer_t *timer) {
  (void)timer;
  tcflush(0, TCIFLUSH);
}

static void on_tcdrain(uv_timer_t *timer) {
  (void)timer;
  tcdrain(0); // expect: error terminal.drain certain path: on_tcdrain loop: libuv role: timer
}

static void on_ioctl_tcsbrk(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  ioctl(fd, TCSBRK, 1); // expect: warning terminal.ioctl-drain certain path: on_ioctl_tcsbrk loop: libuv role: timer
}

static void on_ioctl_winsz(uv_timer_t *timer) {
  (void)timer;
  static struct winsize w;
  static int fd;
  ioctl(fd, TIOCGWINSZ, &w);
}

static void on_ioctl_fionread(uv_timer_t *timer) {
  (void)timer;
  static int n, fd;
  ioctl(fd, FIONREAD, &n);
}

static void on_ioctl_clone(uv_timer_t *timer) {
  (void)timer;
  static int n, fd;
  ioctl(fd, FICLONE, n); // expect: warning disk.ioctl-clone certain path: on_ioctl_clone loop: libuv role: timer
}

static void on_gai_flags_and(uv_timer_t *timer) {
  (void)timer;
  static struct addrinfo *r;
  struct addrinfo h = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV};
  getaddrinfo("h", "1", &h, &r);
}

static void on_gai_flag_num(uv_timer_t *timer) {
  (void)timer;
  static struct addrinfo *r;
  struct addrinfo h = {0};
  h.ai_flags = 4;
  getaddrinfo("h", "1", &h, &r);
}

static void on_gai_passive_null(uv_timer_t *timer) {
  (void)timer;
  static struct addrinfo *r;
  struct addrinfo h = {.ai_flags = AI_PASSIVE};
  getaddrinfo(NULL, "80", &h, &r);
}

static void on_gai_v6_literal(uv_timer_t *timer) {
  (void)timer;
  static struct addrinfo *r;
  getaddrinfo("::1", "80", 0, &r);
}

static void on_gai_localhost(uv_timer_t *timer) {
  (void)timer;
  static struct addrinfo *r;
  getaddrinfo("localhost", "80", 0, &r); // expect: error dns.getaddrinfo certain path: on_gai_localhost loop: libuv role: timer
}

static void on_gni_num(uv_timer_t *timer) {
  (void)timer;
  static char h[9];
  static struct sockaddr a;
  getnameinfo(&a, 16, h, 9, 0, 0, 1);
}

static void on_gni_f(uv_timer_t *timer) {
  (void)timer;
  static char h[9];
  static struct sockaddr a;
  getnameinfo(&a, 16, h, 9, 0, 0, NI_NUMERICSERV); // expect: error dns.getnameinfo certain path: on_gni_f loop: libuv role: timer
}

static void on_ghbn_lit(uv_timer_t *timer) {
  (void)timer;
  gethostbyname("10.0.0.1");
}

static void on_gaia_wait(uv_timer_t *timer) {
  (void)timer;
  static struct gaicb *l[1];
  getaddrinfo_a(GAI_WAIT, l, 1, 0); // expect: error dns.getaddrinfo_a certain path: on_gaia_wait loop: libuv role: timer
}

static void on_gaia_nowait(uv_timer_t *timer) {
  (void)timer;
  static struct gaicb *l[1];
  getaddrinfo_a(GAI_NOWAIT, l, 1, 0);
}

static void on_gaia_nowait_num(uv_timer_t *timer) {
  (void)timer;
  static struct gaicb *l[1];
  getaddrinfo_a(1, l, 1, 0);
}

static void on_usleep0(uv_timer_t *timer) {
  (void)timer;
  usleep(0);
}

static void on_clock_abs(uv_timer_t *timer) {
  (void)timer;
  static struct timespec t;
  t.tv_sec = 1;
  clock_nanosleep(CLOCK_MONOTONIC, 0, &t, 0); // expect: error sleep.clock_nanosleep certain path: on_clock_abs loop: libuv role: timer
}

static void on_sigtimed0(uv_timer_t *timer) {
  (void)timer;
  static sigset_t s;
  struct timespec t = {0};
  siginfo_t i;
  sigtimedwait(&s, &i, &t);
}

static void on_sigwait(uv_timer_t *timer) {
  (void)timer;
  static sigset_t s;
  int n;
  sigwait(&s, &n); // expect: error sleep.sigwait certain path: on_sigwait loop: libuv role: timer
}

static void on_dlopen_null(uv_timer_t *timer) {
  (void)timer;
  dlopen(NULL, RTLD_NOW);
}

static void on_dlopen_num(uv_timer_t *timer) {
  (void)timer;
  dlopen("x.so", 1 | 4);
}

static void on_dlopen_f(uv_timer_t *timer) {
  (void)timer;
  dlopen("x.so", RTLD_LAZY | RTLD_GLOBAL); // expect: warning process.dlopen certain path: on_dlopen_f loop: libuv role: timer
}

static void on_setlocale_null(uv_timer_t *timer) {
  (void)timer;
  setlocale(LC_ALL, 0);
}

static void on_fflush_mem(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  FILE *f = fmemopen(b, 9, "w");
  fputs("x", f);
  fflush(f);
  fclose(f);
}

static void on_fopen_proc(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  FILE *f = fopen("/proc/self/stat", "r");
  fgets(b, 9, f);
  fclose(f);
}

static void on_snprintf(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  snprintf(b, 9, "x");
}

static void on_zero_const_local(uv_timer_t *timer) {
  (void)timer;
  static struct epoll_event e;
  static int fd;
  static const struct timespec z = {.tv_sec = 0, .tv_nsec = 0};
  epoll_pwait2(fd, &e, 1, &z, 0);
}

static void on_nonzero_const(uv_timer_t *timer) {
  (void)timer;
  static struct epoll_event e;
  static int fd;
  static const struct timespec z = {.tv_sec = 0, .tv_nsec = 500000000};
  epoll_pwait2(fd, &e, 1, &z, 0); // expect: error wait.epoll_pwait2 certain path: on_nonzero_const loop: libuv role: timer
}

static void on_zero_pointer(uv_timer_t *timer) {
  (void)timer;
  static struct pollfd p;
  struct timespec t = {0, 0};
  const struct timespec *q = &t;
  ppoll(&p, 1, q, 0);
}

static void on_pointer_f(uv_timer_t *timer) {
  (void)timer;
  static struct pollfd p;
  struct timespec t = {2, 0};
  const struct timespec *q = &t;
  ppoll(&p, 1, q, 0); // expect: error wait.ppoll likely path: on_pointer_f loop: libuv role: timer
}

static void on_static_var_f(uv_timer_t *timer) {
  (void)timer;
  static struct pollfd p;
  static int t = 1000;
  poll(&p, 1, t); // expect: error wait.poll likely path: on_static_var_f loop: libuv role: timer
}

static void on_array_f(uv_timer_t *timer) {
  (void)timer;
  static struct pollfd p;
  static int t[4] = {0, 0, 100};
  poll(&p, 1, t[2]); // expect: error wait.poll likely path: on_array_f loop: libuv role: timer
}

void start(uv_timer_t *t);
void start(uv_timer_t *t) {
  uv_timer_start(t, on_getrandom_num, 1, 0);
  uv_timer_start(t, on_getrandom_insecure, 1, 0);
  uv_timer_start(t, on_getrandom_random, 1, 0);
  uv_timer_start(t, on_msgrcv_num, 1, 0);
  uv_timer_start(t, on_msgrcv_or, 1, 0);
  uv_timer_start(t, on_msgsnd_nw, 1, 0);
  uv_timer_start(t, on_semtimedop0, 1, 0);
  uv_timer_start(t, on_semop_zero, 1, 0);
  uv_timer_start(t, on_semop_num, 1, 0);
  uv_timer_start(t, on_mq_setattr, 1, 0);
  uv_timer_start(t, on_mq_num, 1, 0);
  uv_timer_start(t, on_mmap_num, 1, 0);
  uv_timer_start(t, on_mmap_plain, 1, 0);
  uv_timer_start(t, on_mmap_pop_nb, 1, 0);
  uv_timer_start(t, on_madvise_num, 1, 0);
  uv_timer_start(t, on_madvise_free, 1, 0);
  uv_timer_start(t, on_mlock_onfault, 1, 0);
  uv_timer_start(t, on_mlockall_future, 1, 0);
  uv_timer_start(t, on_mlockall_cur, 1, 0);
  uv_timer_start(t, on_msync_num, 1, 0);
  uv_timer_start(t, on_sfr_write, 1, 0);
  uv_timer_start(t, on_sfr_wait, 1, 0);
  uv_timer_start(t, on_fallocate, 1, 0);
  uv_timer_start(t, on_preadv2_num, 1, 0);
  uv_timer_start(t, on_pwritev2_dsync, 1, 0);
  uv_timer_start(t, on_fsync_shm, 1, 0);
  uv_timer_start(t, on_write_memfd, 1, 0);
  uv_timer_start(t, on_read_proc, 1, 0);
  uv_timer_start(t, on_open_tty_nb, 1, 0);
  uv_timer_start(t, on_open_dsync, 1, 0);
  uv_timer_start(t, on_openat_path, 1, 0);
  uv_timer_start(t, on_tcset_num, 1, 0);
  uv_timer_start(t, on_tcflush, 1, 0);
  uv_timer_start(t, on_tcdrain, 1, 0);
  uv_timer_start(t, on_ioctl_tcsbrk, 1, 0);
  uv_timer_start(t, on_ioctl_winsz, 1, 0);
  uv_timer_start(t, on_ioctl_fionread, 1, 0);
  uv_timer_start(t, on_ioctl_clone, 1, 0);
  uv_timer_start(t, on_gai_flags_and, 1, 0);
  uv_timer_start(t, on_gai_flag_num, 1, 0);
  uv_timer_start(t, on_gai_passive_null, 1, 0);
  uv_timer_start(t, on_gai_v6_literal, 1, 0);
  uv_timer_start(t, on_gai_localhost, 1, 0);
  uv_timer_start(t, on_gni_num, 1, 0);
  uv_timer_start(t, on_gni_f, 1, 0);
  uv_timer_start(t, on_ghbn_lit, 1, 0);
  uv_timer_start(t, on_gaia_wait, 1, 0);
  uv_timer_start(t, on_gaia_nowait, 1, 0);
  uv_timer_start(t, on_gaia_nowait_num, 1, 0);
  uv_timer_start(t, on_usleep0, 1, 0);
  uv_timer_start(t, on_clock_abs, 1, 0);
  uv_timer_start(t, on_sigtimed0, 1, 0);
  uv_timer_start(t, on_sigwait, 1, 0);
  uv_timer_start(t, on_dlopen_null, 1, 0);
  uv_timer_start(t, on_dlopen_num, 1, 0);
  uv_timer_start(t, on_dlopen_f, 1, 0);
  uv_timer_start(t, on_setlocale_null, 1, 0);
  uv_timer_start(t, on_fflush_mem, 1, 0);
  uv_timer_start(t, on_fopen_proc, 1, 0);
  uv_timer_start(t, on_snprintf, 1, 0);
  uv_timer_start(t, on_zero_const_local, 1, 0);
  uv_timer_start(t, on_nonzero_const, 1, 0);
  uv_timer_start(t, on_zero_pointer, 1, 0);
  uv_timer_start(t, on_pointer_f, 1, 0);
  uv_timer_start(t, on_static_var_f, 1, 0);
  uv_timer_start(t, on_array_f, 1, 0);
}
