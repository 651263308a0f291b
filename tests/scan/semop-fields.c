// What semop() does stands in the fields of its operations.
#include <sys/ipc.h>
#include <sys/sem.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *timer), unsigned long timeout, unsigned long repeat);

static void take(uv_timer_t *timer) {
  (void)timer;
  struct sembuf operation = {.sem_op = -1};
  semop(1, &operation, 1); // expect: error ipc.semop path: take
}

static void give(uv_timer_t *timer) {
  (void)timer;
  struct sembuf operation = {.sem_op = 1};
  semop(1, &operation, 1);
}

static void try(uv_timer_t *timer) {
  (void)timer;
  struct sembuf operation = {.sem_op = -1, .sem_flg = IPC_NOWAIT};
  semop(1, &operation, 1);
}

void set_up(uv_timer_t *timer);
void set_up(uv_timer_t *timer) {
  uv_timer_start(timer, take, 1, 0);
  uv_timer_start(timer, give, 1, 0);
  uv_timer_start(timer, try, 1, 0);
}
