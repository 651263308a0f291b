// What a variable that is set once and never reset lets through only the first time is a note when it takes
// milliseconds, and likely when it takes longer. What is reset, counted or set elsewhere comes again.
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>
#include <uv.h>

static int loaded, asked, counted, reset;
static bool begun = false;

static void load(void) {
  FILE *f = fopen("/var/lib/game/history", "r"); // expect: note stdio.open why: it is come to once, the first time
  if (f) fclose(f); // expect: note stdio.close why: it is come to once, the first time
}

static void load_again(void) {
  FILE *f = fopen("/var/lib/game/scores", "r"); // expect: warning stdio.open
  if (f) fclose(f); // expect: note stdio.close
}

static void on_first(uv_timer_t *timer) {
  (void)timer;
  if (loaded) return;
  loaded = 1;
  load();
}

static void on_static(uv_timer_t *timer) {
  static bool first = true;
  (void)timer;
  if (!first) return;
  first = false;
  fopen("/var/lib/game/lock", "w"); // expect: note stdio.open why: it is come to once, the first time
}

static void on_name(uv_timer_t *timer) {
  struct addrinfo *found;
  (void)timer;
  if (!asked) {
    asked = 1;
    getaddrinfo("scores.example", "80", NULL, &found); // expect: error dns.getaddrinfo likely why: it is come to once, the first time
  }
}

static void on_reset(uv_timer_t *timer) {
  if (timer->data) reset = 0;
  if (reset) return;
  reset = 1;
  load_again();
}

static void on_count(uv_timer_t *timer) {
  (void)timer;
  if (counted) return;
  counted = 1;
  fopen("/var/lib/game/count", "w"); // expect: warning stdio.open
}

static void on_tick(uv_timer_t *timer) {
  (void)timer;
  counted--;
}

static void on_begun(uv_timer_t *timer) { // it asks and sets nothing: it comes as often as nobody has begun
  (void)timer;
  if (!begun) fopen("/var/lib/game/begun", "w"); // expect: warning stdio.open
}

static void on_begin(uv_timer_t *timer) {
  (void)timer;
  begun = true;
}

int main(void) {
  uv_timer_t timers[8];
  uv_timer_start(&timers[0], on_first, 1, 0);
  uv_timer_start(&timers[1], on_static, 1, 0);
  uv_timer_start(&timers[2], on_name, 1, 0);
  uv_timer_start(&timers[3], on_reset, 1, 0);
  uv_timer_start(&timers[4], on_count, 1, 0);
  uv_timer_start(&timers[5], on_tick, 1, 0);
  uv_timer_start(&timers[6], on_begun, 1, 0);
  uv_timer_start(&timers[7], on_begin, 1, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
