/* What the arguments say, in pairs: sockets, children, locks and waits by numbers in place of macros, flags
 * put together and taken out again, times in structs, static variables that hold one. */
// flags: -w
#include <aio.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/fanotify.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), uint64_t, uint64_t);

static int mode = LOCK_EX | LOCK_NB;
static int chk(struct pollfd *q, int t) { return poll(q, 1, t); } // expect: error wait.poll certain path: on_poll_wrapper_f > chk loop: libuv role: timer

static void on_lio_wait(uv_timer_t *timer) {
  (void)timer;
  static struct aiocb *l[1];
  lio_listio(LIO_WAIT, l, 1, 0); // expect: warning disk.aio-list certain path: on_lio_wait loop: libuv role: timer
}

static void on_lio_nowait(uv_timer_t *timer) {
  (void)timer;
  static struct aiocb *l[1];
  lio_listio(LIO_NOWAIT, l, 1, 0);
}

static void on_lio_wait_num(uv_timer_t *timer) {
  (void)timer;
  static struct aiocb *l[1];
  lio_listio(0, l, 1, 0); // expect: warning disk.aio-list certain path: on_lio_wait_num loop: libuv role: timer
}

static void on_lio_nowait_num(uv_timer_t *timer) {
  (void)timer;
  static struct aiocb *l[1];
  lio_listio(1, l, 1, 0);
}

static void on_aio_suspend0(uv_timer_t *timer) {
  (void)timer;
  static const struct aiocb *l[1];
  struct timespec t = {0, 0};
  aio_suspend(l, 1, &t);
}

static void on_aio_suspend_null(uv_timer_t *timer) {
  (void)timer;
  static const struct aiocb *l[1];
  aio_suspend(l, 1, 0); // expect: warning disk.aio-wait certain path: on_aio_suspend_null loop: libuv role: timer
}

static void on_aio_read(uv_timer_t *timer) {
  (void)timer;
  static struct aiocb a;
  aio_read(&a);
}

static void on_sendmsg_flag(uv_timer_t *timer) {
  (void)timer;
  static struct msghdr m;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  sendmsg(s, &m, MSG_DONTWAIT);
}

static void on_sendmsg_msgflags(uv_timer_t *timer) {
  (void)timer;
  static struct msghdr m;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  m.msg_flags = MSG_DONTWAIT;
  sendmsg(s, &m, 0); // expect: error network.sendmsg certain path: on_sendmsg_msgflags loop: libuv role: timer
}

static void on_recvmsg_msgflags(uv_timer_t *timer) {
  (void)timer;
  static struct msghdr m;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  m.msg_flags = MSG_DONTWAIT;
  recvmsg(s, &m, 0); // expect: error network.recvmsg certain path: on_recvmsg_msgflags loop: libuv role: timer
}

static void on_recvmsg_num(uv_timer_t *timer) {
  (void)timer;
  static struct msghdr m;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  recvmsg(s, &m, 0x40);
}

static void on_recvmmsg_zero(uv_timer_t *timer) {
  (void)timer;
  static struct mmsghdr m[2];
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  struct timespec t = {0};
  recvmmsg(s, m, 2, 0, &t);
}

static void on_send_num(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  send(s, "x", 1, 64);
}

static void on_send_neg(uv_timer_t *timer) {
  (void)timer;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  int f = MSG_NOSIGNAL | MSG_DONTWAIT;
  f &= ~MSG_DONTWAIT;
  send(s, "x", 1, f); // expect: error network.send certain path: on_send_neg loop: libuv role: timer
}

static void on_sock_num(uv_timer_t *timer) {
  (void)timer;
  static struct sockaddr a;
  int s = socket(2, 1 | 2048, 0);
  connect(s, &a, 16);
}

static void on_sock_num_block(uv_timer_t *timer) {
  (void)timer;
  static struct sockaddr a;
  int s = socket(2, 1, 0);
  connect(s, &a, 16); // expect: error network.connect certain path: on_sock_num_block loop: libuv role: timer
}

