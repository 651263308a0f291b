// XNextEvent() is the wait of the loop, the handlers stand in a table; what they wait for below it is told.
#include <stdlib.h>
#include <unistd.h>

typedef struct display display;
typedef union event {
  int type;
  long room[24];
} event;
int XNextEvent(display *from, event *to);
static void (*handler[36])(event *);

static void on_expose(event *e) {
  (void)e;
  sleep(1); // expect: error sleep.sleep loop: own
}

static void on_key(event *e) {
  (void)e;
  system("xterm"); // expect: error process.system loop: own
}

int main(void) {
  event e;
  handler[12] = on_expose;
  handler[2] = on_key;
  sleep(2); // expect-none
  while (!XNextEvent(0, &e))
    if (handler[e.type]) handler[e.type](&e);
}
