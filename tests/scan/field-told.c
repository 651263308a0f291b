/* A field that some caller tells decides through functions that do not mention it; one that nobody tells,
 * beside it or in another object, decides nothing. */
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

struct manager {
  int wait, log, kept;
};

static void act(struct manager *m) {
  if (m->wait) sleep(1); // expect: error sleep.sleep certain
  if (m->log) sleep(1); // expect-none
  if (m->kept) sleep(1); // expect: error sleep.sleep certain
}

static void act_at_once(struct manager *m) {
  if (m->wait) sleep(1); // expect-none
}

static void pass(struct manager *m) { act(m); }
static void hand_on(struct manager *m) { pass(m); }
static void pass_at_once(struct manager *m) { act_at_once(m); }
static void hand_on_at_once(struct manager *m) { pass_at_once(m); }

static void on_told(uv_timer_t *t) {
  struct manager *m = t->data;
  m->wait = 1;
  m->log = 0;
  hand_on(m);
}

static void on_made(uv_timer_t *t) {
  (void)t;
  struct manager *m = calloc(1, sizeof *m);
  hand_on_at_once(m);
  free(m);
}

int main(void) {
  static struct manager one;
  uv_timer_t told, made;
  uv_timer_init(uv_default_loop(), &told);
  told.data = &one;
  uv_timer_start(&told, on_told, 1, 0);
  uv_timer_init(uv_default_loop(), &made);
  uv_timer_start(&made, on_made, 1, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
