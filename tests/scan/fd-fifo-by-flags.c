// What is opened for writing with O_NONBLOCK is a FIFO or a device more likely than a file.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

static struct {
  int events, journal;
} out;

static void open_all(const char *name) {
  out.events = open(name, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  out.journal = open("/var/log/journal", O_WRONLY | O_APPEND);
}
static void on_timer(uv_timer_t *t) {
  (void)t;
  out.events = open(getenv("EVENTS"), O_WRONLY | O_NONBLOCK);
  out.journal = open(getenv("JOURNAL"), O_WRONLY | O_CREAT, 0600); // expect: warning disk.open
  write(out.events, "up\n", 3);
  write(out.journal, "up\n", 3); // expect: warning disk.write
}
int main(void) {
  uv_timer_t t;
  open_all(getenv("EVENTS"));
  uv_timer_init(uv_default_loop(), &t);
  uv_timer_start(&t, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
