/* A Wayland display without clients: its timer's callback holds the loop for 60 ms once. */
#include <unistd.h>
#include <wayland-server-core.h>

static struct wl_event_source *timer;
static struct wl_display *display;
static int ticks;

static int on_timer(void *data) {
  (void)data;
  if (++ticks == 3) usleep(60000);
  if (ticks == 6) wl_display_terminate(display);
  wl_event_source_timer_update(timer, 5);
  return 0;
}

int main(void) {
  display = wl_display_create();
  timer = wl_event_loop_add_timer(wl_display_get_event_loop(display), on_timer, NULL);
  wl_event_source_timer_update(timer, 5);
  wl_display_run(display);
  return 0;
}
