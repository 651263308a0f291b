// A busy wait by a switch, by a helper that asks errno, and by leaving for every other error; tries that are
// counted, and a loop that ends when it would wait, are none.
#include <errno.h>
#include <sys/socket.h>
#include <uv.h>

static int fd;
static char text[8];

static int by_switch(void) {
  for (;;) {
    ssize_t n = send(fd, text, 4, MSG_DONTWAIT); // expect: error network.busy-wait
    if (n >= 0) return 0;
    switch (errno) {
    case EINTR:
    case EAGAIN: continue;
    default: return -1;
    }
  }
}

static int by_switch_leaving(void) {
  for (;;) {
    ssize_t n = send(fd, text, 4, MSG_DONTWAIT);
    if (n >= 0) return 0;
    switch (errno) {
    case EINTR: continue;
    case EAGAIN: return 1;
    default: return -1;
    }
  }
}

static int would_block(void) { return errno == EAGAIN || errno == EWOULDBLOCK; }
static int was_interrupted(void) { return errno == EINTR; }

static void by_helper(void) {
  ssize_t n;
  do n = send(fd, text, 4, MSG_DONTWAIT); // expect: error network.busy-wait
  while (n < 0 && would_block());
  do n = send(fd, text, 4, MSG_DONTWAIT);
  while (n < 0 && was_interrupted());
}

static int by_other_errors(const char *p, size_t left) {
  while (left) {
    ssize_t n = send(fd, p, left, MSG_DONTWAIT); // expect: error network.busy-wait
    if (n < 0) {
      if (errno != EAGAIN) return -1;
      n = 0;
    }
    p += n;
    left -= (size_t)n;
  }
  return 0;
}

static int by_other_errors_leaving(const char *p, size_t left) {
  while (left) {
    ssize_t n = send(fd, p, left, MSG_DONTWAIT);
    if (n < 0 && errno != EAGAIN) return -1;
    if (n <= 0) break;
    p += n;
    left -= (size_t)n;
  }
  return 0;
}

static int until_first_failure(void) {
  ssize_t n;
  do {
    n = recv(fd, text, sizeof text, MSG_DONTWAIT);
    if (n < 0 && errno != EAGAIN) return -1;
  } while (n > 0);
  return 0;
}

static int until_full(const char *p, size_t left) {
  int full = 0;
  while (left && !full) {
    ssize_t n = send(fd, p, left, MSG_DONTWAIT);
    if (n < 0) {
      if (errno != EAGAIN) return -1;
      full = 1;
    }
  }
  return 0;
}

static void counted(void) {
  ssize_t n;
  int tries = 0;
  do n = send(fd, text, 4, MSG_DONTWAIT);
  while (n < 0 && errno == EAGAIN && tries++ < 3);
  for (tries = 0; tries < 3; tries++) {
    n = send(fd, text, 4, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) continue;
    break;
  }
  for (;;) {
    n = send(fd, text, 4, MSG_DONTWAIT);
    if (n >= 0) break;
    if (errno == EAGAIN) {
      if (++tries > 5) return;
      continue;
    }
    break;
  }
again:
  if (send(fd, text, 4, MSG_DONTWAIT) < 0 && errno == EAGAIN && tries++ < 9) goto again;
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  by_switch();
  by_switch_leaving();
  by_helper();
  by_other_errors(text, 4);
  by_other_errors_leaving(text, 4);
  until_first_failure();
  until_full(text, 4);
  counted();
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
