// A listener of a signal that the project emits itself runs where it is emitted: here only after the loop.
// flags: pkg:wayland-server
#include <unistd.h>
#include <wayland-server.h>

static struct wl_signal ended, asked;

static void on_ended(struct wl_listener *listener, void *data) {
  (void)listener, (void)data;
  usleep(5000); // expect: warning sleep.usleep path: on_timer > on_ended
}

static int on_timer(void *data) {
  wl_signal_emit(&asked, data);
  return 0;
}

int main(void) {
  struct wl_display *display = wl_display_create();
  struct wl_listener listener = {.notify = on_ended};
  wl_signal_init(&ended);
  wl_signal_init(&asked);
  wl_signal_add(&ended, &listener);
  wl_event_loop_add_timer(wl_display_get_event_loop(display), on_timer, 0);
  wl_display_run(display);
  wl_signal_emit(&ended, 0);
}
