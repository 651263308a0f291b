// A connection is dispatched when its descriptor is readable: that waits for nothing. From a timer it does.
// flags: pkg:wayland-server pkg:wayland-client
#include <wayland-client.h>
#include <wayland-server.h>

static int on_readable(int fd, uint32_t mask, void *data) {
  (void)fd;
  return mask & WL_EVENT_READABLE ? wl_display_dispatch(data) : 0; // expect: error wayland.dispatch possible
}

static int on_timer(void *data) {
  return wl_display_dispatch(data); // expect: error wayland.dispatch path: on_timer
}

int main(void) {
  struct wl_display *up = wl_display_connect(0);
  struct wl_event_loop *loop = wl_event_loop_create();
  wl_event_loop_add_fd(loop, wl_display_get_fd(up), WL_EVENT_READABLE, on_readable, up);
  wl_event_loop_add_timer(loop, on_timer, up);
  for (;;) wl_event_loop_dispatch(loop, -1);
}
