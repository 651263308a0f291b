/* The grid's program for GLib's main loop. */
#include "plan.h"

#include <glib-unix.h>
#include <glib.h>

static GMainLoop *loop;

static void arm(void);

#define CALLBACK(name, index) \
  static gboolean name(gpointer unused) { \
    (void)unused; \
    if (plan_run(index)) arm(); \
    return G_SOURCE_REMOVE; \
  }
#define X(ms) CALLBACK(callback_##ms, CALLBACK_##ms)
DURATIONS(X)
#undef X
CALLBACK(callback_ordinary, CALLBACK_ORDINARY)
CALLBACK(callback_twenty, CALLBACK_TWENTY)
CALLBACK(callback_ten, CALLBACK_TEN)
CALLBACK(callback_mixed, CALLBACK_MIXED)

static gboolean callback_nested(gpointer unused) {
  (void)unused;
  if (plan_run(CALLBACK_NESTED)) arm();
  while (plan_is_nested()) g_main_context_iteration(NULL, TRUE);
  return G_SOURCE_REMOVE;
}

static gboolean callback_pipe(gint fd, GIOCondition condition, gpointer unused) {
  (void)fd, (void)condition, (void)unused;
  plan_take();
  if (plan_run(CALLBACK_ORDINARY)) arm();
  return G_SOURCE_CONTINUE;
}

static GSourceFunc const callbacks[CALLBACKS] = {
#define X(ms) callback_##ms,
    DURATIONS(X)
#undef X
        callback_ordinary,
    callback_twenty,
    callback_ten,
    callback_mixed,
    callback_nested,
};

/* Ten timers that are due together: GLib rounds each to its own microsecond, idle sources are ready at once. */
static void arm(void) {
  const step *s = plan_next();
  if (!s)
    g_main_loop_quit(loop);
  else if (s->by_pipe)
    plan_poke();
  else if (s->times > 1)
    for (unsigned i = 0; i < s->times; i++) g_idle_add(callbacks[s->callback], NULL);
  else
    g_timeout_add(s->delay_ms, callbacks[s->callback], NULL);
}

int main(int argc, char **argv) {
  plan_can_nest();
  plan_init(argc, argv);
  loop = g_main_loop_new(NULL, FALSE);
  g_unix_fd_add(plan_pipe(), G_IO_IN, callback_pipe, NULL);
  arm();
  g_main_loop_run(loop);
  return plan_finish();
}
