// A mutex is waited for as long as others hold it: a few statements are a note, a write to the disk under it is a warning.
#include <pthread.h>
#include <unistd.h>
#include <uv.h>

static pthread_mutex_t short_lock = PTHREAD_MUTEX_INITIALIZER, long_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t released = PTHREAD_MUTEX_INITIALIZER;
static int file, queued;

static void *worker(void *data) {
  pthread_mutex_lock(&short_lock);
  queued--;
  pthread_mutex_unlock(&short_lock);
  pthread_mutex_lock(&long_lock);
  fsync(file);
  pthread_mutex_unlock(&long_lock);
  pthread_mutex_lock(&released);
  queued--;
  pthread_mutex_unlock(&released);
  fsync(file);
  return data;
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  pthread_mutex_lock(&short_lock); // expect: note lock.mutex
  queued++;
  pthread_mutex_unlock(&short_lock);
  pthread_mutex_lock(&long_lock); // expect: warning lock.mutex
  pthread_mutex_unlock(&long_lock);
  pthread_mutex_lock(&released); // expect: note lock.mutex
  pthread_mutex_unlock(&released);
}

int main(void) {
  pthread_t thread;
  uv_timer_t timer;
  pthread_create(&thread, NULL, worker, NULL);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
