// The same when nothing on the loop emits: silent.
// flags: pkg:wayland-server
#include <unistd.h>
#include <wayland-server.h>

static struct wl_signal ended;

static void on_ended(struct wl_listener *listener, void *data) {
  (void)listener, (void)data;
  sleep(5); // expect-none
}

int main(void) {
  struct wl_display *display = wl_display_create();
  struct wl_listener listener = {.notify = on_ended};
  wl_signal_init(&ended);
  wl_signal_add(&ended, &listener);
  wl_display_run(display);
  wl_signal_emit(&ended, 0);
}
