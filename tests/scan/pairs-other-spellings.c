/* The same conditions in other spellings: flags by a variable, `|=`, an enum, a macro, a helper's parameter or result, a
 * member of a struct, a conditional. Each pair has a call that blocks and one that does not. */
#include <fcntl.h>
#include <mqueue.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);

enum { RECEIVE_NOW = MSG_DONTWAIT | MSG_NOSIGNAL, RECEIVE_LATE = MSG_NOSIGNAL };
#define QUIET(flags) ((flags) | MSG_DONTWAIT)
static char data[64];

static void by_variable(int fd) {
  int flags = MSG_NOSIGNAL, late = MSG_NOSIGNAL;
  flags |= MSG_DONTWAIT;
  recv(fd, data, 64, flags); // expect-none
  recv(fd, data, 64, late); // expect: error network.recv
}

static void by_enum(int fd) {
  recv(fd, data, 64, RECEIVE_NOW); // expect-none
  recv(fd, data, 64, RECEIVE_LATE); // expect: error network.recv
}

static void by_macro(int fd) {
  recv(fd, data, 64, QUIET(MSG_PEEK)); // expect-none
  recv(fd, data, 64, MSG_PEEK); // expect: error network.recv
}

static void by_conditional(int fd, bool quick) {
  recv(fd, data, 64, quick ? MSG_DONTWAIT : MSG_DONTWAIT | MSG_PEEK); // expect-none
  recv(fd, data, 64, quick ? MSG_PEEK : MSG_TRUNC); // expect: error network.recv
}

static int quick_flags(void) { return MSG_DONTWAIT; }
static int late_flags(void) { return MSG_WAITALL; }
static void by_result(int fd) {
  recv(fd, data, 64, quick_flags()); // expect-none
  recv(fd, data, 64, late_flags()); // expect: error network.recv-all
}

static long receive_with(int fd, int flags) { return recv(fd, data, 64, flags | MSG_DONTWAIT); } // expect-none
static long receive_by(int fd, int flags) { return recv(fd, data, 64, flags & ~MSG_DONTWAIT); } // expect: error network.recv

struct options {
  int flags;
  int timeout;
};
static void by_member(int fd) {
  struct options quick = {.flags = MSG_DONTWAIT}, late = {.flags = 0};
  recv(fd, data, 64, quick.flags); // expect-none
  recv(fd, data, 64, late.flags); // expect: error network.recv
}

static const struct options kept = {MSG_DONTWAIT, 0}, kept_late = {MSG_PEEK, -1};
static void by_constant_member(int fd, struct pollfd *fds) {
  recv(fd, data, 64, kept.flags); // expect-none
  recv(fd, data, 64, kept_late.flags); // expect: error network.recv
  poll(fds, 1, kept.timeout); // expect-none
  poll(fds, 1, kept_late.timeout); // expect: error wait.poll
}

static void children(pid_t pid, bool all) {
  int status, options = all ? WNOHANG | WUNTRACED : WNOHANG, late = all ? WUNTRACED : 0;
  waitpid(pid, &status, options); // expect-none
  waitpid(pid, &status, late); // expect: error process.waitpid
  siginfo_t info;
  unsigned how = WEXITED;
  how |= WNOHANG;
  waitid(P_PID, (id_t)pid, &info, (int)how); // expect-none
  waitid(P_PID, (id_t)pid, &info, WEXITED); // expect: error process.waitid
}

static void locks(int fd, bool shared) {
  int how = shared ? LOCK_SH : LOCK_EX;
  flock(fd, how | LOCK_NB); // expect-none
  flock(fd, how); // expect: error lock.flock
  struct flock lock = {.l_type = F_WRLCK}, free = {.l_type = F_UNLCK};
  int command = F_SETLK;
  fcntl(fd, command, &lock); // expect-none
  fcntl(fd, F_SETLKW, &lock); // expect: error lock.fcntl
  fcntl(fd, F_SETLKW, &free); // expect-none
}

static void set_mode(int fd, bool blocking) {
  int flags = fcntl(fd, F_GETFL, 0);
  if (blocking)
    flags &= ~O_NONBLOCK;
  else
    flags |= O_NONBLOCK;
  fcntl(fd, F_SETFL, flags);
}

