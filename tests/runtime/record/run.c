/* Loops that are told by the function that runs them: what tests/cli/record-run.sh watches.
 *
 *   run first     a timer's callback holds the loop before there was any wait; main sleeps when the loop is over
 *   run last      a callback holds the loop after its last wait
 *   run once      one step of a loop that does not wait
 *   run none      no loop: main sleeps
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

static uv_loop_t loop;
static uv_timer_t timer;

static void on_timer(uv_timer_t *handle) {
  usleep(80000);
  uv_close((uv_handle_t *)handle, NULL);
}

int main(int argc, char **argv) {
  const char *kind = argc > 1 ? argv[1] : "";
  if (strcmp(kind, "none") != 0) {
    uv_loop_init(&loop);
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, on_timer, strcmp(kind, "last") == 0 ? 30 : 0, 0);
    uv_run(&loop, strcmp(kind, "once") == 0 ? UV_RUN_NOWAIT : UV_RUN_DEFAULT);
  }
  usleep(200000);
  return 0;
}
