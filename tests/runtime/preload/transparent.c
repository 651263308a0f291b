/* Says what the wrapped functions do, as lines of text: the same with and without the library, recorded or not.
 *
 * Everything runs "in a callback" of a thread that has waited like a loop, so that a recorded run goes through every step of the
 * wrappers. Times are said only as "long enough". */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define SAY(expression) \
  do { \
    errno = 0; \
    long value = (long)(expression); \
    int number = errno; \
    printf("%d %s = %ld, %s\n", __LINE__, #expression, value, value == -1 ? strerrorname_np(number) : "-"); \
  } while (0)

/* errno must survive a call that succeeds. */
#define KEEPS_ERRNO(expression) \
  do { \
    errno = 4711; \
    long value = (long)(expression); \
    int number = errno; \
    printf("%d %s = %ld, errno %s\n", __LINE__, #expression, value, number == 4711 ? "kept" : "changed"); \
  } while (0)

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static volatile sig_atomic_t alarms;
static void on_alarm(int signal) {
  (void)signal;
  alarms++;
}

/* One alarm in `ms`, that interrupts system calls. */
static void arm(int ms) {
  struct sigaction action = {.sa_handler = on_alarm};
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {.tv_usec = ms * 1000}}, NULL);
}

static void sleeps(void) {
  double before = now();
  SAY(usleep(60000));
  SAY(nanosleep(&(struct timespec){.tv_nsec = 60000000}, NULL));
  SAY(clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){.tv_nsec = 60000000}, NULL));
  SAY(thrd_sleep(&(struct timespec){.tv_nsec = 60000000}, NULL));
  SAY(sleep(0));
  SAY(poll(NULL, 0, 60));
  SAY(select(0, NULL, NULL, NULL, &(struct timeval){.tv_usec = 60000}));
  printf("slept %s\n", now() - before >= 0.36 ? "long enough" : "too short");
  SAY(nanosleep(&(struct timespec){.tv_nsec = -1}, NULL));
  SAY(clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){.tv_nsec = 2000000000}, NULL));
  struct timespec left = {0};
  arm(50);
  SAY(nanosleep(&(struct timespec){.tv_sec = 30}, &left));
  printf("left %s, alarms %d\n", left.tv_sec >= 20 ? "much" : "little", (int)alarms);
  arm(50);
  SAY(sleep(30) >= 20);
  arm(50);
  SAY(pause());
}

static void interrupted(void) {
  int ends[2], file = epoll_create1(0);
  char byte;
  struct epoll_event event;
  SAY(pipe(ends));
  arm(50);
  SAY(read(ends[0], &byte, 1));
  arm(50);
  SAY(epoll_wait(file, &event, 1, 30000));
  arm(50);
  SAY(poll(&(struct pollfd){.fd = ends[0], .events = POLLIN}, 1, 30000));
  fd_set in;
  FD_ZERO(&in);
  FD_SET(ends[0], &in);
  arm(50);
  SAY(select(ends[0] + 1, &in, NULL, NULL, NULL));
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  arm(50);
  SAY(sem_wait(&semaphore));
  printf("alarms %d\n", (int)alarms);
  SAY(close(file));
  SAY(close(ends[0]));
  signal(SIGPIPE, SIG_IGN);
  SAY(write(ends[1], "x", 1));
  SAY(close(ends[1]));
  SAY(close(ends[1]));
}

static void descriptors(void) {
  int ends[2], one = 1, zero = 0;
  char bytes[16];
  SAY(pipe2(ends, O_NONBLOCK));
  SAY(read(ends[0], bytes, 1));
  KEEPS_ERRNO(write(ends[1], "hello", 5));
  KEEPS_ERRNO(read(ends[0], bytes, 2));
  SAY(readv(ends[0], &(struct iovec){bytes, 16}, 1));
  SAY(read(ends[0], bytes, 1));
  SAY(fcntl(ends[0], F_GETFL) & O_NONBLOCK);
  SAY(ioctl(ends[0], FIONBIO, &zero));
  SAY(fcntl(ends[0], F_GETFL) & O_NONBLOCK);
  SAY(ioctl(ends[0], FIONBIO, &one));
  SAY(read(ends[0], bytes, 1));
  SAY(fcntl(ends[0], F_SETFL, 0));
  SAY(writev(ends[1], &(struct iovec){"abc", 3}, 1));
  KEEPS_ERRNO(read(ends[0], bytes, 16));
  SAY(dup2(ends[0], ends[1]) == ends[1]);
  SAY(write(ends[1], "x", 1));
  SAY(read(-1, bytes, 1));
  SAY(read(70000, bytes, 1));
  close(ends[0]);
  close(ends[1]);
}

