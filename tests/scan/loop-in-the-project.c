// A project that holds a loop library itself: several functions that take callbacks where the library's do are the library.
#include <stdint.h>
#include <unistd.h>

typedef struct sd_event sd_event;
typedef struct sd_event_source sd_event_source;
typedef int (*io_handler)(sd_event_source *s, int fd, uint32_t events, void *data);
typedef int (*time_handler)(sd_event_source *s, uint64_t usec, void *data);
typedef int (*defer_handler)(sd_event_source *s, void *data);

struct sd_event_source {
  void *callbacks[3]; /* dispatched by assembly, say */
};

int sd_event_add_io(sd_event *e, sd_event_source **ret, int fd, uint32_t events, io_handler f, void *data);
int sd_event_add_time(sd_event *e, sd_event_source **ret, int clock, uint64_t usec, uint64_t accuracy, time_handler f, void *data);
int sd_event_add_defer(sd_event *e, sd_event_source **ret, defer_handler f, void *data);

int sd_event_add_io(sd_event *e, sd_event_source **ret, int fd, uint32_t events, io_handler f, void *data) {
  (void)e, (void)fd, (void)events, (void)data;
  (*ret)->callbacks[0] = (void *)f;
  return 0;
}

int sd_event_add_time(sd_event *e, sd_event_source **ret, int clock, uint64_t usec, uint64_t accuracy, time_handler f, void *data) {
  (void)e, (void)clock, (void)usec, (void)accuracy, (void)data;
  (*ret)->callbacks[1] = (void *)f;
  return 0;
}

int sd_event_add_defer(sd_event *e, sd_event_source **ret, defer_handler f, void *data) {
  (void)e, (void)data;
  (*ret)->callbacks[2] = (void *)f;
  return 0;
}

static int on_io(sd_event_source *s, int fd, uint32_t events, void *data) {
  (void)s, (void)fd, (void)events, (void)data;
  sleep(1); // expect: error sleep.sleep path: on_io loop: sd-event role: io
  return 0;
}

int main(void) {
  sd_event *e = NULL;
  sd_event_source *s = NULL;
  sleep(1); // expect-none
  return sd_event_add_io(e, &s, 0, 0, on_io, NULL);
}
