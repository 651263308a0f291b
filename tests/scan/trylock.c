// Trying a lock is no finding; taking it is a note.
#include <pthread.h>
#include <uv.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  if (pthread_mutex_trylock(&lock) == 0) pthread_mutex_unlock(&lock); // expect-none
  pthread_mutex_lock(&lock); // expect: note lock.mutex path: on_timer loop: libuv
  pthread_mutex_unlock(&lock);
}

int main(void) {
  uv_timer_t timer;
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
