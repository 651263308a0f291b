/* Fields of an object that nobody near mentions share one answer: what happens to the object as a whole. It is
 * none for a field that is mentioned: here, in a copy, by a helper, or in what a call gave. */
#include <string.h>
#include <unistd.h>
#include <uv.h>

struct options {
  int wait, log, retry, count;
};

static void act(const struct options *o) {
  if (o->wait) sleep(1); // expect: error sleep.sleep certain
  if (o->log) sleep(1); // expect: error sleep.sleep certain
  if (o->retry) sleep(1); // expect: error sleep.sleep certain
}

static void act_quietly(const struct options *o) {
  if (o->wait) sleep(1); // expect-none
  if (o->log) sleep(1); // expect-none
  if (o->count) sleep(1); // expect-none
}

static void choose(struct options *o) { o->log = 1; }

static struct options patient(void) {
  struct options o;
  memset(&o, 0, sizeof o);
  o.retry = 1;
  return o;
}

static void on_own(uv_timer_t *t) {
  (void)t;
  struct options o;
  memset(&o, 0, sizeof o);
  act_quietly(&o);
  o.wait = 1;
  act(&o);
}

static void on_helped(uv_timer_t *t) {
  (void)t;
  struct options o;
  memset(&o, 0, sizeof o);
  choose(&o);
  act(&o);
}

static void on_given(uv_timer_t *t) {
  (void)t;
  struct options given = patient(), o = given;
  act(&o);
}

int main(void) {
  uv_timer_t own, helped, given;
  uv_timer_init(uv_default_loop(), &own);
  uv_timer_start(&own, on_own, 1, 0);
  uv_timer_init(uv_default_loop(), &helped);
  uv_timer_start(&helped, on_helped, 1, 0);
  uv_timer_init(uv_default_loop(), &given);
  uv_timer_start(&given, on_given, 1, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
