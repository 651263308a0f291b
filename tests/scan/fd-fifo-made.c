// To open a FIFO that the program has made waits for its other end: not with O_NONBLOCK, and not for both
// directions.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <uv.h>

static const char *commands, *settings;
static char answers[64];
static int fd;

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  fd = open(commands, O_RDONLY | O_NONBLOCK);
  fd = open(commands, O_RDWR | O_CLOEXEC);
  fd = open(commands, O_RDONLY); // expect: warning disk.open
  fd = open(answers, O_RDWR);
  fd = open(answers, O_WRONLY); // expect: warning disk.open
  fd = open(settings, O_RDWR); // expect: warning disk.open
  fd = open("/run/control", O_RDONLY | O_NONBLOCK);
  fd = open("/run/settings", O_RDONLY | O_NONBLOCK); // expect: warning disk.open
}

int main(void) {
  uv_timer_t timer;
  commands = getenv("COMMANDS");
  settings = getenv("SETTINGS");
  mkfifo(commands, 0600);
  mkfifoat(AT_FDCWD, answers, 0600);
  mkfifo("/run/control", 0600);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
