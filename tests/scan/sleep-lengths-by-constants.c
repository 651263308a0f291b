// Lengths by literals, constants, helpers and parameters; a loop around a sleep multiplies when its turns can
// be counted.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>
#define TRIES 20
static const int kCount = 30;
enum { DELAY_US = 100 };
static void a(void) {
  select(0, NULL, NULL, NULL, &(struct timeval){0, 500}); // expect: note wait.select
  select(0, NULL, NULL, NULL, &(struct timeval){.tv_sec = 2}); // expect: error wait.select
  struct timeval tv = {0, 500};
  select(0, NULL, NULL, NULL, &tv); // expect: note wait.select
  struct timeval tv2 = {3, 0};
  select(0, NULL, NULL, NULL, &tv2); // expect: error wait.select
  nanosleep(&(struct timespec){.tv_nsec = 1000}, NULL); // expect: note sleep.nanosleep
  nanosleep(&(struct timespec){1, 0}, NULL); // expect: error sleep.nanosleep
  static const struct timespec brief = {0, 1000};
  nanosleep(&brief, NULL); // expect: note sleep.nanosleep
  // expect+1: note sleep.clock_nanosleep
  clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){0, 5000}, NULL);
  usleep(1); // expect: note sleep.usleep
  usleep(DELAY_US); // expect: note sleep.usleep
  sleep(5); // expect: error sleep.sleep
  poll(NULL, 0, 1); // expect: warning wait.poll
  poll(NULL, 0, 5000); // expect: error wait.poll
}
static void b(void) {
  for (int i = 0; i < 1000; i++) usleep(5000); // expect: error sleep.usleep
  for (int i = 0; i < 3; i++) usleep(100); // expect: note sleep.usleep
  int n = 200;
  while (n--) usleep(20000); // expect: error sleep.usleep
  for (int i = 0; i < TRIES; i++)
    nanosleep(&(struct timespec){0, 100000000}, NULL); // expect: error sleep.nanosleep
  for (int i = 0; i < kCount; ++i) usleep(100000); // expect: error sleep.usleep
  int tries = 0;
  while (tries++ < 300) usleep(10000); // expect: error sleep.usleep
  for (int i = 10; i > 0; i--) poll(NULL, 0, 300); // expect: error wait.poll
  int left = 100;
  do {
    usleep(50000); // expect: error sleep.usleep
  } while (--left > 0);
}
static void doze(long ms) {
  struct timespec t;
  t.tv_sec = ms / 1000;
  t.tv_nsec = ms % 1000 * 1000000;
  nanosleep(&t, NULL); // expect: warning sleep.nanosleep
}
static struct timespec seconds(time_t n) { return (struct timespec){.tv_sec = n}; }
static void rest(time_t n) {
  struct timespec t = seconds(n);
  nanosleep(&t, NULL); // expect: error sleep.nanosleep
}
static void rest_briefly(long us) {
  struct timeval t = {.tv_usec = us};
  select(0, NULL, NULL, NULL, &t); // expect: note wait.select
}
static void on_timer(uv_timer_t *timer) {
  (void)timer;
  a();
  b();
  doze(5);
  rest(3);
  rest_briefly(200);
}
int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
