// One function of the project under the name of a library's is its own: it may do what it likes with what it is given.
// expect-none
#include <unistd.h>

typedef struct sd_event sd_event;
int sd_event_add_defer(sd_event *e, void **ret, int (*f)(void *), void *data);

int sd_event_add_defer(sd_event *e, void **ret, int (*f)(void *), void *data) {
  (void)e, (void)f;
  *ret = data;
  return 0;
}

static int nap(void *data) {
  (void)data;
  sleep(1);
  return 0;
}

int main(void) {
  void *s;
  return sd_event_add_defer(NULL, &s, nap, NULL);
}
