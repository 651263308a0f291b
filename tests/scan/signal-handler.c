// A signal handler interrupts the loop from outside; it is no callback of it.
#include <signal.h>
#include <unistd.h>
#include <uv.h>

static void handler(int number) {
  (void)number;
  sleep(1); // expect-none
}

static void on_timer(uv_timer_t *timer) {
  struct sigaction action = {.sa_handler = handler};
  (void)timer;
  sigaction(SIGUSR1, &action, NULL);
  signal(SIGUSR2, handler);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
