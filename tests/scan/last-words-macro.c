// What a block says before it ends the process is a note at most, also when the end is in a macro's own
// block.
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

void die(void) __attribute__((noreturn));
void die(void) { _exit(1); }

static void say(const char *text) {
  (void)text;
  sleep(1); // expect: note sleep.sleep why: the process ends right after it
}

static void complain(const char *text) {
  (void)text;
  sleep(2); // expect: error sleep.sleep path: on_idle > complain
}

#define FAIL(text) \
  (void)({ \
    say(text); \
    die(); \
  })
#define STOP() \
  do { \
    say("stop"); \
    abort(); \
  } while (0)
#define CHECK(condition) \
  do { \
    if (!(condition)) complain(#condition); \
  } while (0)

static void on_timer(uv_timer_t *timer) {
  if (!timer->data) FAIL("no data");
  if (timer->data == timer) {
    say("a loop");
    FAIL("it is its own data");
  }
  if (uv_is_closing((uv_handle_t *)timer)) {
    say("closing");
    STOP();
  }
}

static void on_idle(uv_idle_t *idle) {
  complain("no data");
  CHECK(idle->data);
}

int main(void) {
  uv_timer_t timer;
  uv_idle_t idle;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  uv_idle_init(uv_default_loop(), &idle);
  uv_idle_start(&idle, on_idle);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
