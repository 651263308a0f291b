// The path says what was opened: files of the kernel have no disk behind them, and a terminal waits unless it is non-blocking.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

static void on_timer(uv_timer_t *timer) {
  char text[64];
  int statistics = open("/proc/self/stat", O_RDONLY), random = open("/dev/urandom", O_RDONLY);
  int serial = open("/dev/ttyS0", O_RDWR), quick = open("/dev/ttyS1", O_RDWR | O_NONBLOCK); // expect: warning disk.open
  int file = open("/var/lib/app/state", O_RDONLY); // expect: warning disk.open
  (void)timer;
  read(statistics, text, sizeof text); // expect-none
  read(random, text, sizeof text);     // expect-none
  read(serial, text, sizeof text);     // expect: error network.read
  read(quick, text, sizeof text);      // expect-none
  read(file, text, sizeof text);       // expect: warning disk.read
}

int main(void) {
  static uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 0, 1000);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
