/* What a case of a switch says before it ends the process are last words, as in any other block; another case's are not. */
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

static void (*on_event)(int);

static void say(int severity) {
  switch (severity) {
  case 1:
    sleep(1); // expect: error sleep.sleep
    break;
  case 2:
    sleep(2); // expect: note sleep.sleep
    exit(1);
  default: break;
  }
}

static void act(int severity) { say(severity); }

int main(void) {
  struct epoll_event events[4];
  int loop = epoll_create1(0);
  on_event = act;
  for (;;) {
    int count = epoll_wait(loop, events, 4, -1);
    for (int i = 0; i < count; i++) on_event((int)events[i].events);
  }
}
