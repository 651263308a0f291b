/* A loop of XNextEvent: what tests/cli/record-x11.sh watches. The program sends itself an event every 10 ms from
 * another thread's connection; the 20th event is handled for 60 ms; one in a dialog, a loop within the loop, too.
 *
 *   x11 plain    events as they come
 *   x11 dialog   the 10th opens a dialog that handles ten events by a loop of its own
 */
#include <X11/Xlib.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EVENTS = 40 };
static Display *display;
static Window window;
static int events;
static const char *kind;

static void *send_events(void *unused) {
  Display *own = XOpenDisplay(NULL);
  for (int i = 0; own && i < EVENTS + 5; i++) {
    XEvent e = {.xclient = {.type = ClientMessage, .window = window, .format = 32}};
    XSendEvent(own, window, False, 0, &e);
    XFlush(own);
    usleep(10000);
  }
  return unused;
}

__attribute__((noinline)) static void save(void) {
  usleep(60000);
  __asm__("");
}

static void show_dialog(void);

__attribute__((noinline)) static void on_event(void) {
  events++;
  if (events == 10 && !strcmp(kind, "dialog")) show_dialog();
  if (events == 15 || events == 30) save();
  __asm__("");
}

__attribute__((noinline)) static void show_dialog(void) {
  XEvent e;
  for (int i = 0; i < 10; i++) {
    XNextEvent(display, &e);
    on_event();
  }
  __asm__("");
}

int main(int count, char **arguments) {
  pthread_t sender;
  XEvent e;
  kind = arguments[count - 1];
  XInitThreads();
  display = XOpenDisplay(NULL);
  if (!display) return 77;
  window = XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, 9, 9, 0, 0, 0);
  XSync(display, False);
  pthread_create(&sender, NULL, send_events, NULL);
  while (events < EVENTS) {
    XNextEvent(display, &e);
    on_event();
  }
  pthread_join(sender, NULL);
  return 0;
}