static void sockets(void) {
  int ends[2], listening = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  char bytes[8];
  struct sockaddr_un_short {
    sa_family_t family;
    char path[16];
  } address = {AF_UNIX, "\0"};
  socklen_t length = sizeof(sa_family_t);
  SAY(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  SAY(recv(ends[0], bytes, 1, MSG_DONTWAIT));
  KEEPS_ERRNO(send(ends[0], "ab", 2, 0));
  KEEPS_ERRNO(recv(ends[1], bytes, 1, 0));
  SAY(recvfrom(ends[1], bytes, 8, 0, NULL, NULL));
  struct iovec part = {"xyz", 3};
  SAY(sendmsg(ends[0], &(struct msghdr){.msg_iov = &part, .msg_iovlen = 1}, 0));
  struct iovec room = {bytes, 8};
  SAY(recvmsg(ends[1], &(struct msghdr){.msg_iov = &room, .msg_iovlen = 1}, 0));
  SAY(bind(listening, (struct sockaddr *)&address, length));
  SAY(listen(listening, 1));
  SAY(accept(listening, NULL, NULL));
  SAY(accept4(listening, NULL, NULL, SOCK_NONBLOCK));
  length = sizeof address;
  getsockname(listening, (struct sockaddr *)&address, &length);
  int client = socket(AF_UNIX, SOCK_STREAM, 0);
  SAY(connect(client, (struct sockaddr *)&address, length));
  int accepted = accept4(listening, NULL, NULL, SOCK_NONBLOCK);
  SAY(accepted >= 0);
  SAY(read(accepted, bytes, 1));
  SAY(accept(client, NULL, NULL));
  int all[] = {ends[0], ends[1], listening, client, accepted};
  for (int i = 0; i < 5; i++) close(all[i]);
}

static void files(void) {
  char path[] = "/tmp/blockscan-transparent-XXXXXX", other[64], line[32];
  int fd = mkstemp(path);
  snprintf(other, sizeof other, "%s.new", path);
  SAY(open("/nonexistent/file", O_RDONLY));
  SAY(pwrite(fd, "one\ntwo\n", 8, 0));
  SAY(fsync(fd));
  SAY(fdatasync(fd));
  SAY(ftruncate(fd, 6));
  SAY(pread(fd, line, 32, 4));
  SAY(flock(fd, LOCK_EX));
  SAY(lockf(fd, F_LOCK, 0));
  SAY(fcntl(fd, F_SETLKW, &(struct flock){.l_type = F_UNLCK}));
  SAY(fsync(-1));
  SAY(rename(path, other));
  SAY(rename(path, other));
  FILE *file = fopen(other, "r+");
  SAY(fgets(line, 32, file) == line);
  char *text = NULL;
  size_t size = 0;
  SAY(getline(&text, &size, file));
  SAY(getline(&text, &size, file));
  SAY(fseek(file, 0, SEEK_SET));
  SAY(fread(line, 1, 32, file));
  SAY(fputs("more", file));
  SAY(fwrite("!", 1, 1, file));
  SAY(fflush(file));
  SAY(fclose(file));
  SAY(fopen("/nonexistent/file", "r") == NULL && errno == ENOENT);
  int made = open(other, O_CREAT | O_RDWR | O_EXCL, 0600);
  SAY(made);
  SAY(close(fd));
  SAY(unlink(other));
  SAY(unlink(other));
  made = open(other, O_CREAT | O_RDWR | O_EXCL, 0640);
  SAY(made >= 0);
  SAY(close(made));
  SAY(remove(other));
  free(text);
}

typedef struct shared {
  pthread_mutex_t mutex;
  pthread_cond_t condition;
  pthread_rwlock_t lock;
  sem_t semaphore;
  int stage;
} shared;

static void *partner(void *argument) {
  shared *s = argument;
  pthread_mutex_lock(&s->mutex);
  pthread_rwlock_wrlock(&s->lock);
  s->stage = 1;
  sem_post(&s->semaphore);
  usleep(60000);
  pthread_rwlock_unlock(&s->lock);
  pthread_mutex_unlock(&s->mutex);
  usleep(60000);
  pthread_mutex_lock(&s->mutex);
  s->stage = 2;
  pthread_cond_signal(&s->condition);
  pthread_mutex_unlock(&s->mutex);
  return (void *)42;
}

static void locks(void) {
  shared s = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, PTHREAD_RWLOCK_INITIALIZER, .stage = 0};
  pthread_t thread;
  void *result;
  struct timespec past = {.tv_sec = 1};
  sem_init(&s.semaphore, 0, 0);
  pthread_create(&thread, NULL, partner, &s);
  KEEPS_ERRNO(sem_wait(&s.semaphore));
  SAY(pthread_mutex_trylock(&s.mutex) == EBUSY);
  SAY(pthread_mutex_timedlock(&s.mutex, &past) == ETIMEDOUT);
  KEEPS_ERRNO(pthread_rwlock_rdlock(&s.lock));
  KEEPS_ERRNO(pthread_mutex_lock(&s.mutex));
  SAY(pthread_cond_timedwait(&s.condition, &s.mutex, &past) == ETIMEDOUT);
  while (s.stage < 2) pthread_cond_wait(&s.condition, &s.mutex);
  SAY(pthread_mutex_unlock(&s.mutex));
  SAY(pthread_rwlock_unlock(&s.lock));
  SAY(pthread_join(thread, &result));
  SAY(result);
  SAY(sem_timedwait(&s.semaphore, &past));
  pthread_mutexattr_t kind;
  pthread_mutexattr_init(&kind);
  pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_t checked;
  pthread_mutex_init(&checked, &kind);
  SAY(pthread_mutex_lock(&checked));
  SAY(pthread_mutex_lock(&checked) == EDEADLK);
  pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_t recursive;
  pthread_mutex_init(&recursive, &kind);
  SAY(pthread_mutex_lock(&recursive) + pthread_mutex_lock(&recursive));
  SAY(pthread_mutex_unlock(&recursive) + pthread_mutex_unlock(&recursive));
  SAY(pthread_mutex_unlock(&recursive) == EPERM);
}

