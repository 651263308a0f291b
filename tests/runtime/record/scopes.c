/* scopes CASE: marks of blockscan/runtime.h in a program that is linked to nothing; what tests/cli/record-scopes.sh records. */
#include "blockscan/runtime.h"

#include <poll.h>
#include <string.h>
#include <time.h>

__attribute__((noinline)) static void rest(long ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&t, NULL);
  __asm__ volatile("");
}

static void reload(long ms) { BS_SCOPE("reload", 100 * BS_MILLISECOND) rest(ms); }

static void loop(long ms, void (*callback)(long)) {
  struct pollfd none = {.fd = -1};
  for (int i = 0; i < 10; i++) {
    poll(&none, 1, 2);
    if (i == 4) callback(ms);
  }
  poll(&none, 1, 1);
}

static void allowed(long ms) { BS_ALLOW rest(ms); }

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  if (!strcmp(name, "held")) loop(300, reload);
  if (!strcmp(name, "quick")) loop(0, reload);
  if (!strcmp(name, "allowed")) loop(300, allowed);
  if (!strcmp(name, "alone")) reload(300);
  if (!strcmp(name, "expected"))
    BS_EXPECT_STALL("first start", 100 * BS_MILLISECOND, BS_COUNT) loop(300, rest);
  if (!strcmp(name, "missed")) BS_EXPECT_STALL("first start", 500 * BS_MILLISECOND, BS_COUNT) loop(0, rest);
  return 0;
}
