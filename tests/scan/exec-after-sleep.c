// A sleep right before the process becomes another program is a note.
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>
static char *const args[] = {"server", NULL};
static void restart(void) {
  sleep(1); // expect: note sleep.sleep
  execv("/usr/bin/server", args);
}
static void restart_or_die(void) {
  sleep(1); // expect: note sleep.sleep
  execv("/usr/bin/server", args);
  _exit(1);
}
static void restart_kept(void) {
  sleep(1); // expect: note sleep.sleep
  if (execvp("server", args) < 0) abort();
}
static void not_restart(void) {
  sleep(1); // expect: error sleep.sleep
}
static void on_timer(uv_timer_t *timer) {
  if (timer->data == (void *)1) restart();
  if (timer->data == (void *)2) restart_or_die();
  if (timer->data == (void *)3) restart_kept();
  not_restart();
}
int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
