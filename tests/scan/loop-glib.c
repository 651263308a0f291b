// GLib sources and signals; a GTask's thread function runs elsewhere.
// flags: pkg:gio-2.0
#include <gio/gio.h>
#include <unistd.h>

static gboolean on_timeout(gpointer data) {
  (void)data;
  sleep(1); // expect: error sleep.sleep path: on_timeout loop: glib role: timer
  return G_SOURCE_CONTINUE;
}

static gboolean on_idle(gpointer data) {
  (void)data;
  sleep(2); // expect: error sleep.sleep path: on_idle loop: glib role: idle
  return G_SOURCE_REMOVE;
}

static void on_activate(GApplication *application, gpointer data) {
  (void)application, (void)data;
  sleep(3); // expect: error sleep.sleep path: on_activate loop: glib
}

static void in_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  (void)source, (void)data, (void)cancellable;
  sleep(4); // expect-none
  g_task_return_int(task, 1);
}

static void on_done(GObject *source, GAsyncResult *result, gpointer data) {
  (void)source, (void)result, (void)data;
  sleep(5); // expect: error sleep.sleep path: on_done loop: glib
}

int main(void) {
  GApplication *application = g_application_new("a.b", G_APPLICATION_DEFAULT_FLAGS);
  g_timeout_add(100, on_timeout, NULL);
  g_idle_add(on_idle, NULL);
  g_signal_connect(application, "activate", G_CALLBACK(on_activate), NULL);
  GTask *task = g_task_new(NULL, NULL, on_done, NULL);
  g_task_run_in_thread(task, in_thread);
  return g_application_run(application, 0, NULL);
}