static void sockets(const struct sockaddr *to) {
  int type = SOCK_STREAM | SOCK_CLOEXEC, quick, late;
  type |= SOCK_NONBLOCK;
  quick = socket(AF_INET, type, 0);
  connect(quick, to, 16); // expect-none
  late = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  connect(late, to, 16); // expect: error network.connect
  int made = socket(AF_INET6, SOCK_STREAM, 0), blocking = socket(AF_INET6, SOCK_STREAM, 0), on = 1;
  set_mode(made, false);
  connect(made, to, 28); // expect-none
  set_mode(blocking, true);
  connect(blocking, to, 28); // expect: error network.connect
  int by_ioctl = socket(AF_INET, SOCK_STREAM, 0);
  ioctl(by_ioctl, FIONBIO, &on);
  connect(by_ioctl, to, 16); // expect-none
}

static void events(void) {
  unsigned long long count;
  int flags = EFD_CLOEXEC | EFD_NONBLOCK;
  int quick = eventfd(0, flags), late = eventfd(0, EFD_CLOEXEC);
  read(quick, &count, sizeof count); // expect-none
  read(late, &count, sizeof count); // expect: error network.read
  int timer_flags = 0;
  timer_flags |= TFD_NONBLOCK;
  int timer = timerfd_create(CLOCK_MONOTONIC, timer_flags), late_timer = timerfd_create(CLOCK_MONOTONIC, 0);
  read(timer, &count, sizeof count); // expect-none
  read(late_timer, &count, sizeof count); // expect: error network.read
}

static struct addrinfo hints_of(int flags) {
  struct addrinfo h;
  memset(&h, 0, sizeof h);
  h.ai_flags = flags;
  return h;
}
static void names(const char *host) {
  struct addrinfo hints, *found;
  memset(&hints, 0, sizeof hints);
  hints.ai_flags |= AI_NUMERICHOST;
  getaddrinfo(host, "80", &hints, &found); // expect-none
  struct addrinfo late = {0};
  late.ai_flags = AI_PASSIVE;
  getaddrinfo(host, "80", &late, &found); // expect: error dns.getaddrinfo
  struct addrinfo made = hints_of(AI_NUMERICHOST);
  getaddrinfo(host, "80", &made, &found); // expect-none
  const char *const here = "127.0.0.1";
  getaddrinfo(here, "80", NULL, &found); // expect-none
  const char *const there = "db.example.org";
  getaddrinfo(there, "80", NULL, &found); // expect: error dns.getaddrinfo
}

static void queues(mqd_t given, const char *name) {
  int how = O_RDONLY;
  how |= O_NONBLOCK;
  mqd_t quick = mq_open(name, how), late = mq_open(name, O_RDONLY); // expect: note ipc.mq_open
  mq_receive(quick, data, 64, NULL); // expect-none
  mq_receive(late, data, 64, NULL); // expect: error ipc.mq_receive
  struct timespec past = {0};
  mq_timedreceive(given, data, 64, NULL, &past); // expect-none
}

static void semaphores(int id) {
  struct sembuf quick = {.sem_op = -1}, late = {.sem_op = -1};
  quick.sem_flg |= IPC_NOWAIT;
  semop(id, &quick, 1); // expect-none
  semop(id, &late, 1); // expect: error ipc.semop
  struct sembuf up;
  up.sem_num = 0;
  up.sem_op = 2;
  up.sem_flg = 0;
  semop(id, &up, 1); // expect-none
}

static void memory(void) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
  flags |= MAP_POPULATE;
  mmap(NULL, 4096, PROT_READ, flags, -1, 0); // expect-none
  int advice = MADV_DONTNEED;
  madvise(data, 4096, advice); // expect-none
  int sync = MS_ASYNC;
  msync(data, 4096, sync | MS_INVALIDATE); // expect-none
  msync(data, 4096, MS_SYNC | MS_INVALIDATE); // expect: error disk.msync
  unsigned from = GRND_RANDOM;
  getrandom(data, 64, from | GRND_NONBLOCK); // expect-none
}

static void waits(int epoll, struct epoll_event *found) {
  const int now = 0;
  int later = -1;
  epoll_wait(epoll, found, 1, now); // expect-none
  epoll_wait(epoll, found, 1, later); // expect: error wait.epoll_wait
}

static void on_timer(uv_timer_t *timer) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), given = (int)(size_t)timer;
  struct pollfd fds = {0};
  struct epoll_event found;
  bool some = given > 3;
  by_variable(fd);
  by_enum(fd);
  by_macro(fd);
  by_conditional(fd, some);
  by_result(fd);
  receive_with(fd, given);
  receive_by(fd, given);
  by_member(fd);
  by_constant_member(fd, &fds);
  children(given, some);
  locks(given, some);
  sockets((const struct sockaddr *)data);
  events();
  names((const char *)timer);
  queues(given, "/queue");
  semaphores(given);
  memory();
  waits(given, &found);
}

int main(void) {
  uv_timer_t *timer = NULL;
  return uv_timer_start(timer, on_timer, 1, 0);
}
