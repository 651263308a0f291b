// The wait lies seven functions below the cycle, in a chain that dispatches on the way.
#include <poll.h>
#include <unistd.h>

struct source {
  void (*ready)(void);
};
static struct source *sources[4];
static struct pollfd fds[4];

static int wait_system(int timeout) { return poll(fds, 4, timeout); }
static int wait_backend(int timeout) { return wait_system(timeout); }
static int wait_traced(int timeout) { return wait_backend(timeout); }
static int wait_locked(int timeout) { return wait_traced(timeout); }
static int wait_events(int timeout) { return wait_locked(timeout); }

static int dispatch(int timeout) {
  int n = wait_events(timeout);
  for (int i = 0; i < 4; i++)
    if (fds[i].revents) sources[i]->ready();
  return n;
}

static int turn(void) { return dispatch(1000); }

static void on_ready(void) {
  sleep(1); // expect: error sleep.sleep path: on_ready loop: own
}

int main(void) {
  static struct source one = {on_ready};
  sources[0] = &one;
  while (turn() >= 0) {
  }
}
