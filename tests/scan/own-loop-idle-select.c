// A select() without descriptors that stands in place of the loop's wait, when nothing is watched, is that wait. One
// beside it is a sleep, and so is one below a callback.
#include <poll.h>
#include <sys/select.h>
#include <unistd.h>

struct watcher {
  int fd;
  void (*ready)(struct watcher *watcher);
};
static struct watcher watchers[8];
static struct pollfd fds[8];
static unsigned watched;

static int wait_for_events(struct timeval *timeout) {
  if (!watched) return select(0, NULL, NULL, NULL, timeout);
  return poll(fds, watched, timeout->tv_sec * 1000);
}

static int wait_slowly(struct timeval *timeout) {
  int count = poll(fds, watched, timeout->tv_sec * 1000);
  select(0, NULL, NULL, NULL, timeout); // expect: error wait.select
  return count;
}

static void on_ready(struct watcher *watcher) {
  (void)watcher;
  struct timeval second = {.tv_sec = 1};
  select(0, NULL, NULL, NULL, &second); // expect: error wait.select
}

int main(int argc, char **argv) {
  (void)argv;
  watchers[0].ready = on_ready;
  for (;;) {
    struct timeval timeout = {.tv_sec = 5};
    int count = argc > 1 ? wait_slowly(&timeout) : wait_for_events(&timeout);
    for (unsigned i = 0; count > 0 && i < watched; i++)
      if (fds[i].revents) watchers[i].ready(&watchers[i]);
  }
}
