/* The same program over each loop library, and over a loop of its own: what tests/cli/record-loops.sh
 * watches.
 *
 *   loops POLLS     first waits POLLS times for a peer, from one place and before there is a loop; then a
 * timer ticks each 5 ms: the 6th tick waits 120 ms for an answer by poll(), the 12th sleeps 60 ms, the 18th
 * ends the loop loops POLLS X   as well, and the 6th tick's poll is made in another kind of callback, where
 * the library has one: idle, prepare, check, close, io
 *
 * LOOP_… says which library; the loop of its own waits in a function with an array on its stack, deeper than
 * its callbacks wait.
 */
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *kind = "timer";
static int ticks;

__attribute__((noinline)) static void wait_for(int ms) {
  struct pollfd none = {.fd = -1};
  poll(&none, 1, ms);
  __asm__("");
}

__attribute__((noinline)) static void find_peer(int times) {
  for (int i = 0; i < times; i++) wait_for(3);
  __asm__("");
}

__attribute__((noinline)) static void ask(void) {
  wait_for(120);
  __asm__("");
}

__attribute__((noinline)) static void save(void) {
  usleep(60000);
  __asm__("");
}

static void start(void);
static void stop(void);
static void run(void);

/* A tick. True: it asks in another kind of callback. */
static int tick(void) {
  ticks++;
  if (ticks == 12) save();
  if (ticks == 18) stop();
  if (ticks != 6) return 0;
  if (strcmp(kind, "timer") != 0) return 1;
  ask();
  return 0;
}

#if defined(LOOP_uv)
#include <uv.h>
static uv_timer_t timer, other;
static uv_idle_t idle;
static uv_prepare_t prepare;
static uv_check_t check;
static uv_poll_t io;
static int ends[2];
static void on_idle(uv_idle_t *h) { ask(), uv_idle_stop(h); }
static void on_prepare(uv_prepare_t *h) { ask(), uv_prepare_stop(h); }
static void on_check(uv_check_t *h) { ask(), uv_check_stop(h); }
static void on_close(uv_handle_t *h) { (void)h, ask(); }
static void on_io(uv_poll_t *h, int status, int events) {
  (void)status, (void)events;
  ask();
  uv_poll_stop(h);
}
static void ask_elsewhere(uv_loop_t *loop) {
  if (!strcmp(kind, "idle")) uv_idle_init(loop, &idle), uv_idle_start(&idle, on_idle);
  if (!strcmp(kind, "prepare")) uv_prepare_init(loop, &prepare), uv_prepare_start(&prepare, on_prepare);
  if (!strcmp(kind, "check")) uv_check_init(loop, &check), uv_check_start(&check, on_check);
  if (!strcmp(kind, "close")) uv_timer_init(loop, &other), uv_close((uv_handle_t *)&other, on_close);
  if (!strcmp(kind, "io") && pipe(ends) == 0 && write(ends[1], "x", 1) == 1)
    uv_poll_init(loop, &io, ends[0]), uv_poll_start(&io, UV_READABLE, on_io);
}
static void on_timer(uv_timer_t *t) {
  if (tick()) ask_elsewhere(t->loop);
}
static void start(void) { uv_timer_init(uv_default_loop(), &timer), uv_timer_start(&timer, on_timer, 5, 5); }
static void stop(void) { uv_timer_stop(&timer); }
static void run(void) { uv_run(uv_default_loop(), UV_RUN_DEFAULT); }
#elif defined(LOOP_ev)
#include <ev.h>
static ev_timer timer;
static void on_timer(struct ev_loop *loop, ev_timer *t, int events) {
  (void)loop, (void)t, (void)events, tick();
}
static void start(void) {
  ev_timer_init(&timer, on_timer, .005, .005);
  ev_timer_start(ev_default_loop(0), &timer);
}
static void stop(void) { ev_break(ev_default_loop(0), EVBREAK_ALL); }
static void run(void) { ev_run(ev_default_loop(0), 0); }
#elif defined(LOOP_event)
#include <event2/event.h>
static struct event_base *base;
static void on_timer(evutil_socket_t fd, short events, void *data) {
  (void)fd, (void)events, (void)data, tick();
}
static void start(void) {
  static const struct timeval each = {0, 5000};
  base = event_base_new();
  event_add(event_new(base, -1, EV_PERSIST, on_timer, NULL), &each);
}
static void stop(void) { event_base_loopbreak(base); }
static void run(void) { event_base_dispatch(base); }
#elif defined(LOOP_glib)
#include <glib.h>
static GMainLoop *loop;
static gboolean on_timer(gpointer data) { return (void)data, tick(), TRUE; }
static void start(void) { loop = g_main_loop_new(NULL, FALSE), g_timeout_add(5, on_timer, NULL); }
static void stop(void) { g_main_loop_quit(loop); }
static void run(void) { g_main_loop_run(loop); }
#elif defined(LOOP_sd)
#include <systemd/sd-event.h>
#include <time.h>
static sd_event *loop;
static int on_timer(sd_event_source *source, uint64_t now, void *data) {
  (void)data;
  tick();
  sd_event_source_set_time(source, now + 5000);
  return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}
static void start(void) {
  sd_event_default(&loop);
  sd_event_add_time(loop, NULL, CLOCK_MONOTONIC, 1, 1, on_timer, NULL);
}
static void stop(void) { sd_event_exit(loop, 0); }
static void run(void) { sd_event_loop(loop); }
#else
#include <sys/epoll.h>
#include <sys/timerfd.h>
static int set, clock_fd, is_over;
static int ready[1024];
static void start(void) {
  const struct itimerspec each = {{0, 5000000}, {0, 5000000}};
  set = epoll_create1(0);
  clock_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  timerfd_settime(clock_fd, 0, &each, NULL);
  epoll_ctl(set, EPOLL_CTL_ADD, clock_fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = clock_fd});
}
static void stop(void) { is_over = 1; }
__attribute__((noinline)) static int collect(void) {
  struct epoll_event events[1024];
  int count = epoll_wait(set, events, 1024, -1);
  for (int i = 0; i < count; i++) ready[i] = events[i].data.fd;
  return count;
}
__attribute__((noinline)) static void on_timer(int fd) {
  uint64_t times;
  if (read(fd, &times, sizeof times) == sizeof times) tick();
  __asm__("");
}
static void run(void) {
  while (!is_over) {
    int count = collect();
    for (int i = 0; i < count; i++) on_timer(ready[i]);
  }
}
#endif

int main(int count, char **arguments) {
  find_peer(count > 1 ? atoi(arguments[1]) : 0);
  if (count > 2) kind = arguments[2];
  start();
  run();
  return 0;
}
