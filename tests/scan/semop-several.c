// Several semaphores at once: a call that only releases does not wait, and one that takes any without
// IPC_NOWAIT does.
#include <sys/ipc.h>
#include <sys/sem.h>

typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);

static struct sembuf static_up[2] = {{0, 1, 0}, {1, 2, 0}};
static struct sembuf static_mixed[2] = {{0, 1, 0}, {1, -1, 0}};

static void by_list(int set) {
  struct sembuf up[2] = {{0, 1, 0}, {1, 2, 0}};
  struct sembuf mixed[2] = {{0, 1, 0}, {1, -1, 0}};
  struct sembuf first_takes[] = {{0, -1, 0}, {1, 1, 0}};
  semop(set, up, 2); // expect-none
  semop(set, mixed, 2); // expect: error ipc.semop
  semop(set, first_takes, 2); // expect: error ipc.semop
  semop(set, up, 2); // expect-none
}

static void by_name(int set) {
  struct sembuf up[] = {{.sem_num = 0, .sem_op = 1}, {.sem_num = 1, .sem_op = 1}};
  struct sembuf down[] = {{.sem_num = 0, .sem_op = -1}, {.sem_num = 1, .sem_op = -1}};
  struct sembuf zero[2] = {{.sem_num = 0, .sem_op = 1}, {.sem_num = 1}}; // waits for zero
  struct sembuf one[2] = {{.sem_num = 0, .sem_op = 1}}; // so does the second one
  semop(set, up, 2); // expect-none
  semop(set, down, 2); // expect: error ipc.semop
  semop(set, zero, 2); // expect: error ipc.semop
  semop(set, one, 2); // expect: error ipc.semop
}

static void with_flags(int set) {
  struct sembuf tries[] = {{0, -1, IPC_NOWAIT}, {1, -1, IPC_NOWAIT}};
  struct sembuf half[] = {{0, -1, IPC_NOWAIT}, {1, -1, SEM_UNDO}};
  semop(set, tries, 2); // expect-none
  semop(set, half, 2); // expect: error ipc.semop
}

static void by_static(int set) {
  semop(set, static_up, 2); // expect-none
  semop(set, static_mixed, 2); // expect: error ipc.semop
}

static void by_element(int set, const struct sembuf *other) {
  struct sembuf up[2], down[2], copied[2];
  up[0].sem_num = 0;
  up[0].sem_op = 1;
  up[0].sem_flg = 0;
  up[1].sem_num = 1;
  up[1].sem_op = 1;
  up[1].sem_flg = 0;
  semop(set, up, 2); // expect-none
  down[0].sem_num = 0;
  down[0].sem_op = 1;
  down[1].sem_num = 1;
  down[1].sem_op = -1;
  down[0].sem_flg = down[1].sem_flg = 0;
  semop(set, down, 2); // expect: error ipc.semop
  copied[0].sem_op = 1;
  copied[1] = *other;
  semop(set, copied, 2); // expect: error ipc.semop
}

static void on_timer(uv_timer_t *timer) {
  static const struct sembuf other;
  by_list(1);
  by_name(1);
  with_flags(1);
  by_static(1);
  by_element(1, &other);
  (void)timer;
}

int main(void) { return uv_timer_start(0, on_timer, 1, 0); }
