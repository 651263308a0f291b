// The same shape without a fork: both branches run on the loop.
#include <poll.h>
#include <unistd.h>

static int debug;

static int take(int client) { return client > 2; }

static void serve(int client) {
  (void)client;
  sleep(30); // expect: error sleep.sleep path: main > accepted > serve loop: own
}

static void accepted(int client) {
  int other;
  if (!debug && (other = take(client)) != 0)
    close(other);
  else
    serve(client);
}

int main(int argc, char **argv) {
  struct pollfd fds[2] = {{0, POLLIN, 0}, {1, POLLIN, 0}};
  debug = argc > 1 && argv[1][0] == 'd';
  for (;;) {
    poll(fds, 2, -1);
    if (fds[0].revents) accepted(fds[0].fd);
  }
}