static void *dies_locked(void *mutex) {
  pthread_mutex_lock(mutex);
  return NULL;
}

static void robust(void) {
  pthread_mutexattr_t kind;
  pthread_mutex_t mutex;
  pthread_t thread;
  pthread_mutexattr_init(&kind);
  pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&mutex, &kind);
  pthread_create(&thread, NULL, dies_locked, &mutex);
  pthread_join(thread, NULL);
  SAY(pthread_mutex_lock(&mutex) == EOWNERDEAD);
  SAY(pthread_mutex_unlock(&mutex));
  SAY(pthread_mutex_lock(&mutex) == ENOTRECOVERABLE);
}

static void processes(void) {
  int status;
  char line[64] = "";
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    struct epoll_event event;
    int file = epoll_create1(0);
    for (int i = 0; i < 4; i++) epoll_wait(file, &event, 1, 1);
    usleep(1000);
    execl("/bin/sh", "sh", "-c", "echo from the child; exit 7", (char *)NULL);
    _exit(1);
  }
  SAY(waitpid(child, &status, 0) == child);
  printf("status %d\n", WEXITSTATUS(status));
  SAY(waitpid(-1, &status, WNOHANG));
  fflush(stdout);
  SAY(WEXITSTATUS(system("exit 3")));
  FILE *pipe_file = popen("echo through a pipe", "r");
  SAY(fgets(line, 64, pipe_file) == line);
  printf("%s", line);
  SAY(pclose(pipe_file));
  fflush(stdout);
  child = vfork();
  if (child == 0) {
    close(0);
    execl("/bin/true", "true", (char *)NULL);
    _exit(1);
  }
  SAY(waitpid(child, &status, 0) == child);
  SAY(status);
  char *arguments[] = {"sh", "-c", "exit 9", NULL};
  SAY(posix_spawn(&child, "/bin/sh", NULL, NULL, arguments, NULL));
  SAY(wait4(child, &status, 0, NULL) == child);
  SAY(WEXITSTATUS(status));
  SAY(wait(NULL));
}

static void names(void) {
  struct addrinfo *result, hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
  SAY(getaddrinfo("127.0.0.1", "80", &hints, &result));
  freeaddrinfo(result);
  SAY(getaddrinfo("127.0.0.2", "80", &(struct addrinfo){.ai_socktype = SOCK_STREAM}, &result));
  char host[64] = "";
  SAY(getnameinfo(result->ai_addr, result->ai_addrlen, host, sizeof host, NULL, 0, NI_NUMERICHOST));
  freeaddrinfo(result);
  SAY(getpwuid(0) != NULL);
  SAY(getpwnam("nobody-of-this-name") == NULL);
  struct passwd entry, *found;
  char buffer[4096];
  SAY(getpwnam_r("root", &entry, buffer, sizeof buffer, &found));
  SAY(found == &entry);
  SAY(gethostbyname("127.0.0.1") != NULL);
}

