/* GLib: a timeout, and g_task_run_in_thread(). */
#include "suspect.h"

#include <gio/gio.h>

static GMainLoop *loop;
static bool right;

static gboolean on_end(gpointer user) {
  (void)user;
  g_main_loop_quit(loop);
  return G_SOURCE_REMOVE;
}

#ifdef TWIN
static void on_worker(GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  (void)source, (void)data, (void)cancellable;
  g_task_return_boolean(task, suspect_work());
}

static void on_done(GObject *source, GAsyncResult *result, gpointer user) {
  (void)source, (void)user;
  right = g_task_propagate_boolean(G_TASK(result), NULL);
  g_timeout_add(20, on_end, NULL);
}

static gboolean on_begin(gpointer user) {
  (void)user;
  GTask *task = g_task_new(NULL, NULL, on_done, NULL);
  g_task_run_in_thread(task, on_worker);
  g_object_unref(task);
  return G_SOURCE_REMOVE;
}
#else
static gboolean on_begin(gpointer user) {
  (void)user;
  right = suspect_work();
  g_timeout_add(20, on_end, NULL);
  return G_SOURCE_REMOVE;
}
#endif

int main(void) {
  if (!suspect_prepare()) return 2;
  loop = g_main_loop_new(NULL, FALSE);
  g_timeout_add(20, on_begin, NULL);
  g_main_loop_run(loop);
  g_main_loop_unref(loop);
  return right ? 0 : 1;
}
