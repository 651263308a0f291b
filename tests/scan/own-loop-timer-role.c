// The role of a home-grown loop's callback: a timer's by the name of its record, another's by that of its field.
#include <poll.h>
#include <unistd.h>

struct timer_entry {
  void (*handler)(void *);
  void *data;
};
struct watch {
  void (*on_event)(void *);
  void *data;
};
static struct timer_entry timers[8];
static struct watch watches[8];

static void tick(void *data) {
  (void)data;
  sleep(1); // expect: error sleep.sleep path: tick loop: own role: timer
}

static void take(void *data) {
  (void)data;
  sleep(2); // expect: error sleep.sleep path: take loop: own role: io
}

int main(void) {
  struct pollfd fds[8] = {{0, POLLIN, 0}};
  timers[0].handler = tick;
  watches[0].on_event = take;
  for (;;) {
    poll(fds, 8, 100);
    for (int i = 0; i < 8; i++) timers[i].handler(timers[i].data);
    for (int i = 0; i < 8; i++) watches[i].on_event(watches[i].data);
  }
}
