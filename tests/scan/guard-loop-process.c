// "Am I the process, or the thread, of the loop": what stands under "no" is not run there.
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>
#include <uv.h>

static pid_t loop_pid;
static pid_t loop_tid;
static void helper(void) {
  if (getpid() != loop_pid) sleep(3); // expect-none
}
static void helper2(void) {
  if (getpid() == loop_pid) return;
  sleep(3); // expect-none
}
static int in_loop(void) { return gettid() == loop_tid; }
static void helper3(void) {
  if (in_loop()) return;
  sleep(3); // expect-none
}
static void helper4(void) {
  if (syscall(SYS_gettid) != loop_tid) sleep(3); // expect-none
}
static void helper5(void) {
  pid_t me = getpid();
  if (me != loop_pid) {
    sleep(3); // expect-none
  }
}
static int inside(void) {
  pid_t self = getpid();
  return self == loop_pid;
}
static void helper6(void) {
  if (!inside()) sleep(3); // expect-none
}
static void helper7(void) {
  if (inside()) sleep(3); // expect: error sleep.sleep certain
}
static void helper8(void) {
  if (getpid() == loop_pid) sleep(3); // expect: error sleep.sleep certain
}
static void helper9(void) {
  if (getppid() != loop_pid) sleep(3); // expect: error sleep.sleep certain
}
static void on_timer(uv_timer_t *timer) {
  (void)timer;
  helper();
  helper2();
  helper3();
  helper4();
  helper5();
  helper6();
  helper7();
  helper8();
  helper9();
}
int main(void) {
  uv_timer_t timer;
  loop_pid = getpid();
  loop_tid = gettid();
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