static void messages(void) {
  struct {
    long type;
    char text[8];
  } message = {1, "abc"};
  int queue = msgget(IPC_PRIVATE, 0600), set = semget(IPC_PRIVATE, 1, 0600);
  SAY(msgrcv(queue, &message, 8, 0, IPC_NOWAIT));
  SAY(msgsnd(queue, &message, 4, 0));
  SAY(msgrcv(queue, &message, 8, 0, 0));
  SAY(msgctl(queue, IPC_RMID, NULL));
  SAY(semop(set, &(struct sembuf){.sem_op = -1, .sem_flg = IPC_NOWAIT}, 1));
  SAY(semop(set, &(struct sembuf){.sem_op = 1}, 1));
  SAY(semop(set, &(struct sembuf){.sem_op = -1}, 1));
  SAY(semctl(set, 0, IPC_RMID));
  sigset_t none;
  sigemptyset(&none);
  SAY(sigtimedwait(&none, NULL, &(struct timespec){.tv_nsec = 1000000}));
  SAY(epoll_pwait2(-1, &(struct epoll_event){0}, 1, NULL, NULL));
  SAY(ppoll(NULL, 0, &(struct timespec){.tv_nsec = 1000000}, NULL));
  SAY(pselect(0, NULL, NULL, NULL, &(struct timespec){.tv_nsec = 1000000}, NULL));
}

static sigjmp_buf jump;
static void on_alarm_jump(int signal) {
  (void)signal;
  siglongjmp(jump, 1);
}

static __attribute__((noinline)) int blocked_read(int fd) {
  char byte, deep[512];
  memset(deep, fd, sizeof deep);
  return (int)read(fd, &byte, 1) + deep[3];
}

/* Out of a call, and out of a wait; later calls work as ever. */
static void jumps(void) {
  int ends[2], file = epoll_create1(0);
  struct epoll_event event;
  SAY(pipe(ends));
  for (int i = 0; i < 3; i++) {
    signal(SIGALRM, on_alarm_jump);
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {.tv_usec = 50000}}, NULL);
    if (sigsetjmp(jump, 1) == 0) {
      if (i == 1)
        epoll_wait(file, &event, 1, 30000);
      else
        blocked_read(ends[0]);
      printf("not reached\n");
    }
    printf("jumped out\n");
    usleep(1000);
  }
  SAY(write(ends[1], "x", 1));
  SAY(close(ends[0]) + close(ends[1]) + close(file));
}

static void *load_often(void *name) {
  long found = 0;
  for (int i = 0; i < 100; i++) {
    void *library = dlopen(name, RTLD_NOW | (i % 2 ? RTLD_DEEPBIND : 0));
    if (library && dlsym(library, "cos")) found++;
    if (library) dlclose(library);
  }
  return (void *)found;
}

static void loading(void) {
  pthread_t threads[4];
  void *found;
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, load_often, "libm.so.6");
  for (int i = 0; i < 100; i++) close(open("/dev/null", O_RDONLY));
  for (int i = 0; i < 4; i++) {
    pthread_join(threads[i], &found);
    printf("found %ld\n", (long)found);
  }
  SAY(dlsym(RTLD_DEFAULT, "no_such_function") == NULL);
  printf("%s\n", dlerror() ? "an error" : "no error");
  printf("%s\n", dlerror() ? "an error" : "no error");
}

static void *cancelled(void *fd) {
  char byte;
  struct epoll_event event;
  int file = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < 3; i++) epoll_wait(file, &event, 1, 1);
  read(*(int *)fd, &byte, 1);
  return NULL;
}

static void cancelling(void) {
  int ends[2];
  pthread_t thread;
  void *result;
  SAY(pipe(ends));
  pthread_create(&thread, NULL, cancelled, &ends[0]);
  usleep(60000);
  SAY(pthread_cancel(thread));
  SAY(pthread_join(thread, &result));
  SAY(result == PTHREAD_CANCELED);
}

/* A daemon closes everything that it did not open itself; the recorder's descriptor, too. */
static void daemonizing(void) {
  struct epoll_event event;
  fflush(stdout);
  closefrom(3);
  int file = epoll_create1(0);
  SAY(file);
  for (int i = 0; i < 3; i++) SAY(epoll_wait(file, &event, 1, 1));
  SAY(setgid(65534) + setuid(65534));
  SAY(epoll_wait(file, &event, 1, 1));
  SAY(usleep(1000));
}

static void (*const steps[])(void) = {sleeps, interrupted, descriptors, sockets,    files,
                                      locks,  robust,      processes,   names,      messages,
                                      jumps,  loading,     cancelling,  daemonizing};

int main(void) {
  struct epoll_event event;
  int file = epoll_create1(EPOLL_CLOEXEC);
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  for (size_t i = 0; i < sizeof steps / sizeof *steps + 2; i++) {
    SAY(epoll_wait(file, &event, 1, i % 2));
    if (i >= 2) steps[i - 2]();
    fflush(stdout);
  }
  return 5;
}
