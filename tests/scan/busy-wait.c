// Who tries again and again until the other end moves keeps the loop as a blocking call does; EINTR is another matter.
#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[512];

static int send_all(int fd, const char *text, size_t length) {
  while (length > 0) {
    ssize_t sent = send(fd, text, length, MSG_DONTWAIT); // expect: error network.busy-wait
    if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (sent < 0) return -1;
    text += sent;
    length -= (size_t)sent;
  }
  return 0;
}

static int send_some(int fd, const char *text, size_t length) {
  while (length > 0) {
    ssize_t sent = send(fd, text, length, MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno == EAGAIN;
    text += sent;
    length -= (size_t)sent;
  }
  return 0;
}

static int send_and_wait(int fd, const char *text, size_t length) {
  for (;;) {
    if (send(fd, text, length, MSG_DONTWAIT) >= 0) return 0;
    if (errno == EAGAIN) {
      struct pollfd ready = {fd, POLLOUT, 0};
      poll(&ready, 1, -1); // expect: error wait.poll
      continue;
    }
    return -1;
  }
}

static void on_event(evutil_socket_t fd, short what, void *data) {
  (void)what, (void)data;
  ssize_t got;
  do {
    got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT); // expect: error network.busy-wait
  } while (got < 0 && errno == EAGAIN);
  do {
    got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
  } while (got < 0 && errno == EINTR);
  send_all(fd, buffer, sizeof buffer);
  send_some(fd, buffer, sizeof buffer);
  send_and_wait(fd, buffer, sizeof buffer);
}

int main(void) {
  struct event_base *base = event_base_new();
  event_add(event_new(base, 0, EV_READ | EV_PERSIST, on_event, NULL), NULL);
  return event_base_dispatch(base);
}
