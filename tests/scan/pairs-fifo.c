/* A FIFO that is opened without waiting is read without waiting, as long as its name says what it is; a file on a
 * disk is read from the disk whatever its flags say. A time that has passed ends a wait for a condition. */
#include <fcntl.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);

static char byte;
static pthread_mutex_t mutex;
static pthread_cond_t condition;

static void fifo(void) {
  int waits = open("/run/app.fifo", O_RDONLY), ready = openat(3, "control/pipe", O_RDONLY | O_NONBLOCK); // expect: warning disk.open certain path: on_timer > fifo loop: libuv role: timer
  read(waits, &byte, 1); // expect: error network.read certain path: on_timer > fifo loop: libuv role: timer
  read(ready, &byte, 1);
}

static void disk(void) {
  int fd = open("/var/lib/app/data", O_RDONLY | O_NONBLOCK); // expect: warning disk.open certain path: on_timer > disk loop: libuv role: timer
  read(fd, &byte, 1); // expect: warning disk.read certain path: on_timer > disk loop: libuv role: timer
}

static void passed(void) {
  struct timespec never = {0, 0};
  pthread_cond_timedwait(&condition, &mutex, &never);
}

static void later(void) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 3;
  pthread_cond_timedwait(&condition, &mutex, &until); // expect: error lock.condition-timed certain path: on_timer > later loop: libuv role: timer
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  fifo();
  disk();
  passed();
  later();
}

int main(void) { return uv_timer_start(NULL, on_timer, 1, 0); }
