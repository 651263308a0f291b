/* A server with little to do: what tests/cli/record-idle.sh watches. It waits for three seconds; then three ticks, 200 ms apart,
 * are handled for 40 ms each, and one, a thread that is new, by a loop of its own. */
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

__attribute__((noinline)) static void save(void) {
  usleep(40000);
  __asm__("");
}

__attribute__((noinline)) static void serve(time_t seconds, long first_ns, int ticks) {
  struct epoll_event e = {.events = EPOLLIN};
  int events = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  const struct itimerspec each = {{0, 200000000}, {seconds, first_ns}};
  uint64_t expired;
  timerfd_settime(timer, 0, &each, NULL);
  epoll_ctl(events, EPOLL_CTL_ADD, timer, &e);
  epoll_wait(events, &e, 1, 0);
  if (seconds && write(1, "ready", 5) != 5) return;
  for (int i = 0; i < ticks; i++)
    if (epoll_wait(events, &e, 1, -1) == 1 && read(timer, &expired, sizeof expired) > 0) save();
  epoll_wait(events, &e, 1, 0);
}

static void *serve_in_thread(void *unused) {
  serve(0, 300000000, 2);
  return unused;
}

int main(void) {
  pthread_t thread;
  serve(3, 0, 3);
  usleep(200000);
  pthread_create(&thread, NULL, serve_in_thread, NULL);
  pthread_join(thread, NULL);
  return 0;
}
