// A server in one function, without a handler of its own: the cycle around select() or poll() accepts and reads.
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

static void serve_by_select(int listener) {
  int clients[64], count = 0;
  for (;;) {
    fd_set ready;
    FD_ZERO(&ready);
    FD_SET(listener, &ready);
    int most = listener;
    for (int i = 0; i < count; i++) {
      FD_SET(clients[i], &ready);
      if (clients[i] > most) most = clients[i];
    }
    if (select(most + 1, &ready, NULL, NULL, NULL) < 0) break;
    if (FD_ISSET(listener, &ready)) clients[count++] = accept(listener, NULL, NULL);
    for (int i = 0; i < count; i++) {
      char text[512];
      if (!FD_ISSET(clients[i], &ready)) continue;
      if (read(clients[i], text, sizeof text) <= 0) continue;
      usleep(200000);  // expect: warning sleep.usleep loop: own
    }
  }
}

static int wait_for(struct pollfd *watched, int count) { return poll(watched, (nfds_t)count, -1); }

static void *serve_by_poll(void *arg) {
  struct pollfd watched[2] = {{0, POLLIN, 0}, {*(int *)arg, POLLIN, 0}};
  char text[512];
  while (wait_for(watched, 2) >= 0) {
    if (watched[0].revents && read(watched[0].fd, text, sizeof text) > 0)
      fsync(1);  // expect: error disk.fsync loop: own
    if (watched[1].revents && read(watched[1].fd, text, sizeof text) <= 0) break;
  }
  return NULL;
}

/* One descriptor and a time: what reads an answer is no server. */
static int read_answer(int fd) {
  char text[64];
  fd_set ready;
  struct timeval time = {1, 0};
  FD_ZERO(&ready);
  FD_SET(fd, &ready);
  while (select(fd + 1, &ready, NULL, NULL, &time) > 0) {
    if (read(fd, text, sizeof text) <= 0) return -1;
    sleep(1);
  }
  return 0;
}

int main(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {0};
  pthread_t thread;
  bind(listener, (struct sockaddr *)&address, sizeof address);
  listen(listener, 5);
  pthread_create(&thread, NULL, serve_by_poll, &listener);
  if (read_answer(0) < 0) return 1;
  serve_by_select(listener);
  return 0;
}
