// A switch that keeps the program from forking, for debugging: the code is written for the child all the same.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static int debug;

static void serve(int client) {
  (void)client;
  sleep(30);
}

static void log_start(pid_t pid) {
  (void)pid;
  sleep(1); // expect: error sleep.sleep path: main > accepted > log_start loop: own
}

static void accepted(int client) {
  pid_t pid;
  if (!debug && (pid = fork()) != 0) { // expect: note process.fork
    log_start(pid);
    close(client);
  } else {
    serve(client);
    if (!debug) _exit(0);
  }
}

static void accepted_inverse(int client) {
  if (debug || fork() == 0) { // expect: note process.fork
    serve(client);
    if (!debug) _exit(0);
  }
}

int main(int argc, char **argv) {
  struct pollfd fds[2] = {{0, POLLIN, 0}, {1, POLLIN, 0}};
  debug = argc > 1 && argv[1][0] == 'd';
  for (;;) {
    poll(fds, 2, -1);
    if (fds[0].revents) accepted(fds[0].fd);
    if (fds[1].revents) accepted_inverse(fds[1].fd);
  }
}
