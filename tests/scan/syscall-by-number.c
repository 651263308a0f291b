// syscall() with a number is the function of that name; its arguments stand one further to the right.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *timer), unsigned long timeout, unsigned long repeat);

static int word, file;

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  syscall(SYS_gettid);
  syscall(SYS_futex, &word, FUTEX_WAKE, 1, 0, 0, 0);
  syscall(SYS_fsync, file); // expect: error disk.fsync path: on_timer
  syscall(SYS_futex, &word, FUTEX_WAIT, 0, 0, 0, 0); // expect: error lock.futex path: on_timer
}

void set_up(uv_timer_t *timer);
void set_up(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); }
