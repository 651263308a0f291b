// A file that the kernel makes up waits for no disk.
// flags: pkg:glib-2.0
#include <glib.h>

static int on_timer(void *data) {
  char *text = NULL;
  g_file_get_contents("/proc/cmdline", &text, NULL, NULL); // expect-none
  g_file_get_contents("/etc/app.conf", &text, NULL, NULL); // expect: warning glib.file-utilities path: on_timer
  (void)data;
  return TRUE;
}

int main(void) {
  g_timeout_add(10, on_timer, NULL);
  g_main_loop_run(g_main_loop_new(NULL, FALSE));
  return 0;
}
