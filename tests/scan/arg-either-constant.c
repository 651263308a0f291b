/* An argument that is one of few constants: a callee's condition asks for each of them, not for the bits that they have in common. */
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum severity { DEBUG = -1, INFO, WARNING, ERROR, FATAL };

struct handler {
  void (*call)(int);
};

static struct handler handlers[4];

static void say(enum severity severity, int number) {
  switch (severity) {
  case DEBUG:
  case INFO:
  case WARNING:
  case ERROR: break;
  case FATAL:
    usleep(300000); // expect: warning sleep.usleep entries: on_disaster
    break;
  }
  if (number == 6) system("date"); // expect: error process.system entries: on_many
}

static void on_trouble(int bad) { say(bad ? DEBUG : ERROR, 0); }
static void on_worse(int bad) { say(bad > 1 ? WARNING : bad ? ERROR : DEBUG, bad ? 2 : 4); }
static void on_disaster(int bad) { say(bad ? ERROR : FATAL, 1); }
static void on_many(int bad) { say(INFO, bad ? 6 : 7); }

int main(void) {
  struct epoll_event events[4];
  int loop = epoll_create1(0);
  handlers[0].call = on_trouble;
  handlers[1].call = on_worse;
  handlers[2].call = on_disaster;
  handlers[3].call = on_many;
  for (;;) {
    int count = epoll_wait(loop, events, 4, -1);
    for (int i = 0; i < count; i++) ((struct handler *)events[i].data.ptr)->call((int)events[i].events);
  }
}
