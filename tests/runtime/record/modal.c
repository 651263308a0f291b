/* Loops within loops: what tests/cli/record-modal.sh watches.
 *
 *   modal run      GLib: a callback runs the same context for 400 ms, as a modal dialog does; in there
 * another one sleeps 60 ms once modal turns    the same by single turns of the context modal other    a
 * callback runs a context of its own for 200 ms: nobody serves the outer one
 */
#include <glib.h>
#include <string.h>
#include <unistd.h>

static GMainLoop *outer, *inner;
static gboolean is_over;
static int ticks;

__attribute__((noinline)) static void save(void) {
  usleep(60000);
  __asm__("");
}
static gboolean on_tick(gpointer data) {
  (void)data;
  if (++ticks == 25) save();
  return TRUE;
}
static gboolean on_close(gpointer data) {
  (void)data;
  is_over = TRUE;
  if (inner) g_main_loop_quit(inner);
  return FALSE;
}
static gboolean on_end(gpointer data) { return (void)data, g_main_loop_quit(outer), FALSE; }

__attribute__((noinline)) static void show_dialog(const char *kind) {
  GMainContext *context = strcmp(kind, "other") ? NULL : g_main_context_new();
  GSource *end = g_timeout_source_new(context ? 200 : 400);
  g_source_set_callback(end, on_close, NULL, NULL);
  g_source_attach(end, context);
  if (!strcmp(kind, "turns")) {
    while (!is_over) g_main_context_iteration(NULL, TRUE);
  } else {
    inner = g_main_loop_new(context, FALSE);
    g_main_loop_run(inner);
  }
  __asm__("");
}
static gboolean on_click(gpointer kind) {
  show_dialog(kind);
  g_timeout_add(50, on_end, NULL);
  return FALSE;
}

int main(int count, char **arguments) {
  outer = g_main_loop_new(NULL, FALSE);
  g_timeout_add(5, on_tick, NULL);
  g_timeout_add(50, on_click, arguments[count - 1]);
  g_main_loop_run(outer);
  return 0;
}