static void on_fcntl_num(uv_timer_t *timer) {
  (void)timer;
  static struct sockaddr a;
  int s = socket(2, 1, 0);
  fcntl(s, 4, 2048);
  connect(s, &a, 16);
}

static void on_fcntl_or(uv_timer_t *timer) {
  (void)timer;
  static struct sockaddr a;
  int s = socket(2, 1, 0);
  fcntl(s, F_SETFL, fcntl(s, F_GETFL) | O_NONBLOCK);
  connect(s, &a, 16);
}

static void on_fcntl_neg(uv_timer_t *timer) {
  (void)timer;
  static struct sockaddr a;
  int s = socket(2, 1 | SOCK_NONBLOCK, 0);
  fcntl(s, F_SETFL, fcntl(s, F_GETFL) & ~O_NONBLOCK);
  connect(s, &a, 16); // expect: error network.connect certain path: on_fcntl_neg loop: libuv role: timer
}

static void on_fionbio_off(uv_timer_t *timer) {
  (void)timer;
  static struct sockaddr a;
  int s = socket(2, 1 | SOCK_NONBLOCK, 0);
  int z = 0;
  ioctl(s, FIONBIO, &z);
  connect(s, &a, 16); // expect: error network.connect certain path: on_fionbio_off loop: libuv role: timer
}

static void on_fcntl_cloexec(uv_timer_t *timer) {
  (void)timer;
  static struct sockaddr a;
  int s = socket(2, 1, 0);
  fcntl(s, F_SETFD, FD_CLOEXEC);
  connect(s, &a, 16); // expect: error network.connect certain path: on_fcntl_cloexec loop: libuv role: timer
}

static void on_udp_connect(uv_timer_t *timer) {
  (void)timer;
  static struct sockaddr a;
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  connect(s, &a, 16);
}

static void on_accept_num(uv_timer_t *timer) {
  (void)timer;
  int s = socket(2, 1 | 2048, 0);
  int c = accept4(s, 0, 0, 0);
  (void)c;
}

static void on_accepted_block(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  int s = socket(2, 1 | 2048, 0);
  int c = accept(s, 0, 0);
  recv(c, b, 9, 0); // expect: error network.recv certain path: on_accepted_block loop: libuv role: timer
}

static void on_accepted_nb(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  int s = socket(2, 1 | 2048, 0);
  int c = accept4(s, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
  recv(c, b, 9, 0);
}

static void on_rcvtimeo(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  int s = socket(2, 1, 0);
  struct timeval t = {.tv_usec = 1000};
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
  recv(s, b, 9, 0); // expect: warning network.recv certain path: on_rcvtimeo loop: libuv role: timer
}

static void on_linger0(uv_timer_t *timer) {
  (void)timer;
  int s = socket(2, 1, 0);
  struct linger l = {.l_onoff = 1, .l_linger = 0};
  setsockopt(s, SOL_SOCKET, SO_LINGER, &l, sizeof l);
  close(s);
}

static void on_linger5(uv_timer_t *timer) {
  (void)timer;
  int s = socket(2, 1, 0);
  struct linger l = {1, 5};
  setsockopt(s, 1, 13, &l, sizeof l);
  close(s); // expect: error network.close-linger certain path: on_linger5 loop: libuv role: timer
}

static void on_linger_off(uv_timer_t *timer) {
  (void)timer;
  int s = socket(2, 1, 0);
  struct linger l = {0, 5};
  setsockopt(s, SOL_SOCKET, SO_LINGER, &l, sizeof l);
  close(s);
}

static void on_shutdown(uv_timer_t *timer) {
  (void)timer;
  int s = socket(2, 1, 0);
  shutdown(s, SHUT_WR);
}

static void on_pipe2_nb(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  int p[2];
  pipe2(p, O_NONBLOCK | O_CLOEXEC);
  read(p[0], b, 9);
}

static void on_pipe_bl(uv_timer_t *timer) {
  (void)timer;
  static char b[9];
  int p[2];
  pipe(p);
  read(p[0], b, 9); // expect: error network.read certain path: on_pipe_bl loop: libuv role: timer
}

static void on_signalfd_nb(uv_timer_t *timer) {
  (void)timer;
  static char b[128];
  static sigset_t m;
  int f = signalfd(-1, &m, SFD_NONBLOCK | SFD_CLOEXEC);
  read(f, b, 128);
}

static void on_signalfd_bl(uv_timer_t *timer) {
  (void)timer;
  static char b[128];
  static sigset_t m;
  int f = signalfd(-1, &m, SFD_CLOEXEC);
  read(f, b, 128); // expect: error network.read certain path: on_signalfd_bl loop: libuv role: timer
}

static void on_timerfd_num(uv_timer_t *timer) {
  (void)timer;
  static char b[8];
  int f = timerfd_create(1, 04000);
  read(f, b, 8);
}

static void on_fanotify_nb(uv_timer_t *timer) {
  (void)timer;
  static char b[8];
  int f = fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK, 0);
  read(f, b, 8);
}

