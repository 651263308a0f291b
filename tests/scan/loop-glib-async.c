// The callback of a GIO call that ends in _async runs on the loop; the _sync form waits there.
// flags: pkg:gio-2.0
#include <gio/gio.h>
#include <unistd.h>

static void on_loaded(GObject *source, GAsyncResult *result, gpointer data) {
  char *text;
  g_file_load_contents_finish(G_FILE(source), result, &text, NULL, NULL, NULL);
  usleep(300000); // expect: warning sleep.usleep certain path: on_loaded loop: glib
  (void)data;
}

static gboolean on_idle(gpointer data) {
  g_file_load_contents_async(data, NULL, on_loaded, NULL);
  g_file_load_contents(data, NULL, NULL, NULL, NULL, NULL); // expect: warning glib.file certain path: on_idle loop: glib
  return G_SOURCE_REMOVE;
}

int main(void) {
  g_idle_add(on_idle, g_file_new_for_path("/tmp/x"));
  g_main_loop_run(g_main_loop_new(NULL, FALSE));
}
