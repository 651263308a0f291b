/* Taking a lock that another thread holds while it works. */
#include "suspect.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool wanted, held;

static void *hold(void *user) {
  while (!wanted) usleep(1000);
  pthread_mutex_lock(&lock);
  held = true;
  usleep(80000);
  pthread_mutex_unlock(&lock);
  return user;
}

bool suspect_prepare(void) {
  pthread_t thread;
  return !pthread_create(&thread, NULL, hold, NULL) && !pthread_detach(thread);
}

bool suspect_work(void) {
  wanted = true;
  while (!held) continue;
  bool right = pthread_mutex_lock(&lock) == 0;
  pthread_mutex_unlock(&lock);
  return right;
}