static void on_fanotify_bl(uv_timer_t *timer) {
  (void)timer;
  static char b[8];
  int f = fanotify_init(FAN_CLASS_NOTIF, 0);
  read(f, b, 8); // expect: error network.read certain path: on_fanotify_bl loop: libuv role: timer
}

static void on_pidfd_nb(uv_timer_t *timer) {
  (void)timer;
  static int p;
  siginfo_t i;
  waitid(P_PIDFD, p, &i, WEXITED | WNOHANG);
}

static void on_waitid_nowait(uv_timer_t *timer) {
  (void)timer;
  static int p;
  siginfo_t i;
  waitid(P_PID, p, &i, WEXITED | WNOWAIT); // expect: error process.waitid certain path: on_waitid_nowait loop: libuv role: timer
}

static void on_wait4_num(uv_timer_t *timer) {
  (void)timer;
  static int p;
  int s;
  wait4(p, &s, 1, 0);
}

static void on_wait3(uv_timer_t *timer) {
  (void)timer;
  int s;
  wait3(&s, 0, 0); // expect: error process.wait3 certain path: on_wait3 loop: libuv role: timer
}

static void on_flock_var(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  flock(fd, mode);
}

static void on_flock_num(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  flock(fd, 2 | 4);
}

static void on_lockf_num(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  lockf(fd, 2, 0);
}

static void on_fcntl_setlk_num(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  static struct flock l;
  fcntl(fd, 6, &l);
}

static void on_fcntl_setlkw_num(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  static struct flock l = {.l_type = F_WRLCK};
  fcntl(fd, 7, &l); // expect: error lock.fcntl certain path: on_fcntl_setlkw_num loop: libuv role: timer
}

static void on_ofd_setlk(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  static struct flock l = {.l_type = F_WRLCK};
  fcntl(fd, F_OFD_SETLK, &l);
}

static void on_ofd_setlkw(uv_timer_t *timer) {
  (void)timer;
  static int fd;
  static struct flock l = {.l_type = F_WRLCK};
  fcntl(fd, F_OFD_SETLKW, &l); // expect: error lock.fcntl-ofd certain path: on_ofd_setlkw loop: libuv role: timer
}

static void on_mutex_timed_past(uv_timer_t *timer) {
  (void)timer;
  static pthread_mutex_t m;
  struct timespec t = {0, 0};
  pthread_mutex_timedlock(&m, &t);
}

static void on_rwlock_try(uv_timer_t *timer) {
  (void)timer;
  static pthread_rwlock_t m;
  pthread_rwlock_tryrdlock(&m);
}

static void on_rwlock_rd(uv_timer_t *timer) {
  (void)timer;
  static pthread_rwlock_t m;
  pthread_rwlock_rdlock(&m); // expect: note lock.rwlock certain path: on_rwlock_rd loop: libuv role: timer
}

static void on_rwlock_timed0(uv_timer_t *timer) {
  (void)timer;
  static pthread_rwlock_t m;
  struct timespec t = {0, 0};
  pthread_rwlock_timedrdlock(&m, &t);
}

static void on_spin_try(uv_timer_t *timer) {
  (void)timer;
  static pthread_spinlock_t m;
  pthread_spin_trylock(&m);
}

