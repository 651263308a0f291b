// What the arguments say, in pairs: queues and semaphores. Of each pair the first waits, the second does not.
// flags: -D_GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <time.h>
#include <uv.h>

static char mqsend_b[9];
static void mqsend_waits(uv_timer_t *timer) {
  (void)timer;
  mqd_t q = mq_open("/q", O_WRONLY); // expect: note ipc.mq_open certain path: mqsend_waits loop: libuv role: timer
  mq_send(q, mqsend_b, 9, 0); // expect: error ipc.mq_send certain path: mqsend_waits loop: libuv role: timer
}
static void mqsend_does_not(uv_timer_t *timer) {
  (void)timer;
  mqd_t q = mq_open("/q", O_WRONLY | O_NONBLOCK | O_CREAT, 0600, NULL);
  mq_send(q, mqsend_b, 9, 0);
}

static mqd_t mqtsend_q;
static char mqtsend_b[9];
static void mqtsend_waits(uv_timer_t *timer) {
  (void)timer;
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_sec += 5;
  mq_timedsend(mqtsend_q, mqtsend_b, 9, 0, &t); // expect: error ipc.mq_send-timed likely path: mqtsend_waits loop: libuv role: timer
}
static void mqtsend_does_not(uv_timer_t *timer) {
  (void)timer;
  struct timespec t = {0};
  mq_timedsend(mqtsend_q, mqtsend_b, 9, 0, &t);
}

static sem_t semtimed0_s;
static void semtimed0_waits(uv_timer_t *timer) {
  (void)timer;
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_sec += 2;
  sem_timedwait(&semtimed0_s, &t); // expect: error lock.semaphore-timed certain path: semtimed0_waits loop: libuv role: timer
}
static void semtimed0_does_not(uv_timer_t *timer) {
  (void)timer;
  struct timespec t = {.tv_sec = 0, .tv_nsec = 0};
  sem_timedwait(&semtimed0_s, &t);
}

static int semopflag_id;
static void semopflag_waits(uv_timer_t *timer) {
  (void)timer;
  struct sembuf o;
  o.sem_num = 0;
  o.sem_op = -1;
  o.sem_flg = SEM_UNDO;
  semop(semopflag_id, &o, 1); // expect: error ipc.semop certain path: semopflag_waits loop: libuv role: timer
}
static void semopflag_does_not(uv_timer_t *timer) {
  (void)timer;
  struct sembuf o;
  o.sem_num = 0;
  o.sem_op = -1;
  o.sem_flg = SEM_UNDO | IPC_NOWAIT;
  semop(semopflag_id, &o, 1);
}

static int semtimedop_id;
static void semtimedop_waits(uv_timer_t *timer) {
  (void)timer;
  struct sembuf o = {0, -1, 0};
  struct timespec t = {1, 0};
  semtimedop(semtimedop_id, &o, 1, &t); // expect: error ipc.semtimedop certain path: semtimedop_waits loop: libuv role: timer
}
static void semtimedop_does_not(uv_timer_t *timer) {
  (void)timer;
  struct sembuf o = {0, -1, IPC_NOWAIT};
  struct timespec t = {1, 0};
  semtimedop(semtimedop_id, &o, 1, &t);
}

static long msgsndnw_m[9];
static int msgsndnw_id;
static void msgsndnw_waits(uv_timer_t *timer) {
  (void)timer;
  int f = 0;
  msgsnd(msgsndnw_id, msgsndnw_m, 8, f); // expect: error ipc.msgsnd certain path: msgsndnw_waits loop: libuv role: timer
}
static void msgsndnw_does_not(uv_timer_t *timer) {
  (void)timer;
  int f = IPC_NOWAIT;
  msgsnd(msgsndnw_id, msgsndnw_m, 8, f);
}

int main(void) {
  static uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, mqsend_waits, 10, 0);
  uv_timer_start(&timer, mqsend_does_not, 10, 0);
  uv_timer_start(&timer, mqtsend_waits, 10, 0);
  uv_timer_start(&timer, mqtsend_does_not, 10, 0);
  uv_timer_start(&timer, semtimed0_waits, 10, 0);
  uv_timer_start(&timer, semtimed0_does_not, 10, 0);
  uv_timer_start(&timer, semopflag_waits, 10, 0);
  uv_timer_start(&timer, semopflag_does_not, 10, 0);
  uv_timer_start(&timer, semtimedop_waits, 10, 0);
  uv_timer_start(&timer, semtimedop_does_not, 10, 0);
  uv_timer_start(&timer, msgsndnw_waits, 10, 0);
  uv_timer_start(&timer, msgsndnw_does_not, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
