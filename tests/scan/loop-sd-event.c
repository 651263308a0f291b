// sd-event's io, time and child sources, and a vtable of D-Bus methods.
#include <stdlib.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>
#include <unistd.h>

static int on_io(sd_event_source *source, int fd, uint32_t events, void *data) {
  (void)source, (void)fd, (void)events, (void)data;
  return (int)sleep(1); // expect: error sleep.sleep path: on_io loop: sd-event role: io
}

static int on_time(sd_event_source *source, uint64_t usec, void *data) {
  (void)source, (void)usec, (void)data;
  return (int)sleep(2); // expect: error sleep.sleep path: on_time loop: sd-event role: timer
}

static int method_restart(sd_bus_message *message, void *data, sd_bus_error *error) {
  (void)message, (void)data, (void)error;
  return system("true"); // expect: error process.system path: method_restart loop: sd-event
}

static const sd_bus_vtable vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Restart", "", "", method_restart, 0),
    SD_BUS_VTABLE_END,
};

int main(void) {
  sd_event *event;
  sd_bus *bus;
  sd_event_default(&event);
  sd_bus_default_system(&bus);
  sd_event_add_io(event, NULL, 0, 1, on_io, NULL);
  sd_event_add_time(event, NULL, CLOCK_MONOTONIC, 0, 0, on_time, NULL);
  sd_bus_add_object_vtable(bus, NULL, "/x", "x.y", vtable, NULL);
  sd_bus_attach_event(bus, event, 0);
  return sd_event_loop(event);
}
