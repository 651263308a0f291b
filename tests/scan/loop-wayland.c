// wl_event_loop sources, a listener's notify field, a table of requests.
#include <stdlib.h>
#include <unistd.h>
#include <wayland-server.h>

struct seat_interface {
  void (*grab)(struct wl_client *client, struct wl_resource *resource);
  void (*release)(struct wl_client *client, struct wl_resource *resource);
};

static int on_fd(int fd, uint32_t mask, void *data) {
  (void)fd, (void)mask, (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_fd loop: wayland role: io
}

static void on_destroy(struct wl_listener *listener, void *data) {
  (void)listener, (void)data;
  sleep(2); // expect: error sleep.sleep path: on_destroy loop: wayland
}

static void seat_grab(struct wl_client *client, struct wl_resource *resource) {
  (void)client, (void)resource;
  sleep(3); // expect: error sleep.sleep path: seat_grab loop: wayland role: request
}

static void seat_release(struct wl_client *client, struct wl_resource *resource) {
  (void)client;
  wl_resource_destroy(resource);
}

static const struct seat_interface implementation = {seat_grab, seat_release};

static void bind_seat(struct wl_client *client, void *data, uint32_t version, uint32_t id) {
  struct wl_resource *resource = wl_resource_create(client, data, (int)version, id);
  sleep(4); // expect: error sleep.sleep path: bind_seat loop: wayland
  wl_resource_set_implementation(resource, &implementation, NULL, NULL);
}

int main(void) {
  struct wl_display *display = wl_display_create();
  struct wl_listener listener;
  listener.notify = on_destroy;
  wl_event_loop_add_fd(wl_display_get_event_loop(display), 0, WL_EVENT_READABLE, on_fd, NULL);
  wl_display_add_destroy_listener(display, &listener);
  wl_global_create(display, &wl_seat_interface, 1, NULL, bind_seat);
  wl_display_run(display);
}
