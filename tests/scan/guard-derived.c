// A condition that is kept in a variable, or returned, holds as the condition does. So does what a helper writes to all of an object.
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

static void pause_if(int number, int wait) {
  int blocking = wait && number > 0;
  if (blocking) usleep(100000); // expect: warning sleep.usleep path: on_timer > pause_if
}
static void pause_never(int number, int wait) {
  int blocking = wait && number > 0;
  if (blocking) usleep(100000); // expect-none
}
static void pause_unless(int wait) {
  int quick = !wait;
  if (quick) return;
  usleep(100000); // expect-none
}
static int is_slow(int mode) { return mode == 3; }
static void pause_in(int mode) {
  if (is_slow(mode)) usleep(100000); // expect-none
}
static void reset(struct addrinfo *hints) { *hints = (struct addrinfo){.ai_socktype = SOCK_STREAM}; }

static void on_timer(uv_timer_t *timer) {
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *found;
  getaddrinfo("name", "1", &hints, &found); // expect-none
  reset(&hints);
  getaddrinfo("name", "1", &hints, &found); // expect: error dns.getaddrinfo
  pause_if((int)(long)timer->data, 1);
  pause_never((int)(long)timer->data, 0);
  pause_unless(0);
  pause_in(2);
}

int main(void) {
  static uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 0, 1000);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
