// A goto back to read the next command is no event loop, though a command may run one below.
// expect-none
// flags: pkg:glib-2.0
#include <glib.h>
#include <unistd.h>

static int on_input(GIOChannel *channel, GIOCondition condition, void *data) {
  (void)channel, (void)condition;
  g_main_loop_quit(data);
  return TRUE;
}

static int monitor(void) {
  GMainLoop *loop = g_main_loop_new(NULL, FALSE);
  g_io_add_watch(g_io_channel_unix_new(0), G_IO_IN, on_input, loop);
  g_main_loop_run(loop);
  return 0;
}

static int wait_a_bit(void) {
  sleep(1);
  return 0;
}

int main(int argc, char **argv) {
  int i = 1;
again:
  if (i < argc && argv[i][0] == 'm') monitor();
  else wait_a_bit();
  if (++i < argc) goto again;
  return 0;
}
