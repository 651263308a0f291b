// A project's own pool: submit() stores the function, the pool's threads call it.
#include <pthread.h>
#include <unistd.h>
#include <uv.h>

struct job {
  void (*run)(void *arg);
  void *arg;
  struct job *next;
};

static struct job *queue;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *pool_thread(void *arg) {
  for (;;) {
    pthread_mutex_lock(&lock);
    struct job *job = queue;
    if (job) queue = job->next;
    pthread_mutex_unlock(&lock);
    if (job) job->run(job->arg);
  }
  return arg;
}

static void submit(struct job *job, void (*run)(void *arg), void *arg) {
  job->run = run;
  job->arg = arg;
  pthread_mutex_lock(&lock); // expect: note lock.mutex
  job->next = queue;
  queue = job;
  pthread_mutex_unlock(&lock);
}

static void slow(void *arg) {
  (void)arg;
  sleep(1); // expect-none
}

static void on_timer(uv_timer_t *timer) {
  static struct job job;
  submit(&job, slow, timer);
}

int main(void) {
  pthread_t thread;
  uv_timer_t timer;
  pthread_create(&thread, NULL, pool_thread, NULL);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_timer, 10, 0);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
