// close() waits for what is not sent yet where SO_LINGER names a time.
#include <sys/socket.h>
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *timer), unsigned long timeout, unsigned long repeat);

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  int patient = socket(AF_INET, SOCK_STREAM, 0), hasty = socket(AF_INET, SOCK_STREAM, 0);
  struct linger wait = {1, 30};
  setsockopt(patient, SOL_SOCKET, SO_LINGER, &wait, sizeof wait);
  close(patient); // expect: error network.close-linger path: on_timer
  close(hasty);
}

void set_up(uv_timer_t *timer);
void set_up(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); }
