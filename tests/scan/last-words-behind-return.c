// What is called before a return is not the last thing that a process does, though an exec or exit ends the block.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

static char **words;

static void on_start(uv_timer_t *timer) {
  (void)timer;
  pid_t pid = fork(); // expect: note process.fork path: on_start loop: libuv
  if (pid < 0) {
    fprintf(stderr, "cannot fork\n"); // expect: note stdio.print path: on_start loop: libuv
    return;
  }
  if (pid) return;
  if (execve(words[0], words, NULL) < 0) exit(1); // expect-none
}

int main(int argc, char **argv) {
  uv_timer_t timer;
  (void)argc;
  words = argv;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_start, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
