// A thread that waits for jobs on a condition and calls them is a worker, not an event loop.
// expect-none
#include <pthread.h>
#include <unistd.h>

struct job {
  void (*run)(void);
};
static struct job *next;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;

static void slow(void) { sleep(1); }

static void *worker(void *arg) {
  for (;;) {
    pthread_mutex_lock(&lock);
    while (!next) pthread_cond_wait(&more, &lock);
    struct job *job = next;
    next = NULL;
    pthread_mutex_unlock(&lock);
    job->run();
  }
  return arg;
}

int main(void) {
  static struct job job = {slow};
  pthread_t thread;
  next = &job;
  pthread_create(&thread, NULL, worker, NULL);
  return pthread_join(thread, NULL);
}
