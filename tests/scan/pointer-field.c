// A function stored in a field of a struct, by assignment, designated and positional initialisers.
#include <unistd.h>
#include <uv.h>

struct backend {
  const char *name;
  void (*open)(int);
  void (*flush)(int);
};

static void open_file(int n) { sleep((unsigned)n); } // expect: error sleep.sleep path: on_timer > open_file loop: libuv
static void flush_file(int n) { sleep((unsigned)n + 1); } // expect: error sleep.sleep path: on_timer > flush_file loop: libuv
static void open_null(int n) { (void)n; }
static void unused_flush(int n) { sleep((unsigned)n + 2); } // expect-none

static struct backend file = {.flush = flush_file, .open = open_file};
static struct backend null = {"null", open_null, NULL};
void (*keep)(int) = unused_flush;

static void on_timer(uv_timer_t *timer) {
  struct backend *backend = timer->data ? &file : &null;
  backend->open(1);
  if (backend->flush) backend->flush(1);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
