/* A condition in the initialiser of a variable that no function holds: both ways are taken, and nothing is lost behind it. */
#include <sys/epoll.h>
#include <unistd.h>

#define WIDE (sizeof(long) == 8)

struct event_source {
  int kind;
  void (*ready)(int);
};

static void pause_second(int fd) {
  (void)fd;
  sleep(1); // expect: error sleep.sleep entries: pause_second
}

static void count(int fd) {
  (void)fd; // expect-none
}

static struct event_source wide = {WIDE ? 1 : 2, WIDE ? pause_second : count};
static int kinds[] = {WIDE ? 1 : 2, 3};

int main(void) {
  struct epoll_event events[4];
  int loop = epoll_create1(0);
  for (;;) {
    int n = epoll_wait(loop, events, 4, -1);
    for (int i = 0; i < n; i++)
      if (wide.kind == kinds[0]) wide.ready(events[i].data.fd);
  }
}
