/* A GTK 3 window whose timer blocks three times for 60 ms: what bench/transparency/programs records. */
#include <gtk/gtk.h>
#include <unistd.h>

static int ticks;

__attribute__((noinline)) static void save(void) {
  usleep(60000);
  __asm__("");
}

static gboolean on_tick(gpointer label) {
  char text[16];
  g_snprintf(text, sizeof text, "%d", ++ticks);
  gtk_label_set_text(label, text);
  if (ticks == 40 || ticks == 60 || ticks == 80) save();
  if (ticks == 100) gtk_main_quit();
  return TRUE;
}

int main(int count, char **arguments) {
  gtk_init(&count, &arguments);
  GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL), *label = gtk_label_new("");
  gtk_container_add(GTK_CONTAINER(window), label);
  gtk_widget_show_all(window);
  g_timeout_add(10, on_tick, label);
  gtk_main();
  g_print("%d ticks\n", ticks);
  return 3;
}