static void on_tryjoin(uv_timer_t *timer) {
  (void)timer;
  static pthread_t t;
  pthread_tryjoin_np(t, 0);
}

static void on_join(uv_timer_t *timer) {
  (void)timer;
  static pthread_t t;
  pthread_join(t, 0); // expect: error lock.join certain path: on_join loop: libuv role: timer
}

static void on_mtx_try(uv_timer_t *timer) {
  (void)timer;
  static mtx_t m;
  mtx_trylock(&m);
}

static void on_futex_wake(uv_timer_t *timer) {
  (void)timer;
  static int w;
  syscall(SYS_futex, &w, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}

static void on_futex_wait_num(uv_timer_t *timer) {
  (void)timer;
  static int w;
  syscall(202, &w, 128, 1, 0, 0, 0); // expect: error lock.futex likely path: on_futex_wait_num loop: libuv role: timer
}

static void on_futex_timeout0(uv_timer_t *timer) {
  (void)timer;
  static int w;
  struct timespec t = {0};
  syscall(SYS_futex, &w, FUTEX_WAIT, 1, &t, 0, 0);
}

static void on_select_zero_by_field(uv_timer_t *timer) {
  (void)timer;
  static fd_set s;
  struct timeval t;
  t.tv_sec = 0;
  t.tv_usec = 0;
  select(1, &s, 0, 0, &t);
}

static void on_select_helper(uv_timer_t *timer) {
  (void)timer;
  static fd_set s;
  struct timeval t;
  memset(&t, 0, sizeof t);
  select(1, &s, 0, 0, &t);
}

static void on_pselect_const(uv_timer_t *timer) {
  (void)timer;
  static fd_set s;
  static const struct timespec z;
  pselect(1, &s, 0, 0, &z, 0);
}

static void on_ppoll_zero(uv_timer_t *timer) {
  (void)timer;
  static struct pollfd p;
  static const struct timespec z = {0, 0};
  ppoll(&p, 1, &z, 0);
}

static void on_epoll_pwait2_zero(uv_timer_t *timer) {
  (void)timer;
  static struct epoll_event e;
  static int fd;
  struct timespec z = {};
  epoll_pwait2(fd, &e, 1, &z, 0);
}

static void on_epoll_neg(uv_timer_t *timer) {
  (void)timer;
  static struct epoll_event e;
  static int fd;
  epoll_wait(fd, &e, 1, ~0); // expect: error wait.epoll_wait certain path: on_epoll_neg loop: libuv role: timer
}

static void on_poll_zero_expr(uv_timer_t *timer) {
  (void)timer;
  static struct pollfd p;
  poll(&p, 1, 5 - 5);
}

static void on_poll_ternary(uv_timer_t *timer) {
  (void)timer;
  static struct pollfd p;
  poll(&p, 1, p.fd ? 0 : 0);
}

static void on_poll_wrapper(uv_timer_t *timer) {
  (void)timer;
  static struct pollfd p;
  chk(&p, 0);
}

static void on_poll_wrapper_f(uv_timer_t *timer) {
  (void)timer;
  static struct pollfd p;
  chk(&p, 500);
}

static void on_poll_struct(uv_timer_t *timer) {
  (void)timer;
  static struct pollfd p;
  static struct {
    int timeout;
  } o = {0};
  poll(&p, 1, o.timeout);
}

void start(uv_timer_t *t);
void start(uv_timer_t *t) {
  uv_timer_start(t, on_lio_wait, 1, 0);
  uv_timer_start(t, on_lio_nowait, 1, 0);
  uv_timer_start(t, on_lio_wait_num, 1, 0);
  uv_timer_start(t, on_lio_nowait_num, 1, 0);
  uv_timer_start(t, on_aio_suspend0, 1, 0);
  uv_timer_start(t, on_aio_suspend_null, 1, 0);
  uv_timer_start(t, on_aio_read, 1, 0);
  uv_timer_start(t, on_sendmsg_flag, 1, 0);
  uv_timer_start(t, on_sendmsg_msgflags, 1, 0);
  uv_timer_start(t, on_recvmsg_msgflags, 1, 0);
  uv_timer_start(t, on_recvmsg_num, 1, 0);
  uv_timer_start(t, on_recvmmsg_zero, 1, 0);
  uv_timer_start(t, on_send_num, 1, 0);
  uv_timer_start(t, on_send_neg, 1, 0);
  uv_timer_start(t, on_sock_num, 1, 0);
  uv_timer_start(t, on_sock_num_block, 1, 0);
  uv_timer_start(t, on_fcntl_num, 1, 0);
  uv_timer_start(t, on_fcntl_or, 1, 0);
  uv_timer_start(t, on_fcntl_neg, 1, 0);
  uv_timer_start(t, on_fionbio_off, 1, 0);
  uv_timer_start(t, on_fcntl_cloexec, 1, 0);
  uv_timer_start(t, on_udp_connect, 1, 0);
  uv_timer_start(t, on_accept_num, 1, 0);
  uv_timer_start(t, on_accepted_block, 1, 0);
  uv_timer_start(t, on_accepted_nb, 1, 0);
  uv_timer_start(t, on_rcvtimeo, 1, 0);
  uv_timer_start(t, on_linger0, 1, 0);
  uv_timer_start(t, on_linger5, 1, 0);
  uv_timer_start(t, on_linger_off, 1, 0);
  uv_timer_start(t, on_shutdown, 1, 0);
  uv_timer_start(t, on_pipe2_nb, 1, 0);
  uv_timer_start(t, on_pipe_bl, 1, 0);
  uv_timer_start(t, on_signalfd_nb, 1, 0);
  uv_timer_start(t, on_signalfd_bl, 1, 0);
  uv_timer_start(t, on_timerfd_num, 1, 0);
  uv_timer_start(t, on_fanotify_nb, 1, 0);
  uv_timer_start(t, on_fanotify_bl, 1, 0);
  uv_timer_start(t, on_pidfd_nb, 1, 0);
  uv_timer_start(t, on_waitid_nowait, 1, 0);
  uv_timer_start(t, on_wait4_num, 1, 0);
  uv_timer_start(t, on_wait3, 1, 0);
  uv_timer_start(t, on_flock_var, 1, 0);
  uv_timer_start(t, on_flock_num, 1, 0);
  uv_timer_start(t, on_lockf_num, 1, 0);
  uv_timer_start(t, on_fcntl_setlk_num, 1, 0);
  uv_timer_start(t, on_fcntl_setlkw_num, 1, 0);
  uv_timer_start(t, on_ofd_setlk, 1, 0);
  uv_timer_start(t, on_ofd_setlkw, 1, 0);
  uv_timer_start(t, on_mutex_timed_past, 1, 0);
  uv_timer_start(t, on_rwlock_try, 1, 0);
  uv_timer_start(t, on_rwlock_rd, 1, 0);
  uv_timer_start(t, on_rwlock_timed0, 1, 0);
  uv_timer_start(t, on_spin_try, 1, 0);
  uv_timer_start(t, on_tryjoin, 1, 0);
  uv_timer_start(t, on_join, 1, 0);
  uv_timer_start(t, on_mtx_try, 1, 0);
  uv_timer_start(t, on_futex_wake, 1, 0);
  uv_timer_start(t, on_futex_wait_num, 1, 0);
  uv_timer_start(t, on_futex_timeout0, 1, 0);
  uv_timer_start(t, on_select_zero_by_field, 1, 0);
  uv_timer_start(t, on_select_helper, 1, 0);
  uv_timer_start(t, on_pselect_const, 1, 0);
  uv_timer_start(t, on_ppoll_zero, 1, 0);
  uv_timer_start(t, on_epoll_pwait2_zero, 1, 0);
  uv_timer_start(t, on_epoll_neg, 1, 0);
  uv_timer_start(t, on_poll_zero_expr, 1, 0);
  uv_timer_start(t, on_poll_ternary, 1, 0);
  uv_timer_start(t, on_poll_wrapper, 1, 0);
  uv_timer_start(t, on_poll_wrapper_f, 1, 0);
  uv_timer_start(t, on_poll_struct, 1, 0);
}
