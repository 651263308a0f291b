// "Am I on the loop's thread?" is answered where a loop runs, however it is asked.
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <threads.h>
#include <unistd.h>
#include <uv.h>

struct loop {
  pthread_t thread;
};

static pthread_t owner;
static thrd_t main_thread;
static pid_t loop_id;
static struct loop *loop;

static int in_loop(void) { return pthread_equal(owner, pthread_self()); }
static int is_mine(const struct loop *l) { return pthread_equal(l->thread, pthread_self()) != 0; }
static int by_number(void) { return syscall(SYS_gettid) == loop_id; }
static int elsewhere(void) { return owner != pthread_self(); }

static void if_elsewhere(int file) {
  if (!in_loop()) fsync(file);
  if (gettid() != loop_id) fsync(file);
  if (owner != pthread_self()) fsync(file);
  if (elsewhere()) fsync(file);
  if (!thrd_equal(main_thread, thrd_current())) fsync(file);
}
static void if_here(int file) {
  if (in_loop()) fsync(file);          // expect: error disk.fsync
  if (gettid() == loop_id) fsync(file); // expect: error disk.fsync
  if (!elsewhere()) fsync(file);       // expect: error disk.fsync
}
static void leaves_first(int file) {
  if (is_mine(loop) || by_number()) return;
  fsync(file);
}
static void asserts_elsewhere(int file) {
  assert(!pthread_equal(owner, pthread_self()));
  fsync(file);
}
static void asserts_here(int file) {
  assert(in_loop());
  fsync(file); // expect: error disk.fsync
}

static void on_timer(uv_timer_t *timer) {
  int *file = timer->data;
  if_elsewhere(*file);
  if_here(*file);
  leaves_first(*file);
  if (*file) asserts_elsewhere(*file);
  asserts_here(*file);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
