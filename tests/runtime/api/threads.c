/* Each thread has its scopes and its text; names are told apart, more of them than there is room for, too. */
#include "api.h"

#include <pthread.h>

enum { THREADS = 6, NAMES = 200 };
static pthread_barrier_t together;

static void *in_thread(void *name) {
  char *text = calloc(1, 8192);
  bs_scope scope = {.name = name, .threshold_ns = THRESHOLD, .action = BS_COUNT};
  pthread_barrier_wait(&together);
  bs_scope_open(&scope);
  if (*(const char *)name == 'h') held();
  CHECK(bs_scope_end(&scope) == (*(const char *)name == 'h'));
  pthread_barrier_wait(&together);
  CHECK(bs_runtime_text(text, 8192) > 0 && strstr(text, "Scope 'h0' stalled") &&
        strstr(text, "Scope 'h4' stalled"));
  CHECK(!strstr(text, "'q"));
  free(text);
  return NULL;
}

int main(void) {
  char *names[] = {"h0", "q1", "h2", "q3", "h4", "q5"};
  pthread_t threads[THREADS];
  start(BS_COUNT);
  pthread_barrier_init(&together, NULL, THREADS);
  for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, in_thread, names[i]);
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  bs_counts counts;
  bs_runtime_counts(&counts);
  CHECK(counts.scopes == 3);

  static char many[NAMES][8];
  for (int i = 0; i < NAMES; i++) {
    snprintf(many[i], sizeof many[i], "n%d", i);
    BS_NO_STALLS_CALL(many[i], THRESHOLD, remember, NULL) quick();
  }
  CHECK(told.calls == 0);
  BS_NO_STALLS_CALL(many[2], THRESHOLD, remember, NULL) held();
  CHECK(tells("Scope 'n2' stalled"));
  BS_NO_STALLS_CALL(many[NAMES - 1], THRESHOLD, remember, NULL) held();
  CHECK(tells("(one of many scopes)") && !strcmp(told.scope, "n199"));
  return stop();
}
